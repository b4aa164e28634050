import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { type Authority, freshAuthority } from '../../firmware/lock/authority.js';
import {
  type Circumstances,
  judge,
  type SignedCommand,
  type Verdict,
} from '../../firmware/lock/authorizer.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import type { Report } from '../../firmware/protocol/report.js';
import { accessDigest16 } from '../../firmware/protocol/report-digests.js';
import { encodeTerms } from '../../firmware/protocol/terms.js';
import { type TimeZone, UTC } from '../../firmware/protocol/time-zone.js';

/** A command that the chain holds, its signature verified. */
export interface SignedEvent {
  readonly signed: SignedCommand;
  /** 32-byte hash of the transaction. */
  readonly tx: Uint8Array;
  /** When its block says that it was made, Unix seconds. */
  readonly atSeconds: number;
}

/** One command, and what a lock that saw it at once holds after it. */
export interface HistoryStep {
  readonly event: SignedEvent;
  readonly verdict: Verdict;
  readonly authority: Authority;
  /** What its reports would say of the guests. */
  readonly digest16: Uint8Array;
}

/**
 * Plays signed commands to the lock's own code, in the chain's order: what a lock holds that saw each when it was
 * mined. Guests' rates and lockouts are not counted, and a challenge is taken as right: a true report knows better.
 * @param zone - the lock's, by which guests' days and hours are meant
 */
export function replayHistory(
  engine: CryptoEngine,
  start: Authority,
  events: readonly SignedEvent[],
  zone: TimeZone | undefined = UTC,
): readonly HistoryStep[] {
  let authority = start;
  let digest16 = digestOf(engine, authority);
  return events.map((event) => {
    const verdict = judge(authority, event.signed, circumstancesAt(event, zone));
    if (verdict.ok) {
      if (verdict.authority.access !== authority.access) digest16 = digestOf(engine, verdict.authority);
      authority = verdict.authority;
    }
    return { event, verdict, authority, digest16 };
  });
}

/** What a lock holds that was paired, adopted or handed over, before any command of its epoch. */
export function startOf(owner20: Uint8Array, epoch: number): Authority {
  return freshAuthority(owner20, epoch);
}

/** How far a report proves that the lock has come. */
export type Progress =
  /** The lock holds what the chain says. */
  | { readonly kind: 'applied' }
  /** It holds what the first `count` of the steps left, and not yet the rest. */
  | { readonly kind: 'behind'; readonly count: number }
  /** Owner or epoch are others, or no prefix of the steps gives its digest. */
  | { readonly kind: 'differs'; readonly what: 'owner' | 'epoch' | 'guests' };

/**
 * Compares owner, epoch and guests of a report with a replayed history.
 * @param start - as given to `replayHistory`
 */
export function progressOf(
  engine: CryptoEngine,
  start: Authority,
  steps: readonly HistoryStep[],
  report: Pick<Report, 'owner' | 'epoch' | 'accessDigest16'>,
): Progress {
  const held = (authority: Authority, digest16: Uint8Array) =>
    report.owner !== undefined &&
    equalBytes(report.owner, authority.owner) &&
    report.epoch === authority.epoch &&
    equalBytes(report.accessDigest16, digest16);
  // From the end: what changed nothing after the last match is applied as well.
  for (let count = steps.length; count > 0; count--) {
    const step = steps[count - 1];
    if (step && held(step.authority, step.digest16))
      return count === steps.length ? { kind: 'applied' } : { kind: 'behind', count };
  }
  if (held(start, digestOf(engine, start)))
    return steps.length === 0 ? { kind: 'applied' } : { kind: 'behind', count: 0 };
  const last = steps[steps.length - 1]?.authority ?? start;
  if (report.owner === undefined || !equalBytes(report.owner, last.owner))
    return { kind: 'differs', what: 'owner' };
  return { kind: 'differs', what: report.epoch === last.epoch ? 'guests' : 'epoch' };
}

export function digestOf(engine: CryptoEngine, { access }: Authority): Uint8Array {
  const entries = access.entries.map(({ guest, terms }) => ({ guest, terms: encodeTerms(terms) }));
  return accessDigest16(engine.sha256, { floor: access.serialFloor, entries });
}

/** What a lock knows that sees a command when its block is made, and holds its challenge for right. */
export function circumstancesAt(
  { signed, atSeconds }: SignedEvent,
  zone: TimeZone | undefined,
): Circumstances {
  const { command } = signed;
  const challenge16 = new Uint8Array(16);
  if (command.kind === 'order') challenge16.set(command.order.challenge4);
  return {
    time: { floorSeconds: atSeconds, nowSeconds: atSeconds },
    challenge16,
    isStrict: false,
    takeTurn: () => true,
    isLockedOut: () => false,
    zone,
    isLeaseOver: false,
    isCaughtUp: true,
  };
}
