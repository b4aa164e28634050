import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { type Report, readReport } from '../../firmware/protocol/report.js';
import type { ChosenLock } from './chosen-lock.js';
import { ReportInbox } from './owner/report-inbox.js';
import { openReportSource, type ReportSource } from './report-source.js';

/** A report whose signature is the lock's. */
export interface SeenReport {
  readonly report: Report;
  /** Whether it follows on the one before; else one in between is not here. */
  readonly isLinked: boolean;
}

/** Reports at the end of the source that are verified at first: enough to know where the lock stands. */
const TAIL_REPORTS = 64;
/** After so many reports that wait for one, that one counts as lost. */
const GAP_REPORTS_MAX = 16;

/** What a lock says of itself, verified against its key and chain of reports as it comes. */
export class LockReports {
  readonly name: string;
  readonly #source: ReportSource;
  readonly #lock20: Uint8Array;
  readonly #tail: number;
  #inbox: ReportInbox;
  #isStarted = false;
  #waiting: Report[] = [];
  #last: Report | undefined;
  readonly #problems: string[] = [];

  /** @param tail - how many of the reports that are there already are verified */
  constructor(source: ReportSource, lock20: Uint8Array, tail = TAIL_REPORTS) {
    this.name = source.name;
    this.#source = source;
    this.#lock20 = lock20;
    this.#tail = tail;
    this.#inbox = this.#newInbox();
  }

  /** Of --reports, else of the configuration; undefined where neither names a source. */
  static of(lock: ChosenLock, tail?: number): LockReports | undefined {
    if (lock.reports === undefined) return undefined;
    return new LockReports(openReportSource(lock.reports), parseHex(lock.address, 20), tail);
  }

  /** The newest whose signature holds and which does not contradict those before. */
  get last(): Report | undefined {
    return this.#last;
  }

  /** What was wrong with reports of this lock, one sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Takes what is new. @returns it, verified, in the order of the source @throws Failure `network` */
  async refresh(): Promise<readonly SeenReport[]> {
    let news: Uint8Array[] = [];
    for await (const cose of this.#source.read()) if (this.#isOurs(cose)) news.push(cose);
    if (!this.#isStarted) news = this.#tail === 0 ? [] : news.slice(-this.#tail);
    this.#isStarted = true;
    return news.flatMap((cose) => this.#take(cose));
  }

  #take(cose: Uint8Array): readonly SeenReport[] {
    const receipt = this.#inbox.receive(cose);
    switch (receipt.verdict) {
      case 'duplicate':
        return [];
      case 'bad':
        this.#problems.push(receipt.problem);
        return [];
      case 'verified':
        return [this.#seen(receipt.report, true)];
      case 'waiting': {
        this.#waiting.push(receipt.report);
        if (this.#waiting.length > GAP_REPORTS_MAX) {
          // What is lost does not come back; from here on the chain is followed again.
          this.#waiting = [];
          this.#inbox = this.#newInbox();
          this.#inbox.receive(cose);
        }
        return [this.#seen(receipt.report, false)];
      }
    }
  }

  #seen(report: Report, isLinked: boolean): SeenReport {
    if (report.seq >= (this.#last?.seq ?? 0)) this.#last = report;
    return { report, isLinked };
  }

  #newInbox(): ReportInbox {
    return new ReportInbox({ engine: guardEngine(createNobleEngine()), lock20: this.#lock20 });
  }

  /** One file may hold the reports of many locks. */
  #isOurs(cose: Uint8Array): boolean {
    try {
      return equalBytes(readReport(cose).lock20, this.#lock20);
    } catch (error) {
      if (error instanceof DecodeError) return false;
      throw error;
    }
  }
}
