import type { TimerIo, TimerToken } from '../../firmware/drivers/io.js';
import type { Clock } from '../world/clock.js';

/** Moddable's `timer` module over a world's clock; `clearAll` is what a power cut does to it. */
export class TimerBank implements TimerIo {
  readonly #clock: Clock;
  readonly #pending = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(callback: () => void, delayMs: number): TimerToken {
    const cancel = this.#clock.after(delayMs, () => {
      this.#pending.delete(cancel);
      callback();
    });
    this.#pending.add(cancel);
    return cancel;
  }

  clear(token: TimerToken): void {
    if (typeof token !== 'function') return;
    this.#pending.delete(token as () => void);
    token();
  }

  clearAll(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }
}
