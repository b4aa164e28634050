import { CLOCK_JUMP_SECONDS_MAX, PAIRING_CLOCK_SECONDS_MAX } from '../protocol/limits.js';
import { freshAuthority } from './authority.js';
import type { Clock } from './clock.js';
import type { Identity } from './identity.js';
import type { Ledger } from './ledger.js';
import type { Memory } from './memory.js';
import { tell, tellRefused } from './notice.js';
import type { PairingDesk, PairingWork } from './pairing-desk.js';
import type { Output } from './ports.js';
import type { ReportDesk } from './report-desk.js';
import type { Task } from './task.js';

export interface PinningOptions {
  readonly memory: Memory<Task>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly pairing: PairingDesk;
  readonly reports: ReportDesk;
  readonly buildUnixSeconds: number;
}

/**
 * Makes durable what a proven tool asked for: the settings first, then the owner. Cut between the two, the lock is
 * still unpaired. Does not check the tool: the pairing desk has done that.
 */
export class Pinning {
  readonly #options: PinningOptions;

  constructor(options: PinningOptions) {
    this.#options = options;
  }

  begin(work: Extract<PairingWork, { kind: 'pair' | 'configure' }>, uptimeMs: number): readonly Output[] {
    const { memory, ledger, clock, pairing } = this.#options;
    const identity = { ...memory.identity, settings: work.settings };
    const { session } = pairing;
    if (work.kind === 'configure') {
      return [
        // Cursors go by the order of the endpoints, which may be others now: each is read from the start.
        ...ledger.remember(() => ({ cursors: [] }), { kind: 'nothing' }, uptimeMs),
        ...this.#writeIdentity(identity, { kind: 'configured', session }),
      ];
    }
    if (!this.#isLikely(work.ownerUnixSeconds, uptimeMs)) {
      return [tellRefused({ reason: 'clock' }), ...pairing.answer({ kind: 'refused', reason: 'clock' })];
    }
    clock.vouch(work.ownerUnixSeconds, uptimeMs);
    const { owner, settings } = work;
    return this.#writeIdentity(identity, { kind: 'pinned', owner, settings, session });
  }

  /** The settings are durable. Where the same tool has asked for others meanwhile, those count. */
  pinned(
    { owner, settings, session }: Extract<Task, { kind: 'pinned' }>,
    uptimeMs: number,
  ): readonly Output[] {
    const { identity, state } = this.#options.memory;
    if (state.authority !== undefined || identity.settings !== settings) return [];
    const patch = () => ({ authority: freshAuthority(owner, 1) });
    return this.#options.ledger.remember(patch, { kind: 'paired', session }, uptimeMs);
  }

  /** The owner is durable: the lock has a master, and says so. */
  paired(session: number, uptimeMs: number): readonly Output[] {
    const { memory, ledger, pairing, reports } = this.#options;
    const { authority } = memory.state;
    if (authority === undefined) return [];
    ledger.startPolling();
    const { owner, epoch } = authority;
    return [
      tell({ event: 'paired', owner, epoch }),
      ...pairing.answer({ kind: 'paired', owner, epoch }, session),
      ...reports.report('pairing', uptimeMs),
    ];
  }

  configured(session: number): readonly Output[] {
    const { memory, ledger, pairing } = this.#options;
    // What was read of an endpoint that stays need not be read again; chain, registry and first block are the same.
    const { poller } = ledger;
    const cursors = memory.identity.settings?.endpoints.map((url) => poller?.cursorOf(url) ?? 0) ?? [];
    memory.note(() => ({ cursors }));
    ledger.startPolling();
    return pairing.answer({ kind: 'configured' }, session);
  }

  /** Both copies: where one rots, the other still holds the device's key. */
  #writeIdentity(identity: Identity, task: Task): readonly Output[] {
    const { memory } = this.#options;
    return [...memory.writeIdentity(identity, { kind: 'nothing' }), ...memory.writeIdentity(identity, task)];
  }

  /** A floor of time that is far ahead would refuse every order for good. */
  #isLikely(unixSeconds: number, uptimeMs: number): boolean {
    const { nowSeconds } = this.#options.clock.read(uptimeMs);
    if (nowSeconds !== undefined) return unixSeconds <= nowSeconds + CLOCK_JUMP_SECONDS_MAX;
    const { buildUnixSeconds } = this.#options;
    // The simulator's firmware does not know when it was built.
    return buildUnixSeconds === 0 || unixSeconds <= buildUnixSeconds + PAIRING_CLOCK_SECONDS_MAX;
  }
}
