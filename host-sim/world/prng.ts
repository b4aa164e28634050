/** A source of chance that a seed determines: sfc32, seeded through splitmix32. Not for keys of anybody's real door. */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed - any safe integer, and a name for the stream, so that one part's draws do not move another's */
  constructor(seed: number, name = '') {
    let state = Math.trunc(seed % 0x1_0000_0000) ^ Math.trunc(seed / 0x1_0000_0000);
    for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193);
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      return word ^ (word >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 up to, but not including, 1. */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** @param probability - 0 never, 1 always; draws in any case */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  /** @throws RangeError from an empty list */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('pick: an empty list');
    return list[this.between(0, list.length - 1)] as T;
  }

  /** Time to the next of events that come `perHour` on average, milliseconds; Infinity where none come. */
  waitMs(perHour: number): number {
    const wait = -Math.log(1 - this.fraction()) * 3_600_000;
    return perHour <= 0 ? Infinity : Math.max(1, Math.round(wait / perHour));
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.uint32() & 0xff;
    return bytes;
  }
}
