/** Numbers of a seed, the same on every machine. @see "Splitmix", Steele, Lea and Flood 2014, in 32 bits */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  uint32(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** @returns a whole number from 0 to `count - 1`; 0 where there is none */
  below(count: number): number {
    return count <= 0 ? 0 : Math.floor((this.uint32() / 2 ** 32) * count);
  }

  /** True once in so many. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** @throws RangeError on an empty list */
  pick<Item>(items: readonly Item[]): Item {
    const index = this.below(items.length);
    if (index >= items.length) throw new RangeError('pick: an empty list');
    return items[index] as Item;
  }

  /** Small numbers often, large ones seldom. */
  size(max: number): number {
    return this.below(1 + this.below(1 + this.below(max + 1)));
  }

  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) out[i] = this.uint32() & 0xff;
    return out;
  }
}
