import { STRIDE_MAX } from '../protocol/limits.js';

/**
 * Whose turn it is among `count`, by stride scheduling: each turn costs its taker 1 to STRIDE_MAX, and the one that has
 * paid least is next. So none is ever pushed out: whatever the others' strides, one that may be asked is asked at least
 * once in `turnsMax(count)` turns. While it waits, its account is at most STRIDE_MAX above the lowest, and each of the
 * others passes it after at most STRIDE_MAX + 1 turns of at least 1.
 * @see Waldspurger, Weihl: Stride Scheduling (1995)
 */
export class Turns {
  readonly #paid: number[];
  #lowest = 0;

  constructor(count: number) {
    this.#paid = new Array<number>(count).fill(0);
  }

  /**
   * @param strideOf - 1 to STRIDE_MAX, or undefined for one that may not be asked now
   * @returns the index of the one whose turn it is, or undefined where none may be asked
   */
  take(strideOf: (index: number) => number | undefined): number | undefined {
    let next: number | undefined;
    let least = Infinity;
    let cost = 0;
    for (let i = 0; i < this.#paid.length; i++) {
      const stride = strideOf(i);
      if (stride === undefined) continue;
      // What was not asked for long has no claim to all the turns that it missed.
      const paid = Math.max(this.#paid[i] ?? 0, this.#lowest);
      if (paid >= least) continue;
      next = i;
      least = paid;
      cost = Math.max(1, Math.min(STRIDE_MAX, stride));
    }
    if (next === undefined) return undefined;
    this.#lowest = least;
    this.#paid[next] = least + cost;
    return next;
  }
}

/** Turns within which each of `count` that may be asked is asked at least once. */
export function turnsMax(count: number): number {
  return (count - 1) * (STRIDE_MAX + 1) + 1;
}
