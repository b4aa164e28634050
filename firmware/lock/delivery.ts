import { backoffMs } from './backoff.js';
import type { Outbox } from './outbox.js';
import type { Output } from './ports.js';

/** A sink that answers nothing at all counts as failed after this long. */
const SINK_SILENCE_MS = 60_000;

/** Sends waiting reports one at a time, in order, the identical bytes again until the sink has taken them. */
export class Delivery {
  readonly #outbox: Outbox;
  #sending: { readonly seq: number; readonly untilMs: number } | undefined;
  #failures = 0;
  #retryMs = 0;
  #isHeld = false;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** The uptime at which there is something to do, or undefined. */
  get dueMs(): number | undefined {
    if (this.#sending !== undefined) return this.#sending.untilMs;
    return this.#outbox.next === undefined || this.#isHeld ? undefined : this.#retryMs;
  }

  /**
   * Sends the next report, if none is under way.
   * @param leasedSeq - a report in RAM alone is shown only up to this number, which no reboot will use again
   */
  send(leasedSeq: number, uptimeMs: number): readonly Output[] {
    if (this.#sending !== undefined) {
      if (uptimeMs < this.#sending.untilMs) return [];
      this.#fail(uptimeMs);
    }
    const { next } = this.#outbox;
    if (next === undefined || uptimeMs < this.#retryMs) return [];
    this.#isHeld = next.slot === undefined && next.seq > leasedSeq;
    if (this.#isHeld) return [];
    this.#sending = { seq: next.seq, untilMs: uptimeMs + SINK_SILENCE_MS };
    return [{ kind: 'publish', seq: next.seq, cose: next.cose }];
  }

  /** The sink has taken a report; an answer about another one than is under way changes nothing. */
  taken(seq: number): void {
    if (!this.#outbox.delivered(seq)) return;
    this.#sending = undefined;
    this.#failures = 0;
    this.#retryMs = 0;
  }

  /** The sink did not take a report. @returns false where that answer is late */
  refused(seq: number, uptimeMs: number): boolean {
    if (this.#sending?.seq !== seq) return false;
    this.#fail(uptimeMs);
    return true;
  }

  #fail(uptimeMs: number): void {
    this.#sending = undefined;
    this.#failures++;
    this.#retryMs = uptimeMs + backoffMs(this.#failures);
  }
}
