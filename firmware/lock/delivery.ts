import { backoffMs } from './backoff.js';
import type { NextReport, Outbox } from './outbox.js';
import type { Output } from './ports.js';
import { type KeptReport, reportKey } from './report-log.js';

/** A sink or a flash that answers nothing at all counts as failed after this long. */
const SILENCE_MS = 60_000;

/** What is under way: a report to the sink, or its bytes from flash. */
type Errand =
  | { readonly kind: 'publish'; readonly seq: number; readonly untilMs: number }
  | { readonly kind: 'load'; readonly count: number; readonly untilMs: number };

/** Sends waiting reports one at a time, in order, the identical bytes again until the sink has taken them. */
export class Delivery {
  readonly #outbox: Outbox;
  #errand: Errand | undefined;
  /** The next report, where it lies in flash and was read from there. */
  #loaded: { readonly count: number; readonly report: KeptReport } | undefined;
  #failures = 0;
  #retryMs = 0;
  #isHeld = false;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** The uptime at which there is something to do, or undefined. */
  get dueMs(): number | undefined {
    if (this.#errand !== undefined) return this.#errand.untilMs;
    return this.#isHeld || this.#outbox.next === undefined ? undefined : this.#retryMs;
  }

  /**
   * Sends the next report, if none is under way.
   * @param leasedSeq - a report in RAM alone is shown only up to this number, which no reboot will use again
   */
  send(leasedSeq: number, uptimeMs: number): readonly Output[] {
    if (this.#errand !== undefined) {
      if (uptimeMs < this.#errand.untilMs) return [];
      this.#fail(uptimeMs);
    }
    const { next } = this.#outbox;
    this.#isHeld = next?.place === 'ram' && next.report.seq > leasedSeq;
    if (next === undefined || this.#isHeld || uptimeMs < this.#retryMs) return [];
    const untilMs = uptimeMs + SILENCE_MS;
    const report = this.#bytesOf(next);
    if (report !== undefined) {
      this.#errand = { kind: 'publish', seq: report.seq, untilMs };
      return [{ kind: 'publish', seq: report.seq, cose: report.cose }];
    }
    if (next.place === 'ram') return [];
    this.#errand = { kind: 'load', count: next.count, untilMs };
    return [{ kind: 'load', key: reportKey(next.count) }];
  }

  /** @returns the count of the report whose bytes were asked of flash under this key, or undefined for an answer to nothing */
  awaits(key: string): number | undefined {
    if (this.#errand?.kind !== 'load' || reportKey(this.#errand.count) !== key) return undefined;
    return this.#errand.count;
  }

  /** Flash has given the report that it was asked for, or has lost it: then the one after it is next. */
  loaded(report: KeptReport | undefined): void {
    if (this.#errand?.kind !== 'load') return;
    const { count } = this.#errand;
    this.#errand = undefined;
    if (report === undefined) this.#outbox.pass();
    else this.#loaded = { count, report };
  }

  /** The sink has taken a report. @returns false where another one is next */
  taken(seq: number): boolean {
    const { next } = this.#outbox;
    if (next === undefined || this.#bytesOf(next)?.seq !== seq) return false;
    this.#outbox.pass();
    this.#errand = undefined;
    this.#loaded = undefined;
    this.#failures = 0;
    this.#retryMs = 0;
    return true;
  }

  /** The sink did not take a report. @returns false where that answer is late */
  refused(seq: number, uptimeMs: number): boolean {
    if (this.#errand?.kind !== 'publish' || this.#errand.seq !== seq) return false;
    this.#fail(uptimeMs);
    return true;
  }

  #bytesOf(next: NextReport): { readonly seq: number; readonly cose: Uint8Array } | undefined {
    if (next.place === 'ram') return next.report;
    return this.#loaded?.count === next.count ? this.#loaded.report : undefined;
  }

  #fail(uptimeMs: number): void {
    this.#errand = undefined;
    this.#failures++;
    this.#retryMs = uptimeMs + backoffMs(this.#failures);
  }
}
