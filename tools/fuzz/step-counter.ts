/** The name under which counted modules find their counters. */
export const COUNTERS_NAME = 'latchkeySteps';
/** Places that all counted modules together may have. */
export const PLACES_MAX = 1 << 12;

/** What one execution did. */
export interface Steps {
  /** Blocks entered: functions, branches and turns of loops. */
  readonly count: number;
  /** It came to a place where none was before, or there far more often. */
  readonly isNew: boolean;
}

/** Reads the counters that counted modules raise. Where no module is counted, all is zero and nothing is new. */
export class StepCounter {
  readonly #counters: Uint32Array;

  constructor(counters: Uint32Array = countersOfThisProcess()) {
    this.#counters = counters;
  }

  /** Forgets what was counted since the last call. */
  reset(): void {
    this.#counters.fill(0);
  }

  /** What was counted since then. @param memory - of the executions that this one is compared with */
  take(memory: PlaceMemory): Steps {
    const counters = this.#counters;
    let count = 0;
    let isNew = false;
    for (let place = 0; place < counters.length; place++) {
      const times = counters[place] as number;
      if (times === 0) continue;
      count += times;
      if (memory.note(place, times)) isNew = true;
    }
    counters.fill(0);
    return { count, isNew };
  }
}

/** For each place, how often single executions came there, in powers of two. */
export class PlaceMemory {
  readonly #bits = new Uint32Array(PLACES_MAX);

  /** @returns whether no execution before came there about as often */
  note(place: number, times: number): boolean {
    const bits = this.#bits[place] ?? 0;
    const bit = 1 << (31 - Math.clz32(times));
    this.#bits[place] = bits | bit;
    return (bits & bit) === 0;
  }

  /** Places that any execution has reached. */
  get reached(): readonly number[] {
    return [...this.#bits.keys()].filter((place) => this.#bits[place] !== 0);
  }
}

/** Makes the counters on the first call. */
export function countersOfThisProcess(): Uint32Array {
  const world = globalThis as unknown as Record<string, Uint32Array | undefined>;
  const counters = world[COUNTERS_NAME] ?? new Uint32Array(PLACES_MAX);
  world[COUNTERS_NAME] = counters;
  return counters;
}
