import type { Clock } from '../../host-sim/world/clock.js';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** The computer's own time, which a test can put ahead: what falls due meanwhile fires at once. */
export class WarpClock implements Clock {
  #aheadMs = 0;
  readonly #timers = new Set<Timer>();

  unixMs(): number {
    return Date.now() + this.#aheadMs;
  }

  get nowSeconds(): number {
    return Math.floor(this.unixMs() / 1_000);
  }

  monotonicMs(): number {
    return performance.now() + this.#aheadMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { atMs: this.monotonicMs() + Math.max(0, delayMs), callback, handle: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      clearTimeout(timer.handle);
      this.#timers.delete(timer);
    };
  }

  advance(ms: number): void {
    this.#aheadMs += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.atMs - b.atMs)) this.#arm(timer);
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const leftMs = Math.max(0, timer.atMs - this.monotonicMs());
    timer.handle = setTimeout(() => {
      this.#timers.delete(timer);
      timer.callback();
    }, leftMs);
  }
}
