import { OUTBOX_REPORTS_MAX, REPORTS_IN_RAM_MAX } from '../protocol/limits.js';
import type { Receipt } from './lock-state.js';

/** A signed report on its way. */
export interface OutgoingReport {
  readonly seq: number;
  readonly cose: Uint8Array;
  readonly isHeartbeat: boolean;
  /** Whose receipt it is, while that is owed. */
  readonly receipt: Receipt | undefined;
}

/** What is to be delivered next: a report in RAM, or the one that was written to flash as the `count`th. */
export type NextReport =
  | { readonly place: 'ram'; readonly report: OutgoingReport }
  | { readonly place: 'flash'; readonly count: number };

/**
 * Which reports wait for delivery, oldest first. Those in flash outlive a power cut, are known here by their count
 * alone, and are never written over before they were taken; heartbeats live in RAM and make room first.
 */
export class Outbox {
  readonly #inRam: InRam[] = [];
  /** Numbers of reports that are being written to flash. */
  readonly #writing: number[] = [];
  #keptCount: number;
  #takenCount: number;

  /**
   * @param keptCount - reports that were ever written to flash
   * @param takenCount - those of them that were delivered
   */
  constructor(keptCount: number, takenCount: number) {
    this.#keptCount = keptCount;
    this.#takenCount = takenCount;
  }

  get waitingCount(): number {
    return this.#keptCount - this.#takenCount + this.#inRam.length;
  }

  get keptCount(): number {
    return this.#keptCount;
  }

  get takenCount(): number {
    return this.#takenCount;
  }

  /** Reports that flash has room for. */
  get freeCount(): number {
    return OUTBOX_REPORTS_MAX - (this.#keptCount - this.#takenCount) - this.#writing.length;
  }

  /** The report to deliver next; one that is still being written is not overtaken. */
  get next(): NextReport | undefined {
    const first = this.#inRam[0];
    if (this.#takenCount < Math.min(this.#keptCount, first?.afterCount ?? Infinity)) {
      return { place: 'flash', count: this.#takenCount + 1 };
    }
    if (first === undefined || this.#writing.some((seq) => seq < first.report.seq)) return undefined;
    return { place: 'ram', report: first.report };
  }

  /** Whether a report that lives in RAM waits. */
  get hasInRam(): boolean {
    return this.#inRam.length > 0;
  }

  /** Takes room in flash for a report that is to be written. @returns false where there is none */
  takeRoom(seq: number): boolean {
    if (this.freeCount <= 0) return false;
    this.#writing.push(seq);
    return true;
  }

  /** The report that took room first is in flash. */
  kept(seq: number): void {
    this.#forgetWriting(seq);
    this.#keptCount++;
  }

  /** Queues a report that lives in RAM, because it is a heartbeat or flash did not take it; in the order of numbers. */
  put(report: OutgoingReport): void {
    const { seq } = report;
    const at = this.#inRam.findIndex((other) => other.report.seq > seq);
    const later = at < 0 ? this.#inRam.length : at;
    if (this.#forgetWriting(seq)) {
      // Those after it counted it among what flash would hold.
      for (const other of this.#inRam.slice(later)) other.afterCount--;
    }
    const afterCount = this.#keptCount + this.#writing.filter((other) => other < seq).length;
    this.#inRam.splice(later, 0, { report, afterCount });
    if (this.#inRam.length > REPORTS_IN_RAM_MAX) this.#inRam.splice(this.#leastMissed(), 1);
  }

  /** The next report is delivered, or flash has lost it. */
  pass(): void {
    const { next } = this;
    if (next?.place === 'flash') this.#takenCount++;
    if (next?.place === 'ram') this.#inRam.shift();
  }

  #forgetWriting(seq: number): boolean {
    const at = this.#writing.indexOf(seq);
    if (at >= 0) this.#writing.splice(at, 1);
    return at >= 0;
  }

  /** Only where flash or sink fails do so many wait. The first may be on its way to the sink just now. */
  #leastMissed(): number {
    const heartbeat = this.#inRam.findIndex(({ report }, i) => i > 0 && report.isHeartbeat);
    if (heartbeat >= 0) return heartbeat;
    const other = this.#inRam.findIndex(({ report }, i) => i > 0 && report.receipt === undefined);
    // A receipt is still owed in flash: the next boot makes it anew.
    return other >= 0 ? other : 1;
  }
}

interface InRam {
  readonly report: OutgoingReport;
  /** How many of the reports in flash come before it. */
  afterCount: number;
}
