import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { verifyReport } from '../../../firmware/crypto/report.js';
import { equalBytes, isZeroBytes } from '../../../firmware/protocol/bytes.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import type { Report } from '../../../firmware/protocol/report.js';

/** What the owner thinks of one report. */
export type Receipt =
  | { readonly verdict: 'verified'; readonly report: Report }
  /** The same bytes again, as a retry carries them. */
  | { readonly verdict: 'duplicate'; readonly report: Report }
  /** Signed, but the report before it is not here yet. */
  | { readonly verdict: 'waiting'; readonly report: Report }
  | { readonly verdict: 'bad'; readonly problem: string };

export interface ReportInboxOptions {
  readonly engine: CryptoEngine;
  /** The lock that the owner means, 20 bytes. */
  readonly lock20: Uint8Array;
  /** Called for each report whose signature and place in the chain hold, in the chain's order. */
  readonly onVerified?: (report: Report) => void;
}

interface Entry {
  readonly report: Report;
  readonly hash16: Uint8Array;
}

const KNOWN_MAX = 512;
const WAITING_MAX = 64;

/**
 * Verifies reports as an owner would: signature of the lock that is meant, rising seq, link to the report before.
 * Does not check what a report says. The first report that arrives is taken as the start where it is not the genesis.
 */
export class ReportInbox {
  readonly #options: ReportInboxOptions;
  /** Verified ones by seq. */
  readonly #known = new Map<number, Entry>();
  #waiting: Entry[] = [];
  #last: Entry | undefined;
  /** The last that was not a heartbeat. */
  #chainHead: Entry | undefined;
  #verified = 0;

  constructor(options: ReportInboxOptions) {
    this.#options = options;
  }

  get verifiedCount(): number {
    return this.#verified;
  }

  get last(): Report | undefined {
    return this.#last?.report;
  }

  /** @param cose - untrusted bytes */
  receive(cose: Uint8Array): Receipt {
    let entry: Entry;
    try {
      const { report, lock20, hash16 } = verifyReport(this.#options.engine, cose);
      if (!equalBytes(lock20, this.#options.lock20)) return bad('signed by another lock');
      entry = { report, hash16 };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return bad(error.message);
    }
    const { report } = entry;
    const same = this.#known.get(report.seq);
    if (same) {
      return equalBytes(same.hash16, entry.hash16)
        ? { verdict: 'duplicate', report }
        : bad(`two reports ${report.seq}`);
    }
    if (this.#last && report.seq < this.#last.report.seq)
      return bad(`report ${report.seq} came after a later one`);
    if (this.#forks(entry)) return bad(`report ${report.seq} passes over one that the lock has shown`);
    if (!this.#follows(entry)) {
      if (this.#waiting.length >= WAITING_MAX) return bad(`no report before ${report.seq}`);
      this.#waiting.push(entry);
      return { verdict: 'waiting', report };
    }
    this.#accept(entry);
    return { verdict: 'verified', report };
  }

  /** Every report names the last one before it that flash holds; heartbeats live in RAM, and nobody names them. */
  #follows({ report }: Entry): boolean {
    const link = report.previousHash16;
    return this.#chainHead === undefined || equalBytes(link, this.#chainHead.hash16);
  }

  /** A lock that names an older report than the owner has seen was rolled back, or tells two stories. */
  #forks({ report: { previousHash16 } }: Entry): boolean {
    if (this.#chainHead === undefined || equalBytes(previousHash16, this.#chainHead.hash16)) return false;
    if (isZeroBytes(previousHash16)) return true;
    return [...this.#known.values()].some(({ hash16 }) => equalBytes(previousHash16, hash16));
  }

  #accept(entry: Entry): void {
    this.#known.set(entry.report.seq, entry);
    this.#last = entry;
    if (entry.report.cause !== 'heartbeat') this.#chainHead = entry;
    this.#verified++;
    for (const seq of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) break;
      this.#known.delete(seq);
    }
    this.#options.onVerified?.(entry.report);
    const next = this.#waiting.find((waiting) => this.#follows(waiting));
    this.#waiting = this.#waiting.filter((other) => other !== next && other.report.seq > entry.report.seq);
    if (next && next.report.seq > entry.report.seq) this.#accept(next);
  }
}

function bad(problem: string): Receipt {
  return { verdict: 'bad', problem };
}
