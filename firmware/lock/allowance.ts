/** How much of something may be done: so much at once, and one more for each stretch of time. */
export class Allowance {
  readonly #max: number;
  readonly #refillMs: number;
  #spent = 0;
  #refilledMs = 0;

  constructor(max: number, refillMs: number) {
    this.#max = max;
    this.#refillMs = refillMs;
  }

  hasAny(uptimeMs: number): boolean {
    const count = Math.floor((uptimeMs - this.#refilledMs) / this.#refillMs);
    this.#refilledMs += count * this.#refillMs;
    this.#spent = Math.max(0, this.#spent - count);
    return this.#spent < this.#max;
  }

  take(): void {
    this.#spent++;
  }
}
