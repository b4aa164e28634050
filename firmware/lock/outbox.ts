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
  readonly #inRam: OutgoingReport[] = [];
  /** Numbers of reports that are being written to flash. */
  readonly #writing: number[] = [];
  /** The number of each report that waits in flash, by its place; 0 for those of earlier boots. */
  readonly #seqs = new Uint32Array(OUTBOX_REPORTS_MAX);
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
    const report = this.#inRam[0];
    const count = this.#takenCount + 1;
    if (count <= this.#keptCount && (report === undefined || this.#seqAt(count) < report.seq)) {
      return { place: 'flash', count };
    }
    if (report === undefined || this.#writing.some((seq) => seq < report.seq)) return undefined;
    return { place: 'ram', report };
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
    this.#seqs[this.#keptCount % OUTBOX_REPORTS_MAX] = seq;
  }

  /** Queues a report that lives in RAM, because it is a heartbeat or flash did not take it; in the order of numbers. */
  put(report: OutgoingReport): void {
    this.#forgetWriting(report.seq);
    const later = this.#inRam.findIndex(({ seq }) => seq > report.seq);
    this.#inRam.splice(later < 0 ? this.#inRam.length : later, 0, report);
    if (this.#inRam.length > REPORTS_IN_RAM_MAX) this.#inRam.splice(this.#leastMissed(), 1);
  }

  /** The next report is delivered, or flash has lost it. */
  pass(): void {
    const { next } = this;
    if (next?.place === 'flash') this.#takenCount++;
    if (next?.place === 'ram') this.#inRam.shift();
  }

  #seqAt(count: number): number {
    return this.#seqs[count % OUTBOX_REPORTS_MAX] ?? 0;
  }

  #forgetWriting(seq: number): void {
    const at = this.#writing.indexOf(seq);
    if (at >= 0) this.#writing.splice(at, 1);
  }

  /** Only where flash or sink fails do so many wait. The first may be on its way to the sink just now. */
  #leastMissed(): number {
    const heartbeat = this.#inRam.findIndex(({ isHeartbeat }, i) => i > 0 && isHeartbeat);
    if (heartbeat >= 0) return heartbeat;
    const other = this.#inRam.findIndex(({ receipt }, i) => i > 0 && receipt === undefined);
    // A receipt is still owed in flash: the next boot makes it anew.
    return other >= 0 ? other : 1;
  }
}
