import type { CryptoEngine } from '../crypto/engine.js';
import { equalBytes } from '../protocol/bytes.js';
import type { Command } from '../protocol/command.js';
import { InvariantError } from '../protocol/errors.js';
import {
  GUEST_ORDERS_PER_WINDOW_MAX,
  OWED_RECEIPTS_MAX,
  OWNERS_OWED,
  OWNERS_RECEIPTS,
  RATE_WINDOW_SECONDS,
  STRICT_AFTER_BOOT_MS,
  WAITING_COMMANDS_MAX,
} from '../protocol/limits.js';
import { isOpening } from '../protocol/order.js';
import { findGuest } from './access-list.js';
import type { Alarms } from './alarms.js';
import type { Circumstances, SignedCommand } from './authorizer.js';
import type { Challenge } from './challenge.js';
import type { Clock } from './clock.js';
import { type Domain, examineTransaction } from './examiner.js';
import { readGuestSettings } from './guest-settings.js';
import type { Identity } from './identity.js';
import type { Lease } from './lease.js';
import type { LockState } from './lock-state.js';
import { Lockout } from './lockout.js';
import { tell, tellRefused } from './notice.js';
import type { PollerStep } from './poller.js';
import type { Output } from './ports.js';
import { RateLimit } from './rate-limit.js';
import type { ReportDesk } from './report-desk.js';
import { type Candidate, Round } from './round.js';
import { type SecondView, secondLook } from './second-look.js';

export interface CommandDeskOptions {
  readonly engine: CryptoEngine;
  readonly lock20: Uint8Array;
  readonly clock: Clock;
  readonly challenge: Challenge;
  readonly memory: { readonly identity: Identity; readonly state: LockState };
  readonly reports: Pick<ReportDesk, 'receiptsFree' | 'countStrangers'>;
  readonly lease: Lease;
  readonly alarms: Pick<Alarms, 'raise'>;
}

/** What came of a transaction that a node showed. */
export interface Heard {
  readonly outputs: readonly Output[];
  /** Its bytes are those that were asked for: asking again brings no others. */
  readonly isTrue: boolean;
  /** Whoever signed it did so for an epoch that is still to come. */
  readonly isAhead?: boolean;
}

/** A command that is to be judged again: once there is a clock, flash works, or its endpoint has told all. */
interface Waiting {
  readonly candidate: Candidate;
  readonly until: 'clock' | 'flash' | 'caught-up';
  /** The endpoints that have shown it: any of them may be the one that tells all. */
  readonly urls: readonly string[];
}

/** How long after a failed write commands are judged again, milliseconds. */
const RETRY_MS = 10_000;

/**
 * Takes transactions as a node gave them, examines and judges them into the round under way.
 * Nothing is in force before the round was closed and made durable. Drives nothing, writes nothing.
 */
export class CommandDesk {
  readonly #options: CommandDeskOptions;
  readonly #guestTurns = new RateLimit(GUEST_ORDERS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS);
  #round: Round | undefined;
  readonly #lockout = new Lockout();
  /** Commands to be judged again. */
  #waiting: readonly Waiting[] = [];
  #retryMs: number | undefined;
  /** Of the owner's commands, more were to wait than there is room for. */
  #hasDropped = false;

  constructor(options: CommandDeskOptions) {
    this.#options = options;
  }

