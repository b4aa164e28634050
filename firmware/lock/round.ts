import { equalBytes } from '../protocol/bytes.js';
import type { Command } from '../protocol/command.js';
import { ORDER_AHEAD_SECONDS_MAX, SEEN_DURABLE_MAX } from '../protocol/limits.js';
import type { RefusalReason } from '../protocol/refusal.js';
import { GRANT_COMMAND, HANDOVER_COMMAND, type LastCommand } from '../protocol/report.js';
import type { Authority } from './authority.js';
import { type Circumstances, judge, type SignedCommand, type Verdict, type Wish } from './authorizer.js';
import type { ExaminedCommand } from './examiner.js';
import type { LockState, OwedLock, Receipt } from './lock-state.js';
import { isWarranted, NO_WARRANT, type Warrant } from './warrant.js';

/** A verified command and the transaction that carried it. */
export interface Candidate {
  readonly signed: ExaminedCommand;
  readonly tx: Uint8Array;
  /** The endpoint that showed it last. */
  readonly url?: string;
}

/**
 * Reasons that may pass: another endpoint may show the same command when it is due, and it is judged again.
 * A liar who shows it too early must not have it skipped where an honest node shows it in its place.
 */
const PASSING: readonly RefusalReason[] = Object.freeze([
  'epoch',
  'clock',
  'too-far-ahead',
  'challenge',
  'not-yet',
  'serial-age',
  'guests-full',
  'reports-full',
  'lease',
  'disagreement',
]);

/**
 * One round of polling: commands judged in the chain's order, each on what the ones before left,
 * nothing of it in force until the whole is durable. Drives nothing.
 */
export class Round {
  #authority: Authority;
  #judged: readonly Uint8Array[];
  readonly #receipts: Receipt[] = [];
  readonly #refused: LastCommand[] = [];
  readonly #accepted: Candidate[] = [];
  #wish: Wish | undefined;
  #wisher: Receipt | undefined;
  #warrant = NO_WARRANT;
  #hasOwnersOrder = false;

  constructor(authority: Authority, judged: readonly Uint8Array[]) {
    this.#authority = authority;
    this.#judged = judged;
  }

  get authority(): Authority {
    return this.#authority;
  }

  /** Hashes of known principals' transactions, this round's included. */
  get judged(): readonly Uint8Array[] {
    return this.#judged;
  }

  /** The accepted commands, each owed a report. */
  get receipts(): readonly Receipt[] {
    return this.#receipts;
  }

  /** The accepted commands themselves, should flash refuse them. */
  get accepted(): readonly Candidate[] {
    return this.#accepted;
  }

  /** Whether an order of the owner was accepted. */
  get hasOwnersOrder(): boolean {
    return this.#hasOwnersOrder;
  }

  /** Known principals' commands that were refused. */
  get refused(): readonly LastCommand[] {
    return this.#refused;
  }

  /** The last accepted wish, who wished it and what a second look says of it: the bolt is driven once a round. */
  get wish(): { readonly wish: Wish; readonly receipt: Receipt; readonly warrant: Warrant } | undefined {
    if (this.#wish === undefined || this.#wisher === undefined) return undefined;
    return { wish: this.#wish, receipt: this.#wisher, warrant: this.#warrant };
  }

  /** What the accepted commands change together, in one record; `owedBy` says what a wish leaves to be done. */
  changeOf({ owed, owedLock }: LockState, owedBy: (wish: Wish) => OwedLock): Partial<LockState> {
    return {
      authority: this.#authority,
      judged: this.#judged,
      owed: [...owed, ...this.#receipts],
      owedLock: this.#wish === undefined ? owedLock : owedBy(this.#wish),
    };
  }

  /**
   * @param hasRoom - whether one more receipt could be kept until it is delivered
   * @param lookAgain - the second look at a command that was accepted: the authority before and after it
   */
  judge(
    candidate: Candidate,
    circumstances: Circumstances,
    hasRoom: boolean,
    lookAgain: (before: Authority, after: Authority) => Warrant,
  ): Verdict {
    const { signed, tx } = candidate;
    const judged = judge(this.#authority, signed, circumstances);
    const warrant = judged.ok ? lookAgain(this.#authority, judged.authority) : NO_WARRANT;
    const verdict = judged.ok
      ? warrantedVerdict(judged, warrant, hasRoom)
      : quietened(judged, signed, circumstances);
    if (!verdict.ok && (!verdict.known || verdict.reason === 'clock' || verdict.waits === true))
      return verdict;
    if (verdict.ok || !PASSING.includes(verdict.reason)) {
      this.#judged = [...this.#judged.filter((hash) => !equalBytes(hash, tx)), tx].slice(-SEEN_DURABLE_MAX);
    }
    if (!verdict.ok) {
      this.#refused.push(lastCommandOf(signed, verdict.reason));
      return verdict;
    }
    this.#accepted.push(candidate);
    if (signed.command.kind === 'order' && equalBytes(signed.by, this.#authority.owner))
      this.#hasOwnersOrder = true;
    this.#authority = verdict.authority;
    const receipt: Receipt = { ...numbersOf(signed), by: signed.by, nonce: signed.nonce, tx };
    this.#receipts.push(receipt);
    if (verdict.wish !== undefined) {
      this.#wish = verdict.wish;
      this.#wisher = receipt;
      this.#warrant = warrant;
    }
    return verdict;
  }
}

function warrantedVerdict(accepted: Verdict, warrant: Warrant, hasRoom: boolean): Verdict {
  if (!isWarranted(warrant)) return { ok: false, reason: 'disagreement', known: true };
  // Last of all: whoever sees this reason has passed every other check.
  return hasRoom ? accepted : { ok: false, reason: 'reports-full', known: true };
}

/**
 * Nobody waits for word of what expired long ago, and a node could show the owner's whole past again and again:
 * it is only counted, so that flash is not worn out.
 */
function quietened(verdict: Verdict, { command }: SignedCommand, { time }: Circumstances): Verdict {
  if (verdict.ok || verdict.reason !== 'expired') return verdict;
  if (notAfterOf(command) >= time.floorSeconds - ORDER_AHEAD_SECONDS_MAX) return verdict;
  return { ...verdict, known: false };
}

/** What a report says of an accepted command. */
export function lastCommandOfReceipt({ by, command, nonce, notAfterSeconds }: Receipt): LastCommand {
  return { by, command, nonce, notAfterSeconds, reason: 'none' };
}

function lastCommandOf(signed: SignedCommand, reason: RefusalReason): LastCommand {
  return { ...numbersOf(signed), by: signed.by, nonce: signed.nonce, reason };
}

function numbersOf({ command }: SignedCommand): {
  readonly command: number;
  readonly notAfterSeconds: number;
} {
  return { command: numberOf(command), notAfterSeconds: notAfterOf(command) };
}

function numberOf(command: Command): number {
  switch (command.kind) {
    case 'order':
      return command.order.action;
    case 'grant':
      return GRANT_COMMAND;
    case 'handover':
      return HANDOVER_COMMAND;
  }
}

function notAfterOf(command: Command): number {
  switch (command.kind) {
    case 'order':
      return command.order.notAfterSeconds;
    case 'grant':
      return command.terms.notAfterSeconds;
    case 'handover':
      return command.notAfterSeconds;
  }
}
