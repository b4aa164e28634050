import type { CryptoEngine } from '../crypto/engine.js';
import { equalBytes } from '../protocol/bytes.js';
import { AWAITING_CLOCK_MAX, GUEST_ORDERS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS } from '../protocol/limits.js';
import type { Authority } from './authority.js';
import type { Challenge } from './challenge.js';
import type { Clock } from './clock.js';
import { type Domain, examineTransaction } from './examiner.js';
import { tell, tellRefused } from './notice.js';
import type { PollerStep } from './poller.js';
import type { Output } from './ports.js';
import { RateLimit } from './rate-limit.js';
import { type Candidate, Round } from './round.js';

/** What the desk must know of the rest of the lock while it judges. */
export interface Standing {
  /** Undefined while the lock is unpaired: everything is refused. */
  readonly domain: Domain | undefined;
  readonly authority: Authority | undefined;
  /** Hashes of transactions judged before. */
  readonly judged: readonly Uint8Array[];
  /** Receipts that could be kept besides those already owed. */
  readonly receiptsFree: number;
}

/** What came of a candidate: what to tell, and whether it was a stranger's or a node's fault. */
export interface Heard {
  readonly outputs: readonly Output[];
  readonly strangers: number;
}

/**
 * Takes transactions as a node gave them, examines and judges them into the round under way.
 * Nothing is in force before the round was closed and made durable. Drives nothing, writes nothing.
 */
export class CommandDesk {
  readonly #engine: CryptoEngine;
  readonly #clock: Clock;
  readonly #challenge: Challenge;
  readonly #guestTurns = new RateLimit(GUEST_ORDERS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS);
  #round: Round | undefined;
  #awaitingClock: readonly Candidate[] = [];

  constructor(engine: CryptoEngine, clock: Clock, challenge: Challenge) {
    this.#engine = engine;
    this.#clock = clock;
    this.#challenge = challenge;
  }

  /** A transaction that a node showed. */
  hear(step: Extract<PollerStep, { kind: 'transaction' }>, standing: Standing, uptimeMs: number): Heard {
    const { hash: tx, json, url } = step;
    if (standing.domain === undefined) return refused(tellRefused({ reason: 'unpaired', tx, url }));
    const examination = examineTransaction(this.#engine, standing.domain, tx, json);
    if (!examination.ok) {
      const { reason, detail } = examination;
      return refused(tellRefused({ reason, detail, tx, url }));
    }
    return this.#judge({ signed: examination.signed, tx }, standing, uptimeMs);
  }

  /** There is authenticated time now: what was refused for want of it is judged again. */
  hearAgain(standing: Standing, uptimeMs: number): Heard {
    const candidates = this.#awaitingClock;
    this.#awaitingClock = [];
    const heard = candidates.map((candidate) => this.#judge(candidate, standing, uptimeMs));
    return {
      outputs: heard.flatMap(({ outputs }) => outputs),
      strangers: heard.reduce((sum, { strangers }) => sum + strangers, 0),
    };
  }

  /** Ends the round. @returns what it decided, or undefined where it had nothing to decide */
  close(): Round | undefined {
    const round = this.#round;
    this.#round = undefined;
    if (round !== undefined) {
      this.#awaitingClock = [...this.#awaitingClock, ...round.awaitingClock].slice(-AWAITING_CLOCK_MAX);
    }
    return round;
  }

  #judge(candidate: Candidate, standing: Standing, uptimeMs: number): Heard {
    const { tx, signed } = candidate;
    if (standing.authority === undefined) return refused(tellRefused({ reason: 'unpaired', tx }));
    this.#round ??= new Round(standing.authority, standing.judged);
    const round = this.#round;
    const isOwners = equalBytes(signed.by, round.authority.owner);
    const circumstances = {
      time: this.#clock.read(uptimeMs),
      challenge16: this.#challenge.current16,
      takeTurn: (guest: Uint8Array) => this.#guestTurns.take(guest, uptimeMs),
    };
    const verdict = round.judge(candidate, circumstances, standing.receiptsFree > round.receipts.length);
    const { by, command } = signed;
    if (!verdict.ok) {
      return { outputs: [tellRefused({ reason: verdict.reason, by, tx })], strangers: verdict.known ? 0 : 1 };
    }
    if (isOwners && verdict.challenged) this.#clock.confirm(uptimeMs);
    // A challenge serves once: the next is named in this order's report.
    if (isOwners && command.kind === 'order') this.#challenge.renew();
    return { outputs: [tell({ event: 'verified', tx, by, command: command.kind })], strangers: 0 };
  }
}

function refused(output: Output): Heard {
  return { outputs: [output], strangers: 1 };
}
