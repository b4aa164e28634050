import { BoltDesk, type BoltReason, type BoltResult } from '../../../firmware/lock/bolt-desk.js';
import type { OwedLock } from '../../../firmware/lock/lock-state.js';
import { openingWarrant } from '../../../firmware/lock/warrant.js';
import { RELOCK_MS_DEFAULT } from '../../../firmware/protocol/limits.js';
import type { SensedBolt } from '../../../firmware/protocol/report.js';

export const BY: BoltReason = {
  cause: 'command',
  by: new Uint8Array(20).fill(1),
  tx: new Uint8Array(32).fill(2),
};

/** As a second look gives it to an order that it agrees with. */
export const WARRANT = openingWarrant(0);

export const AUTO_MS = 30_000;

export interface DeskOptions {
  readonly owed?: OwedLock;
  readonly autoRelockMs?: number;
  readonly isPassage?: () => boolean;
}

/** A desk whose sensors have not spoken yet. */
export function silentDesk({
  owed = 'no',
  autoRelockMs,
  isPassage = () => false,
}: DeskOptions = {}): BoltDesk {
  return new BoltDesk({
    owedLock: owed,
    relockTimes: () => ({ relockMs: RELOCK_MS_DEFAULT, autoRelockMs }),
    isPassage,
  });
}

/** A desk whose sensors have spoken. */
export function desk(bolt: SensedBolt = 'locked', options: DeskOptions = {}): BoltDesk {
  const made = silentDesk(options);
  made.senseDoor('closed', 0);
  made.sense(bolt, 0);
  return made;
}

export function driven({ outputs }: BoltResult): string[] {
  return outputs.flatMap((output) => (output.kind === 'drive-bolt' ? [output.target] : []));
}
