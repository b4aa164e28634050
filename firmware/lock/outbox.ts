import { OUTBOX_REPORTS_MAX } from '../protocol/limits.js';
import type { Receipt } from './lock-state.js';

/** A signed report on its way; `slot` is its place in flash, undefined for a heartbeat. */
export interface OutgoingReport {
  readonly seq: number;
  readonly cose: Uint8Array;
  readonly slot: number | undefined;
  /** Whose receipt it is, while that is owed. */
  readonly receipt: Receipt | undefined;
}

/**
 * Reports that wait for delivery, oldest first. Those with a slot outlive a power cut; heartbeats live in RAM
 * and make room first. A report that nobody has taken yet is never overwritten.
 */
export class Outbox {
  readonly #waiting: OutgoingReport[] = [];
  /** Numbers that took a slot and are being written. */
  readonly #writing: number[] = [];
  /** Which report each slot of flash holds; a delivered one stays until its slot is needed. */
  readonly #slots: (number | undefined)[] = new Array(OUTBOX_REPORTS_MAX).fill(undefined);
  #deliveredSeq: number;

  /**
   * @param kept - what flash holds, in any order
   * @param deliveredSeq - reports up to this number were delivered before the last boot
   */
  constructor(kept: readonly OutgoingReport[], deliveredSeq: number) {
    this.#deliveredSeq = deliveredSeq;
    for (const report of [...kept].sort((a, b) => a.seq - b.seq)) {
      if (report.slot !== undefined) this.#slots[report.slot] = report.seq;
      if (report.seq > deliveredSeq) this.#waiting.push(report);
    }
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** All reports up to this number are delivered. */
  get deliveredSeq(): number {
    return this.#deliveredSeq;
  }

  /** Slots that a new durable report may take. */
  get freeCount(): number {
    return this.#slots.filter((seq) => seq === undefined || seq <= this.#deliveredSeq).length;
  }

  /** The report to deliver next; one that is still being written is not overtaken. */
  get next(): OutgoingReport | undefined {
    const [first] = this.#waiting;
    return first !== undefined && this.#writing.some((seq) => seq < first.seq) ? undefined : first;
  }

  /** Whether a report that lives in RAM waits. */
  get hasHeartbeat(): boolean {
    return this.#waiting.some(({ slot }) => slot === undefined);
  }

  /** Takes the free slot that was used longest ago. @returns undefined where none is free */
  takeSlot(seq: number): number | undefined {
    let best: number | undefined;
    this.#slots.forEach((held, slot) => {
      if (held !== undefined && held > this.#deliveredSeq) return;
      if (best === undefined || (held ?? 0) < (this.#slots[best] ?? 0)) best = slot;
    });
    if (best === undefined) return undefined;
    this.#slots[best] = seq;
    this.#writing.push(seq);
    return best;
  }

  /** Queues a report that was written, or never will be; in the order of numbers; past the limit the oldest in RAM goes. */
  put(report: OutgoingReport): void {
    const written = this.#writing.indexOf(report.seq);
    if (written >= 0) this.#writing.splice(written, 1);
    const later = this.#waiting.findIndex(({ seq }) => seq > report.seq);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, report);
    if (this.#waiting.length <= OUTBOX_REPORTS_MAX) return;
    // Only where flash and sink both fail do so many wait. The first may be on its way to the sink just now.
    const inRam = this.#waiting.findIndex(({ slot }, i) => i > 0 && slot === undefined);
    if (inRam >= 0) this.#waiting.splice(inRam, 1);
  }

  /** The sink has taken the report; late and unknown numbers change nothing. */
  delivered(seq: number): boolean {
    if (this.#waiting[0]?.seq !== seq) return false;
    this.#waiting.shift();
    this.#deliveredSeq = seq;
    return true;
  }
}

/** The journal's name for a slot: within the 15 characters that flash keys have on the device. */
export function slotName(slot: number): string {
  return `report-${slot}`;
}
