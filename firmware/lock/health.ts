import { STRIDE_MAX } from '../protocol/limits.js';

/** What an endpoint did wrong, and how much that counts. */
const POINTS = Object.freeze({
  /** It took SLOW_MS or more. */
  slow: 1,
  /** Its newest block is old news elsewhere. */
  stale: 1,
  /** An error, a bad status, an answer that is none. */
  error: 2,
  /** It took as long as the lock waits, or could not be reached. */
  silent: 3,
  /** It told of a transaction and did not show it truly, or of a height that it took back. */
  lie: 4,
});

export type Fault = keyof typeof POINTS;

/** An answer that takes this long counts as slow, milliseconds. */
export const SLOW_MS = 2_000;

const POINTS_MAX = 12;
/** Points that lengthen the stride by one. */
const STEP_POINTS = 3;
/** Points halve in this time, milliseconds: one that nobody asks recovers too. */
const HALF_LIFE_MS = 120_000;

/** How an endpoint has behaved lately. It decides how often it is asked, never whether, and nothing about authority. */
export class Health {
  #points = 0;
  #sinceMs = 0;

  fault(fault: Fault, uptimeMs: number): void {
    this.#points = Math.min(POINTS_MAX, this.points(uptimeMs) + POINTS[fault]);
    this.#sinceMs = uptimeMs;
  }

  /** 0 for a good one, at most 12. */
  points(uptimeMs: number): number {
    if (this.#points === 0) return 0;
    const lives = (uptimeMs - this.#sinceMs) / HALF_LIFE_MS;
    const whole = Math.floor(lives);
    // Straight between the halves: a power of a fraction comes out differently from one engine to the next.
    return (this.#points / 2 ** whole) * (1 - (lives - whole) / 2);
  }

  /** 1 for a good one, STRIDE_MAX for the worst: it is asked 1/stride as often. */
  stride(uptimeMs: number): number {
    return Math.min(STRIDE_MAX, 1 + Math.round(this.points(uptimeMs) / STEP_POINTS));
  }
}
