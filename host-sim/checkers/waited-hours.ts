interface Delivery {
  readonly shownMs: number;
  readonly takenMs: number;
}

/** How far the lock's own hours may have moved against those that are counted here: ticks come late, never early. */
const SLACK_MS = 300_000;
const HOUR_MS = 3_600_000;

/**
 * The most hours that a lock may have counted: whole hours of one boot, each with a report that was both shown and taken
 * in it. Times are those of the world, milliseconds.
 */
export class WaitedHours {
  /** Of the boots that are over. */
  #earned = 0;
  #sinceMs: number;
  readonly #shown = new Map<number, number>();
  #deliveries: Delivery[] = [];

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** The power is gone. */
  cut(nowMs: number): void {
    this.#earned = this.atMost(nowMs);
    this.#deliveries = [];
    this.#shown.clear();
    this.#sinceMs = Infinity;
  }

  boot(nowMs: number): void {
    if (Number.isFinite(this.#sinceMs)) this.cut(nowMs);
    this.#sinceMs = nowMs;
  }

  /** A report is on the wire. */
  shown(seq: number, nowMs: number): void {
    if (!this.#shown.has(seq)) this.#shown.set(seq, nowMs);
  }

  /** The lock was told that a report is taken. */
  taken(seq: number, nowMs: number): void {
    const shownMs = this.#shown.get(seq);
    if (shownMs !== undefined) this.#deliveries.push({ shownMs, takenMs: nowMs });
  }

  atMost(nowMs: number): number {
    if (!Number.isFinite(this.#sinceMs)) return this.#earned;
    const whole = Math.floor((nowMs - this.#sinceMs) / HOUR_MS);
    let count = this.#earned;
    for (let hour = 0; hour < whole; hour++) {
      const fromMs = this.#sinceMs + hour * HOUR_MS - SLACK_MS;
      const toMs = this.#sinceMs + (hour + 1) * HOUR_MS + SLACK_MS;
      if (this.#deliveries.some(({ shownMs, takenMs }) => shownMs >= fromMs && takenMs <= toMs)) count++;
    }
    return count;
  }
}
