/** Time as a world gives it; everything in the simulator that waits, waits here. */
export interface Clock {
  /** Wall clock, Unix milliseconds. */
  unixMs(): number;
  /** Never falls; its zero means nothing. */
  monotonicMs(): number;
  /** May call early after more than 24 days. @returns a function that cancels the call; calling it late or twice is harmless */
  after(delayMs: number, callback: () => void): () => void;
}

/** Node fires longer timers at once. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** The computer's own time. */
export const systemClock: Clock = Object.freeze({
  unixMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, Math.min(delayMs, DELAY_MS_MAX));
    return () => clearTimeout(timer);
  },
});

/** Another clock whose wall time goes ahead or behind; what waits, waits as long as before. */
export class OffsetClock implements Clock {
  readonly #clock: Clock;
  offsetMs: number;

  constructor(clock: Clock, offsetMs = 0) {
    this.#clock = clock;
    this.offsetMs = offsetMs;
  }

  unixMs(): number {
    return this.#clock.unixMs() + this.offsetMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#clock.after(delayMs, callback);
  }
}

/** A clock that moves only when told: timers fire in the order of their times, then of their making. */
export class ManualClock implements Clock {
  #unixMs: number;
  #monotonicMs = 0;
  #made = 0;
  readonly #timers = new Map<number, { readonly atMs: number; readonly callback: () => void }>();

  constructor(unixMs = 1_800_000_000_000) {
    this.#unixMs = unixMs;
  }

  unixMs(): number {
    return this.#unixMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const id = ++this.#made;
    this.#timers.set(id, { atMs: this.#monotonicMs + Math.max(0, delayMs), callback });
    return () => {
      this.#timers.delete(id);
    };
  }

  /** Moves on, firing what falls due, timers that were set meanwhile included. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      let next: { readonly id: number; readonly atMs: number; readonly callback: () => void } | undefined;
      for (const [id, timer] of this.#timers) {
        if (timer.atMs <= endMs && (!next || timer.atMs < next.atMs)) next = { id, ...timer };
      }
      if (!next) break;
      this.#timers.delete(next.id);
      this.#moveTo(Math.max(next.atMs, this.#monotonicMs));
      next.callback();
    }
    this.#moveTo(endMs);
  }

  /** Sets the wall clock alone, as a person or a time server might. */
  setUnixMs(unixMs: number): void {
    this.#unixMs = unixMs;
  }

  #moveTo(monotonicMs: number): void {
    this.#unixMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
