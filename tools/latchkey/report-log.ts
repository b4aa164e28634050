import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { verifyReport } from '../../firmware/crypto/report.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { type Report, readReport } from '../../firmware/protocol/report.js';

/** What is wrong with the place of a report whose signature holds. */
export type LogProblem =
  /** The lock signed another report with this number: it tells two stories. */
  | { readonly kind: 'fork' }
  /** It names an older report as the one before, though the lock had shown these: its memory went back. */
  | { readonly kind: 'rollback'; readonly passedOver: readonly number[] }
  /** It counts fewer boots than a report before it. */
  | { readonly kind: 'boots-fell'; readonly from: number };

export type LogLine =
  /** Signed by the lock; without problems it also stands in its place in the chain. */
  | {
      readonly kind: 'report';
      readonly report: Report;
      readonly hash16: Uint8Array;
      readonly problems: readonly LogProblem[];
    }
  /** Reports are missing before this number; nothing is known of before `afterSeq` where that is absent. */
  | { readonly kind: 'gap'; readonly afterSeq: number | undefined; readonly beforeSeq: number }
  /** Bytes that are no report of any lock, or not signed by the lock that they name. `index` counts from 0. */
  | { readonly kind: 'unverifiable'; readonly index: number; readonly problem: string };

export interface ReportLog {
  /** In the order of the lock's numbers. */
  readonly lines: readonly LogLine[];
  readonly verifiedCount: number;
  /** The same bytes again, as a retry carries them. */
  readonly duplicateCount: number;
  /** Reports that other locks signed. */
  readonly otherCount: number;
  /** Every line is a report without problems, from the first that the lock ever made. */
  readonly isWhole: boolean;
}

/**
 * Puts a lock's reports in order and says of each whether key and chain vouch for it. Nothing is left out: what does
 * not fit is a line of its own. Heartbeats are leaves that no report names, so a lost one leaves no gap.
 * Does not check what the reports say, nor that the newest is here.
 * @param coses - untrusted, in any order
 * @param lock20 - the lock that is meant
 * @see PROTOCOL.md section 5.4
 */
export function annotateReports(
  engine: CryptoEngine,
  lock20: Uint8Array,
  coses: Iterable<Uint8Array>,
): ReportLog {
  const sorted = sortReports(engine, lock20, coses);
  const lines = chain(sorted.entries, sorted.unverifiable);
  return {
    lines,
    verifiedCount: sorted.entries.length,
    duplicateCount: sorted.duplicateCount,
    otherCount: sorted.otherCount,
    isWhole: lines.every((line) => line.kind === 'report' && line.problems.length === 0),
  };
}

interface Entry {
  readonly report: Report;
  readonly hash16: Uint8Array;
  readonly hash: string;
}

type Unverifiable = Extract<LogLine, { kind: 'unverifiable' }> & {
  /** Number of the report that came before it. */
  readonly afterSeq: number;
};

function sortReports(engine: CryptoEngine, lock20: Uint8Array, coses: Iterable<Uint8Array>) {
  const byHash = new Map<string, Entry>();
  const unverifiable: Unverifiable[] = [];
  let duplicateCount = 0;
  let otherCount = 0;
  let index = -1;
  let afterSeq = 0;
  for (const cose of coses) {
    index++;
    try {
      if (!equalBytes(readReport(cose).lock20, lock20)) {
        // Another lock's own affair, if it is one: who writes our lines under a false name gains nothing by it.
        otherCount++;
        continue;
      }
      const { report, hash16 } = verifyReport(engine, cose);
      const hash = formatHex(hash16);
      afterSeq = report.seq;
      if (byHash.has(hash)) duplicateCount++;
      else byHash.set(hash, { report, hash16, hash });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      unverifiable.push({ kind: 'unverifiable', index, problem: error.message, afterSeq });
    }
  }
  const entries = [...byHash.values()].sort((a, b) => a.report.seq - b.report.seq);
  return { entries, unverifiable, duplicateCount, otherCount };
}

function chain(entries: readonly Entry[], unverifiable: readonly Unverifiable[]): readonly LogLine[] {
  const lines: LogLine[] = [];
  const walk = new ChainWalk(entries);
  let rest = unverifiable;
  const putUpTo = (seq: number) => {
    lines.push(...rest.filter(({ afterSeq }) => afterSeq < seq).map(({ afterSeq: _, ...line }) => line));
    rest = rest.filter(({ afterSeq }) => afterSeq >= seq);
  };
  for (const entry of entries) {
    putUpTo(entry.report.seq);
    const { gap, problems } = walk.take(entry);
    if (gap !== undefined) lines.push(gap);
    lines.push({ kind: 'report', report: entry.report, hash16: entry.hash16, problems });
  }
  putUpTo(Infinity);
  return lines;
}

interface Place {
  readonly gap: Extract<LogLine, { kind: 'gap' }> | undefined;
  readonly problems: readonly LogProblem[];
}

/** What the genesis names as the one before. */
const NOTHING = formatHex(new Uint8Array(16));

/** Follows the links, oldest first. */
class ChainWalk {
  readonly #countBySeq = new Map<number, number>();
  /** Numbers of the reports so far that others may name. */
  readonly #known = new Map<string, number>([[NOTHING, 0]]);
  /** Hashes of which the next report names one: two where the lock forked. */
  #heads: readonly string[] = [NOTHING];
  #headSeq = 0;
  /** The heads on which those with the highest number stand. */
  #headsBefore: readonly string[] = [];
  #isFirst = true;
  #bootCount = 0;

  constructor(entries: readonly Entry[]) {
    for (const { report } of entries)
      this.#countBySeq.set(report.seq, (this.#countBySeq.get(report.seq) ?? 0) + 1);
  }

  take({ report, hash }: Entry): Place {
    const { seq, bootCount } = report;
    const isTwin = seq === this.#headSeq;
    const problems: LogProblem[] = [];
    if ((this.#countBySeq.get(seq) ?? 0) > 1) problems.push({ kind: 'fork' });
    const link = formatHex(report.previousHash16);
    const heads = isTwin ? this.#headsBefore : this.#heads;
    let gap: Place['gap'];
    if (!heads.includes(link)) {
      const named = this.#known.get(link);
      if (named === undefined) gap = this.#gapBefore(seq, link);
      else problems.push({ kind: 'rollback', passedOver: this.#numbersBetween(named, seq) });
    }
    if (bootCount < this.#bootCount) problems.push({ kind: 'boots-fell', from: this.#bootCount });
    this.#bootCount = Math.max(this.#bootCount, bootCount);
    this.#isFirst = false;
    if (report.cause !== 'heartbeat') {
      if (!isTwin) this.#headsBefore = this.#heads;
      this.#heads = isTwin ? [...this.#heads, hash] : [hash];
      this.#headSeq = seq;
      this.#known.set(hash, seq);
    }
    return { gap, problems };
  }

  /** The one that is missing counts as the head now: what passes over it goes back. */
  #gapBefore(beforeSeq: number, link: string): Place['gap'] {
    const afterSeq = this.#isFirst ? undefined : this.#headSeq;
    this.#heads = [link];
    return { kind: 'gap', afterSeq, beforeSeq };
  }

  #numbersBetween(low: number, high: number): readonly number[] {
    return [...new Set(this.#known.values())].filter((seq) => seq > low && seq < high);
  }
}
