import { Prng } from '../world/prng.js';

/** Worlds up to this long have no rest, hours: they are for finding much in little time. */
export const RESTLESS_HOURS_MAX = 6;
/** At rest things happen this much more seldom. */
export const REST_FACTOR = 32;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A part of each day in which much happens, milliseconds after the day's beginning. */
export interface Bustle {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The hours of bustle and of rest of each day: people sleep, work and travel, and what goes wrong mostly does so where
 * something is done. A world begins with bustle.
 */
export class Rhythm {
  /** In their order; one that is all day where the world has no rest. */
  readonly bustles: readonly Bustle[];

  /** @param hours - of the world's life */
  constructor(prng: Prng, hours: number) {
    const morningMs = prng.between(20 * MINUTE_MS, HOUR_MS);
    const eveningFromMs = prng.between(8 * HOUR_MS, 12 * HOUR_MS);
    const eveningMs = prng.between(20 * MINUTE_MS, HOUR_MS);
    this.bustles =
      hours <= RESTLESS_HOURS_MAX
        ? [{ fromMs: 0, toMs: DAY_MS }]
        : [
            { fromMs: 0, toMs: morningMs },
            { fromMs: eveningFromMs, toMs: eveningFromMs + eveningMs },
          ];
  }

  isRest(nowMs: number): boolean {
    const dayMs = nowMs % DAY_MS;
    return !this.bustles.some(({ fromMs, toMs }) => dayMs >= fromMs && dayMs < toMs);
  }

  /** When the next rest begins; undefined where there is none. */
  nextRestMs(nowMs: number): number | undefined {
    if (this.bustles.every(({ fromMs, toMs }) => toMs - fromMs === DAY_MS)) return undefined;
    let turnMs = this.#nextTurnMs(nowMs);
    while (!this.isRest(turnMs) || this.isRest(turnMs - 1)) turnMs = this.#nextTurnMs(turnMs);
    return turnMs;
  }

  /**
   * How long something takes to happen that would take so long in bustle: each stretch of rest counts for
   * REST_FACTOR times less.
   * @param nowMs - when the wait begins
   */
  stretch(nowMs: number, waitMs: number): number {
    if (!Number.isFinite(waitMs)) return waitMs;
    let leftMs = waitMs;
    let atMs = nowMs;
    for (;;) {
      const lengthMs = this.#nextTurnMs(atMs) - atMs;
      const factor = this.isRest(atMs) ? REST_FACTOR : 1;
      if (leftMs * factor <= lengthMs) return Math.round(atMs + leftMs * factor - nowMs);
      leftMs -= lengthMs / factor;
      atMs += lengthMs;
    }
  }

  /** When bustle turns into rest, or rest into bustle, or the day ends. */
  #nextTurnMs(nowMs: number): number {
    const dayMs = nowMs % DAY_MS;
    const turns = [...this.bustles.flatMap(({ fromMs, toMs }) => [fromMs, toMs]), DAY_MS];
    return nowMs - dayMs + (turns.find((turnMs) => turnMs > dayMs) ?? DAY_MS);
  }
}

/** A stream of chance of somebody who lives by the world's rhythm: rates are those of bustle. */
export class DailyPrng extends Prng {
  readonly #rhythm: Rhythm;
  readonly #nowMs: () => number;

  constructor(seed: number, name: string, rhythm: Rhythm, nowMs: () => number) {
    super(seed, name);
    this.#rhythm = rhythm;
    this.#nowMs = nowMs;
  }

  override waitMs(perHour: number): number {
    return this.#rhythm.stretch(this.#nowMs(), super.waitMs(perHour));
  }
}
