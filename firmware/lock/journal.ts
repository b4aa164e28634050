import type { CryptoEngine } from '../crypto/engine.js';
import { asciiBytes, concatBytes, equalBytes, readUint, writeUint } from '../protocol/bytes.js';
import type { Output } from './ports.js';

const MAGIC = 0x4c4b;
const VERSION = 1;
const HEADER_BYTES = 2 + 1 + 4 + 4;
const TAG_BYTES = 16;

/** A write that the world has not answered yet, and what the lock does once it has. */
interface Write<Task> {
  readonly name: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly task: Task;
}

/**
 * Records in flash that survive a cut at any instant. A double record has two keys, `name-a` and `name-b`:
 * the newest that is whole counts, and a write never touches it. A single record has one key and may be torn.
 * Each carries version, generation, length and a MAC (HMAC-SHA-256, 16 bytes) over its name and all of that,
 * under a key that is bound to the chip where the chip can; elsewhere the MAC serves as a checksum.
 * Writes go out one at a time, in order. Does not notice flash that was rolled back as a whole.
 */
export class Journal<Task> {
  readonly #engine: CryptoEngine;
  readonly #key32: Uint8Array;
  readonly #records: Map<string, Uint8Array>;
  readonly #queue: Write<Task>[] = [];
  readonly #newest = new Map<string, { key: string; generation: number }>();
  #refused = 0;

  constructor(engine: CryptoEngine, key32: Uint8Array, records: ReadonlyMap<string, Uint8Array>) {
    this.#engine = engine;
    this.#key32 = key32;
    this.#records = new Map(records);
  }

  /** Whether every write was answered. */
  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  /** Records that were found but failed their check. */
  get refusedCount(): number {
    return this.#refused;
  }

  /** The payload of the newest whole record of a double name, or undefined where there is none. */
  readDouble(name: string): Uint8Array | undefined {
    let best: { key: string; generation: number; payload: Uint8Array } | undefined;
    for (const key of [`${name}-a`, `${name}-b`]) {
      const found = this.#read(name, key);
      if (found !== undefined && (best === undefined || found.generation > best.generation)) {
        best = { key, ...found };
      }
    }
    if (best !== undefined) this.#newest.set(name, { key: best.key, generation: best.generation });
    return best?.payload;
  }

  /** The payload of a single record, or undefined where it is missing or torn. */
  readSingle(name: string): Uint8Array | undefined {
    return this.#read(name, name)?.payload;
  }

  /** Writes beside the newest record of this name. */
  writeDouble(name: string, payload: Uint8Array, task: Task): readonly Output[] {
    // Which key and generation it is, is known when its turn comes: the write before may fail.
    return this.#enqueue({ name, key: '', bytes: payload, task });
  }

  /** Writes over the record of this name. */
  writeSingle(name: string, payload: Uint8Array, task: Task): readonly Output[] {
    return this.#enqueue({ name, key: name, bytes: this.#seal(name, 0, payload), task });
  }

  /** The world has answered the write under this key. @returns its task, or undefined for a late or unknown answer */
  answered(
    key: string,
    stored: boolean,
  ): { readonly task: Task; readonly outputs: readonly Output[] } | undefined {
    const write = this.#queue[0];
    if (write === undefined || write.key !== key) return undefined;
    this.#queue.shift();
    if (stored && key !== write.name) {
      const generation = (this.#newest.get(write.name)?.generation ?? 0) + 1;
      this.#newest.set(write.name, { key, generation });
    }
    return { task: write.task, outputs: this.#issue() };
  }

  #enqueue(write: Write<Task>): readonly Output[] {
    this.#queue.push(write);
    return this.#queue.length === 1 ? this.#issue() : [];
  }

  #issue(): readonly Output[] {
    const next = this.#queue[0];
    if (next === undefined) return [];
    const write = next.key === '' ? this.#place(next) : next;
    this.#queue[0] = write;
    return [{ kind: 'persist', key: write.key, bytes: write.bytes }];
  }

  #place(write: Write<Task>): Write<Task> {
    const newest = this.#newest.get(write.name);
    const key = newest?.key === `${write.name}-a` ? `${write.name}-b` : `${write.name}-a`;
    return { ...write, key, bytes: this.#seal(write.name, (newest?.generation ?? 0) + 1, write.bytes) };
  }

  #seal(name: string, generation: number, payload: Uint8Array): Uint8Array {
    const header = concatBytes(
      writeUint(MAGIC, 2),
      writeUint(VERSION, 1),
      writeUint(generation, 4),
      writeUint(payload.length, 4),
    );
    return concatBytes(header, payload, this.#tag(name, header, payload));
  }

  #read(name: string, key: string): { generation: number; payload: Uint8Array } | undefined {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    // The constructor's copy has served once it was read: RAM is small.
    this.#records.delete(key);
    const header = record.subarray(0, HEADER_BYTES);
    const payload = record.subarray(HEADER_BYTES, record.length - TAG_BYTES);
    const whole =
      record.length >= HEADER_BYTES + TAG_BYTES &&
      readUint(record.subarray(0, 2)) === BigInt(MAGIC) &&
      record[2] === VERSION &&
      readUint(record.subarray(7, 11)) === BigInt(payload.length) &&
      equalBytes(record.subarray(record.length - TAG_BYTES), this.#tag(name, header, payload));
    if (!whole) {
      this.#refused++;
      return undefined;
    }
    return { generation: Number(readUint(record.subarray(3, 7))), payload: payload.slice() };
  }

  #tag(name: string, header: Uint8Array, payload: Uint8Array): Uint8Array {
    return this.#engine
      .hmacSha256(this.#key32, concatBytes(asciiBytes(name), new Uint8Array(1), header, payload))
      .slice(0, TAG_BYTES);
  }
}
