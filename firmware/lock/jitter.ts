/** The longest part of a wait that jitter takes away: an eighth. */
const PART = 8;

/**
 * Shortens waits a little, each by another part, so that a fleet that booted together does not ask together.
 * Never lengthens one: what is promised of the longest wait stays true. Xorshift (Marsaglia 2003), no secret in it.
 */
export class Jitter {
  #state: number;

  /** @param seed - 32 bits that differ from lock to lock and from boot to boot */
  constructor(seed: number) {
    // Zero would stay zero for ever.
    this.#state = seed >>> 0 || 1;
  }

  /** @returns whole milliseconds, more than seven eighths of `durationMs` and at most all of it */
  shorten(durationMs: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return durationMs - Math.floor((durationMs / PART) * (this.#state / 2 ** 32));
  }
}
