import type { TicksIo } from './io.js';

/** Milliseconds since it was made, never falling. The board's own count wraps after 24 days; read it once a week. */
export class Uptime {
  readonly #io: TicksIo;
  #last: number;
  #totalMs = 0;

  constructor(io: TicksIo) {
    this.#io = io;
    this.#last = io.ticks;
  }

  read(): number {
    const now = this.#io.ticks;
    const passed = this.#io.delta(this.#last, now);
    // Two readings within one interrupt may come out in the wrong order.
    if (passed > 0) {
      this.#totalMs += passed;
      this.#last = now;
    }
    return this.#totalMs;
  }
}
