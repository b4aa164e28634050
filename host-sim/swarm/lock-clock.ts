import type { Prng } from '../world/prng.js';
import type { Weather } from './weather.js';

const LATE_MS_MAX = 1_800_000;

/** What the lock is told of the time: never, late, or as far beside the truth as somebody has pushed it. */
export class LockClock {
  readonly #kind: Weather['clock']['kind'];
  readonly #prng: Prng;
  #offsetSeconds = 0;
  #toldFromMs = 0;
  #isCalm = false;
  /** The furthest ahead of, and behind, the true time that the lock was ever told, seconds. */
  aheadSeconds = 0;
  behindSeconds = 0;

  constructor(kind: Weather['clock']['kind'], prng: Prng) {
    this.#kind = kind;
    this.#prng = prng;
  }

  /** From now on it is wrong by so much, seconds. */
  step(offsetSeconds: number): void {
    this.#offsetSeconds = offsetSeconds;
  }

  /** From now on it is right. */
  calm(): void {
    this.#isCalm = true;
  }

  /**
   * @param unixSeconds - the true time
   * @param uptimeMs - 0 at each boot
   * @returns what the lock is told; undefined where it is told nothing
   */
  tell(unixSeconds: number, uptimeMs: number): number | undefined {
    if (!this.#isCalm) {
      if (this.#kind === 'none') return undefined;
      if (this.#kind === 'late' && uptimeMs === 0) this.#toldFromMs = this.#prng.between(0, LATE_MS_MAX);
      if (this.#kind === 'late' && uptimeMs < this.#toldFromMs) return undefined;
    }
    const offset = this.#isCalm ? 0 : this.#offsetSeconds;
    this.aheadSeconds = Math.max(this.aheadSeconds, offset);
    this.behindSeconds = Math.max(this.behindSeconds, -offset);
    return unixSeconds + offset;
  }
}