  /** A transaction that a node showed; `isTrue` where its bytes are those that were asked for. */
  hear(step: Extract<PollerStep, { kind: 'transaction' }>, uptimeMs: number): Heard {
    const { hash: tx, json, url, isCaughtUp } = step;
    const { engine, lock20, memory, lease } = this.#options;
    lease.note(url, isCaughtUp, uptimeMs);
    const { settings } = memory.identity;
    if (settings === undefined) {
      return { outputs: this.#refuseStranger({ reason: 'unpaired', tx, url }), isTrue: true };
    }
    const domain: Domain = { chainId: settings.chainId, registry20: settings.registry, lock20 };
    const examination = examineTransaction(engine, domain, tx, json);
    if (examination.ok) {
      const before = this.#waiting.find(({ candidate }) => equalBytes(candidate.tx, tx));
      const candidate = { signed: examination.signed, tx, url };
      const outputs = this.#judge(candidate, uptimeMs, before);
      // Looked at afterwards: a handover of this round may have begun that epoch.
      return { outputs, isTrue: true, isAhead: this.#isAhead(examination.signed) };
    }
    const { reason, detail, isTrue } = examination;
    return { outputs: this.#refuseStranger({ reason, detail, tx, url }), isTrue };
  }

  /** What was refused for want of a clock, or because flash failed, is judged again now that this has passed. */
  hearAgain(uptimeMs: number): readonly Output[] {
    this.#retryMs = undefined;
    return this.#judgeWaiting(({ until }) => until !== 'caught-up', uptimeMs);
  }

  /** An endpoint has brought what it has for now: guests' openings that it showed are judged where that is all. */
  roundOver(
    { url, isCaughtUp }: Extract<PollerStep, { kind: 'round-over' }>,
    uptimeMs: number,
  ): readonly Output[] {
    this.#options.lease.note(url, isCaughtUp, uptimeMs);
    if (!isCaughtUp) return [];
    return this.#judgeWaiting(
      ({ until, urls }) => until === 'caught-up' && urls.includes(url),
      uptimeMs,
      url,
    );
  }

  /** Ends the round. @returns what it decided, or undefined where it had nothing to decide */
  close(): Round | undefined {
    const round = this.#round;
    this.#round = undefined;
    return round;
  }

  #isAhead({ command }: SignedCommand): boolean {
    const authority = this.#round?.authority ?? this.#options.memory.state.authority;
    return authority !== undefined && epochOf(command) > authority.epoch;
  }

  /** @param before - the same command, where it has waited until now */
  #judge(candidate: Candidate, uptimeMs: number, before?: Waiting): readonly Output[] {
    const { clock, memory, reports } = this.#options;
    const { authority, judged, owed } = memory.state;
    const { tx, signed } = candidate;
    const { by, command } = signed;
    this.#waiting = this.#waiting.filter(({ candidate: other }) => !equalBytes(other.tx, tx));
    if (authority === undefined) return this.#refuseStranger({ reason: 'unpaired', tx });
    this.#round ??= new Round(authority, judged);
    const round = this.#round;
    const isOwners = equalBytes(by, round.authority.owner);
    // Whatever guests do while the sink takes no reports, there is room for the owner's word.
    const owedCount = owed.length + round.receipts.length;
    const isFull =
      reports.receiptsFree - (isOwners ? 0 : OWNERS_RECEIPTS) <= owedCount ||
      OWED_RECEIPTS_MAX - (isOwners ? 0 : OWNERS_OWED) <= owedCount;
    const circumstances = this.#circumstances(candidate, uptimeMs, before);
    const verdict = round.judge(candidate, circumstances, !isFull, (before, after) =>
      secondLook(before, after, signed, this.#secondView(candidate, uptimeMs)),
    );
    if (!verdict.ok) {
      const { reason, known } = verdict;
      if (verdict.waits === true) {
        this.#keep(candidate, 'caught-up', before);
        return [];
      }
      if (reason === 'clock') this.#keep(candidate, 'clock', before);
      if (verdict.isOwnDoing === true) this.#countAttempt(round, signed, uptimeMs);
      return known ? [tellRefused({ reason, by, tx })] : this.#refuseStranger({ reason, by, tx });
    }
    if (verdict.wish === 'lock') this.#forgetGuestsUnlocks(round.authority.owner);
    const verified = tell({ event: 'verified', tx, by, command: command.kind });
    const isConfirmed =
      isOwners &&
      verdict.challenged &&
      command.kind === 'order' &&
      clock.confirm(command.order.notAfterSeconds, uptimeMs);
    return isConfirmed ? [verified, ...this.hearAgain(uptimeMs)] : [verified];
  }

  /** The round is durable. A challenge serves once: the next is named in the reports of the owner's orders. */
  obeyed({ hasOwnersOrder }: Round): void {
    if (hasOwnersOrder) this.#options.challenge.renew();
  }

  /**
   * Flash refused a round. What can open nothing is tried again: a revocation must not be lost to one bad write,
   * and an unlock must not come when nobody expects it any more.
   */
  retry(candidates: readonly Candidate[], uptimeMs: number): void {
    for (const candidate of candidates) if (!opens(candidate.signed)) this.#keep(candidate, 'flash');
    this.retryAt(uptimeMs + RETRY_MS);
  }

  /** Commands that wait are to be judged again from this uptime on. */
  retryAt(uptimeMs: number): void {
    this.#retryMs = uptimeMs;
  }

  /** The uptime at which a retry is due, or undefined. */
  get retryMs(): number | undefined {
    return this.#waiting.some(({ until }) => until !== 'caught-up') ? this.#retryMs : undefined;
  }

  /** Several endpoints may show it: it waits once. Where too many wait, guests' orders give way first. */
  #keep(candidate: Candidate, until: Waiting['until'], before?: Waiting): void {
    const owner = this.#options.memory.state.authority?.owner;
    const { tx, url } = candidate;
    const urls = [...new Set([...(before?.urls ?? []), ...(url === undefined ? [] : [url])])];
    const others = this.#waiting.filter(({ candidate: other }) => !equalBytes(other.tx, tx));
    this.#waiting = [...others, { candidate, until, urls }];
    if (this.#waiting.length <= WAITING_COMMANDS_MAX) return;
    const guests = this.#waiting.findIndex(
      ({ candidate }) => owner === undefined || !equalBytes(candidate.signed.by, owner),
    );
    if (guests < 0) this.#hasDropped = true;
    this.#waiting = this.#waiting.filter((_, i) => i !== Math.max(0, guests));
  }

