import type { CryptoEngine } from '../crypto/engine.js';
import { equalBytes } from '../protocol/bytes.js';
import {
  AWAITING_CLOCK_MAX,
  GUEST_ORDERS_PER_WINDOW_MAX,
  OWNERS_RECEIPTS,
  RATE_WINDOW_SECONDS,
  STRICT_AFTER_BOOT_MS,
} from '../protocol/limits.js';
import { ACTION } from '../protocol/order.js';
import type { Circumstances } from './authorizer.js';
import type { Challenge } from './challenge.js';
import type { Clock } from './clock.js';
import { examineTransaction } from './examiner.js';
import type { Identity } from './identity.js';
import type { LockState } from './lock-state.js';
import { tell, tellRefused } from './notice.js';
import type { PollerStep } from './poller.js';
import type { Output } from './ports.js';
import { RateLimit } from './rate-limit.js';
import type { ReportDesk } from './report-desk.js';
import { type Candidate, Round } from './round.js';

export interface CommandDeskOptions {
  readonly engine: CryptoEngine;
  readonly lock20: Uint8Array;
  readonly clock: Clock;
  readonly challenge: Challenge;
  readonly memory: { readonly identity: Identity; readonly state: LockState };
  readonly reports: Pick<ReportDesk, 'receiptsFree' | 'countStrangers'>;
}

/**
 * Takes transactions as a node gave them, examines and judges them into the round under way.
 * Nothing is in force before the round was closed and made durable. Drives nothing, writes nothing.
 */
export class CommandDesk {
  readonly #options: CommandDeskOptions;
  readonly #guestTurns = new RateLimit(GUEST_ORDERS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS);
  #round: Round | undefined;
  #awaitingClock: readonly Candidate[] = [];

  constructor(options: CommandDeskOptions) {
    this.#options = options;
  }

  /** A transaction that a node showed. */
  hear(step: Extract<PollerStep, { kind: 'transaction' }>, uptimeMs: number): readonly Output[] {
    const { hash: tx, json, url } = step;
    const { engine, lock20, memory } = this.#options;
    const { settings } = memory.identity;
    if (settings === undefined) return this.#refuseStranger({ reason: 'unpaired', tx, url });
    const domain = { chainId: settings.chainId, registry20: settings.registry, lock20 };
    const examination = examineTransaction(engine, domain, tx, json);
    if (examination.ok) return this.#judge({ signed: examination.signed, tx }, uptimeMs);
    const { reason, detail } = examination;
    return this.#refuseStranger({ reason, detail, tx, url });
  }

  /** There is authenticated time now: what was refused for want of it is judged again. */
  hearAgain(uptimeMs: number): readonly Output[] {
    const candidates = this.#awaitingClock;
    this.#awaitingClock = [];
    return candidates.flatMap((candidate) => this.#judge(candidate, uptimeMs));
  }

  /** Ends the round. @returns what it decided, or undefined where it had nothing to decide */
  close(): Round | undefined {
    const round = this.#round;
    this.#round = undefined;
    return round;
  }

  #judge(candidate: Candidate, uptimeMs: number): readonly Output[] {
    const { clock, challenge, memory, reports } = this.#options;
    const { authority, judged, owed } = memory.state;
    const { tx, signed } = candidate;
    const { by, command } = signed;
    if (authority === undefined) return this.#refuseStranger({ reason: 'unpaired', tx });
    this.#round ??= new Round(authority, judged);
    const round = this.#round;
    const isOwners = equalBytes(by, round.authority.owner);
    // Whatever guests do while the sink takes no reports, there is room for the owner's word.
    const keptFree = isOwners ? 0 : OWNERS_RECEIPTS;
    const isFull = reports.receiptsFree - keptFree <= owed.length + round.receipts.length;
    const verdict = round.judge(candidate, this.#circumstances(uptimeMs), !isFull);
    if (!verdict.ok) {
      const { reason, known } = verdict;
      if (reason === 'clock') this.#await(candidate);
      return known ? [tellRefused({ reason, by, tx })] : this.#refuseStranger({ reason, by, tx });
    }
    // A challenge serves once: the next is named in this order's report.
    if (isOwners && command.kind === 'order') challenge.renew();
    if (isOwners && verdict.wish === 'lock') this.#forgetGuestsUnlocks(round.authority.owner);
    const verified = tell({ event: 'verified', tx, by, command: command.kind });
    const isConfirmed = isOwners && verdict.challenged && clock.confirm(uptimeMs);
    return isConfirmed ? [verified, ...this.hearAgain(uptimeMs)] : [verified];
  }

  /** Several endpoints may show it: it waits once. */
  #await(candidate: Candidate): void {
    const others = this.#awaitingClock.filter(({ tx }) => !equalBytes(tx, candidate.tx));
    this.#awaitingClock = [...others, candidate].slice(-AWAITING_CLOCK_MAX);
  }

  /** The owner has locked. Without a clock that sets no barrier, so what guests wished before must not wait on. */
  #forgetGuestsUnlocks(owner: Uint8Array): void {
    this.#awaitingClock = this.#awaitingClock.filter(
      ({ signed: { by, command } }) =>
        equalBytes(by, owner) || command.kind !== 'order' || command.order.action === ACTION.lock,
    );
  }

  #circumstances(uptimeMs: number): Circumstances {
    const { clock, challenge, memory } = this.#options;
    const isStrictAfterBoot = memory.identity.settings?.texts.get('strict-after-boot') === 'on';
    return {
      time: clock.read(uptimeMs),
      challenge16: challenge.current16,
      isStrict: isStrictAfterBoot && uptimeMs < STRICT_AFTER_BOOT_MS,
      takeTurn: (guest) => this.#guestTurns.take(guest, uptimeMs),
    };
  }

  #refuseStranger(refusal: Parameters<typeof tellRefused>[0]): readonly Output[] {
    this.#options.reports.countStrangers(1);
    return [tellRefused(refusal)];
  }
}
