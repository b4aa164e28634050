import type { Prng } from './prng.js';

/** What becomes of a write: the power may fail before it, in its midst or right after it. */
export type WriteMoment = 'before' | 'torn' | 'after';

interface Kept {
  readonly bytes: Uint8Array;
  /** The count of all writes at the time; 0 of one that is torn. */
  readonly at: number;
}

/** A copy of all records, as somebody with a reader makes one. */
export type FlashImage = ReadonlyMap<string, Uint8Array>;

/** Writes after which no record that was not rewritten is needed any more to go on from. */
const UNUSED_AFTER_WRITES = 600;

/** A key-value flash that fails as flash does: torn and refused writes, rot, and an old image put back. Counts wear. */
export class FaultyFlash {
  readonly #prng: Prng;
  readonly #records = new Map<string, Kept>();
  #writes = 0;
  #bytesWritten = 0;
  /** Refuses every write, as a full or broken flash does; only those of keys that begin so where it is a text. */
  refuses: boolean | string = false;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  get writes(): number {
    return this.#writes;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  get(key: string): Uint8Array | undefined {
    return this.#records.get(key)?.bytes;
  }

  /** @returns whether it was stored whole */
  write(key: string, bytes: Uint8Array, cut?: WriteMoment): boolean {
    this.#writes++;
    const { refuses } = this;
    if (refuses === true || (typeof refuses === 'string' && key.startsWith(refuses))) return false;
    if (cut === 'before') return false;
    this.#bytesWritten += bytes.length;
    const isTorn = cut === 'torn';
    this.#records.set(key, {
      bytes: isTorn ? this.#tear(key, bytes) : bytes.slice(),
      at: isTorn ? 0 : this.#writes,
    });
    return !isTorn;
  }

  erase(key: string): void {
    this.#records.delete(key);
  }

  /** Turns a bit of a record that nothing depends on: the older one of two, or a report of long ago. @returns its key */
  rot(): string | undefined {
    const unused = [...this.#records].filter(([key, { at }]) => this.#isUnused(key, at));
    if (unused.length === 0) return undefined;
    const [key, kept] = this.#prng.pick(unused);
    if (kept.bytes.length === 0) return undefined;
    const bytes = kept.bytes.slice();
    const place = this.#prng.between(0, bytes.length - 1);
    bytes[place] = (bytes[place] as number) ^ (1 << this.#prng.between(0, 7));
    this.#records.set(key, { bytes, at: kept.at });
    return key;
  }

  image(): FlashImage {
    return new Map([...this.#records].map(([key, { bytes }]) => [key, bytes]));
  }

  /** Somebody has written an old image over everything. */
  rollBack(image: FlashImage): void {
    this.#records.clear();
    for (const [key, bytes] of image) this.#records.set(key, { bytes, at: this.#writes });
  }

  #isUnused(key: string, at: number): boolean {
    const twin = key.endsWith('-a')
      ? `${key.slice(0, -1)}b`
      : key.endsWith('-b')
        ? `${key.slice(0, -1)}a`
        : '';
    if (twin !== '') return (this.#records.get(twin)?.at ?? 0) > at;
    return this.#writes - at > UNUSED_AFTER_WRITES;
  }

  /** The beginning of the new bytes, then what was there before. */
  #tear(key: string, bytes: Uint8Array): Uint8Array {
    const torn = bytes.slice();
    const from = this.#prng.between(0, bytes.length - 1);
    const before = this.#records.get(key)?.bytes;
    for (let i = from; i < torn.length; i++) torn[i] = before?.[i] ?? 0xff;
    return torn;
  }
}