  /** Whether commands of the owner have found no room to wait, and would be judged now: they are to be read again. */
  takeDropped(uptimeMs: number): boolean {
    if (!this.#hasDropped || this.#options.clock.read(uptimeMs).nowSeconds === undefined) return false;
    this.#hasDropped = false;
    return true;
  }

  /** Somebody has locked. What guests wished before must not come after it, and not every lock sets a barrier. */
  #forgetGuestsUnlocks(owner: Uint8Array): void {
    this.#waiting = this.#waiting.filter(
      ({ candidate: { signed } }) => equalBytes(signed.by, owner) || !opens(signed),
    );
  }

  /** @param url - the endpoint that has told all, where that is what they waited for */
  #judgeWaiting(isDue: (waiting: Waiting) => boolean, uptimeMs: number, url?: string): readonly Output[] {
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
    return due.flatMap((before) => {
      const { candidate } = before;
      return this.#judge(url === undefined ? candidate : { ...candidate, url }, uptimeMs, before);
    });
  }

  #countAttempt({ authority }: Round, { by, nonce, command }: SignedCommand, uptimeMs: number): void {
    const guest = findGuest(authority.access, by);
    if (guest === undefined || command.kind !== 'order') return;
    const order = { nonce, notAfterSeconds: command.order.notAfterSeconds };
    if (this.#lockout.count(guest, order, uptimeMs)) this.#options.alarms.raise('wrongAttempts', uptimeMs);
  }

  #circumstances({ url }: Candidate, uptimeMs: number, before: Waiting | undefined): Circumstances {
    const { clock, challenge, memory, lease } = this.#options;
    const { settings } = memory.identity;
    const isStrictAfterBoot = settings?.texts.get('strict-after-boot') === 'on';
    return {
      time: clock.read(uptimeMs),
      challenge16: challenge.current16,
      isStrict: isStrictAfterBoot && uptimeMs < STRICT_AFTER_BOOT_MS,
      // What waits took its turn when it was shown first, however often and by whomever it is shown again.
      takeTurn: (guest) => before !== undefined || this.#guestTurns.take(guest, uptimeMs),
      isLockedOut: (guest) => this.#lockout.isLockedOut(guest, uptimeMs),
      zone: settings === undefined ? undefined : readGuestSettings(settings).zone,
      isLeaseOver: lease.isOver(uptimeMs),
      isCaughtUp: url !== undefined && lease.isCaughtUp(url),
    };
  }

  /** What a second look goes by, asked for anew and in another way than the circumstances. */
  #secondView({ url }: Candidate, uptimeMs: number): SecondView {
    const { clock, challenge, memory, lease, lock20 } = this.#options;
    const { settings } = memory.identity;
    if (settings === undefined) throw new InvariantError('expected an accepted command to find settings');
    const { zone, leaseSeconds } = readGuestSettings(settings);
    return {
      pinned: { chainId: settings.chainId, registry20: settings.registry, lock20 },
      time: clock.read(uptimeMs),
      challenge16: challenge.current16,
      isTrusting: uptimeMs >= STRICT_AFTER_BOOT_MS || settings.texts.get('strict-after-boot') !== 'on',
      isFree: (guest) => this.#lockout.isFree(guest, uptimeMs),
      zone,
      leaseEndSeconds: lease.contactSeconds(uptimeMs) + leaseSeconds,
      hasHeardAll: url === undefined ? false : lease.isCaughtUp(url),
    };
  }

  #refuseStranger(refusal: Parameters<typeof tellRefused>[0]): readonly Output[] {
    this.#options.reports.countStrangers(1);
    return [tellRefused(refusal)];
  }
}

function epochOf(command: Command): number {
  switch (command.kind) {
    case 'order':
      return command.order.epoch;
    case 'grant':
      return command.terms.epoch;
    case 'handover':
      return command.epoch;
  }
}

function opens({ command }: Pick<SignedCommand, 'command'>): boolean {
  return command.kind === 'order' && isOpening(command.order.action);
}
