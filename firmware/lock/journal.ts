import type { CryptoEngine } from '../crypto/engine.js';
import { asciiBytes, concatBytes, equalBytes } from '../protocol/bytes.js';
import { RECORD_BYTES_MAX } from '../protocol/limits.js';
import type { Output, RecordSource } from './ports.js';

const MAGIC = 0x4c4b;
/** Of what follows the head; the head itself is the same in every version. */
const VERSION = 2;
const CHECKED_BYTES = 2 + 1 + 4 + 4;
const HEAD_BYTES = CHECKED_BYTES + 2;
const TAG_BYTES = 16;
const GENERATIONS = 2 ** 32;

/** What a record takes in flash besides its payload, bytes. */
export const RECORD_EXTRA_BYTES = HEAD_BYTES + TAG_BYTES;

/** A write that the world has not answered yet, and what the lock does once it has. */
interface Write<Task> {
  readonly name: string;
  /** How many records of this name there are, or undefined for the one. */
  readonly placesMax: number | undefined;
  readonly payload: Uint8Array;
  readonly task: Task;
}

/** What lies at one place of a log: a record, one of a round before, or nothing that is whole. */
export type LogPlace =
  | { readonly kind: 'record'; readonly generation: number; readonly payload: Uint8Array }
  | { readonly kind: 'older' }
  | { readonly kind: 'nothing' };

/**
 * Records in flash that survive a cut at any instant. A double record has two keys, `name-a` and `name-b`:
 * the newest that is whole counts, and a write never touches it. A log has `placesMax` keys, `name-0` and so on, that
 * are written in turn. A single record has one key and may be torn.
 * Each carries version, generation and length, a checksum (Fletcher-16, RFC 1146) of that head alone, and a MAC
 * (HMAC-SHA-256, 16 bytes) over its name and all of it, under a key that is bound to the chip where the chip can;
 * elsewhere the MAC serves as a checksum.
 * Writes go out one at a time, in order. Does not notice flash that was rolled back as a whole.
 */
export class Journal<Task> {
  readonly #engine: CryptoEngine;
  readonly #key32: Uint8Array;
  readonly #records: RecordSource;
  readonly #queue: Write<Task>[] = [];
  /** The generation that is newest under each name. */
  readonly #newest = new Map<string, number>();
  /** Of the write under way. Which it is, is known only when its turn comes: the write before may fail. */
  #writingKey: string | undefined;
  #refused = 0;
  #foreign = 0;

  /** @param records - read while the lock boots, one at a time, and let go */
  constructor(engine: CryptoEngine, key32: Uint8Array, records: RecordSource) {
    this.#engine = engine;
    this.#key32 = key32;
    this.#records = records;
  }

  /** Whether every write was answered. */
  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  /** Records that were found but failed their check. */
  get refusedCount(): number {
    return this.#refused;
  }

  /** Records whose head is whole and names another version: another firmware wrote them. */
  get foreignCount(): number {
    return this.#foreign;
  }

  /** The payload of the newest whole record of a double name, or undefined where there is none. */
  readDouble(name: string): Uint8Array | undefined {
    let best: Opened | undefined;
    for (const place of [0, 1]) {
      const key = keyOf(name, 2, place);
      const found = this.#open(key, this.#records.get(key));
      if (found !== undefined && (best === undefined || isAfter(found.generation, best.generation))) {
        best = found;
      }
    }
    if (best !== undefined) this.#newest.set(name, best.generation);
    return best?.payload;
  }

  /** The payload of a single record, or undefined where it is missing or torn. */
  readSingle(name: string): Uint8Array | undefined {
    return this.#open(name, this.#records.get(name))?.payload;
  }

  /**
   * What a log holds at the place of this generation. A record of a round before is told by its head alone:
   * its MAC has not been checked.
   */
  readLog(name: string, placesMax: number, generation: number): LogPlace {
    const key = keyOf(name, placesMax, generation);
    const bytes = this.#records.get(key);
    const head = bytes === undefined ? undefined : readHead(bytes);
    if (head !== undefined && head.version === VERSION && head.generation < generation) {
      return { kind: 'older' };
    }
    const found = this.#open(key, bytes);
    return found === undefined ? { kind: 'nothing' } : { kind: 'record', ...found };
  }

  /** The payload of one record of a log, from bytes that flash gave later. @returns undefined where it is not that record */
  openLog(
    name: string,
    placesMax: number,
    generation: number,
    bytes: Uint8Array | undefined,
  ): Uint8Array | undefined {
    const key = keyOf(name, placesMax, generation);
    const found = this.#open(key, bytes);
    if (found?.generation === generation) return found.payload;
    // Missing, or of another round: as lost as one that is broken.
    if (bytes === undefined || found !== undefined) this.#refused++;
    return undefined;
  }

  /** The newest record of a log is this one: the next is written after it. */
  startLog(name: string, generation: number): void {
    this.#newest.set(name, generation);
  }

  /** Writes beside the newest record of this name. */
  writeDouble(name: string, payload: Uint8Array, task: Task): readonly Output[] {
    return this.writeLog(name, 2, payload, task);
  }

  /** Writes at the place after the newest record of this log. */
  writeLog(name: string, placesMax: number, payload: Uint8Array, task: Task): readonly Output[] {
    return this.#enqueue({ name, placesMax, payload, task });
  }

  /** Writes over the record of this name. */
  writeSingle(name: string, payload: Uint8Array, task: Task): readonly Output[] {
    return this.#enqueue({ name, placesMax: undefined, payload, task });
  }

  /** The world has answered the write under this key. @returns its task, or undefined for a late or unknown answer */
  answered(
    key: string,
    stored: boolean,
  ): { readonly task: Task; readonly outputs: readonly Output[] } | undefined {
    const write = this.#queue[0];
    if (write === undefined || this.#writingKey !== key) return undefined;
    this.#queue.shift();
    this.#writingKey = undefined;
    if (stored && write.placesMax !== undefined) this.#newest.set(write.name, this.#nextOf(write.name));
    return { task: write.task, outputs: this.#issue() };
  }

  #enqueue(write: Write<Task>): readonly Output[] {
    this.#queue.push(write);
    return this.#queue.length === 1 ? this.#issue() : [];
  }

  #issue(): readonly Output[] {
    const next = this.#queue[0];
    if (next === undefined) return [];
    const { name, placesMax } = next;
    const generation = placesMax === undefined ? 0 : this.#nextOf(name);
    const key = placesMax === undefined ? name : keyOf(name, placesMax, generation);
    const bytes = this.#seal(key, generation, next.payload);
    this.#writingKey = key;
    // The payload has served once it is sealed: RAM is small.
    this.#queue[0] = { ...next, payload: new Uint8Array(0) };
    return [{ kind: 'persist', key, bytes }];
  }

  #nextOf(name: string): number {
    return ((this.#newest.get(name) ?? 0) + 1) % GENERATIONS;
  }

  #seal(key: string, generation: number, payload: Uint8Array): Uint8Array {
    // The key stands before the record, where the MAC wants it: a full state is too long to be copied.
    const name = asciiBytes(key);
    const keyed = new Uint8Array(name.length + 1 + RECORD_EXTRA_BYTES + payload.length);
    keyed.set(name);
    const record = keyed.subarray(name.length + 1);
    writeNumber(record, 0, 2, MAGIC);
    record[2] = VERSION;
    writeNumber(record, 3, 4, generation);
    writeNumber(record, 7, 4, payload.length);
    writeNumber(record, CHECKED_BYTES, 2, fletcher16(record));
    record.set(payload, HEAD_BYTES);
    const tag = this.#engine.hmacSha256(this.#key32, keyed.subarray(0, keyed.length - TAG_BYTES));
    record.set(tag.subarray(0, TAG_BYTES), record.length - TAG_BYTES);
    return record;
  }

  #open(key: string, record: Uint8Array | undefined): Opened | undefined {
    if (record === undefined) return undefined;
    const head = readHead(record);
    if (head !== undefined && head.version !== VERSION) {
      this.#foreign++;
      return undefined;
    }
    const end = record.length - TAG_BYTES;
    if (
      head === undefined ||
      head.payloadBytes !== record.length - RECORD_EXTRA_BYTES ||
      !equalBytes(record.subarray(end), this.#tag(key, record.subarray(0, end)))
    ) {
      this.#refused++;
      return undefined;
    }
    return { generation: head.generation, payload: record.slice(HEAD_BYTES, end) };
  }

  #tag(key: string, sealed: Uint8Array): Uint8Array {
    return this.#engine
      .hmacSha256(this.#key32, concatBytes(asciiBytes(key), new Uint8Array(1), sealed))
      .subarray(0, TAG_BYTES);
  }
}

/** The key of a record: of two, `-a` is the odd generations'; of more, places are numbered. */
export function keyOf(name: string, placesMax: number, generation: number): string {
  if (placesMax === 2) return generation % 2 === 1 ? `${name}-a` : `${name}-b`;
  return `${name}-${generation % placesMax}`;
}

interface Opened {
  readonly generation: number;
  readonly payload: Uint8Array;
}

interface Head {
  readonly version: number;
  readonly generation: number;
  readonly payloadBytes: number;
}

/** @returns undefined where it is torn, altered or longer than any record of ours */
function readHead(record: Uint8Array): Head | undefined {
  if (record.length < RECORD_EXTRA_BYTES || record.length > RECORD_BYTES_MAX) return undefined;
  if (readNumber(record, 0, 2) !== MAGIC) return undefined;
  if (readNumber(record, CHECKED_BYTES, 2) !== fletcher16(record)) return undefined;
  return {
    version: record[2] as number,
    generation: readNumber(record, 3, 4),
    payloadBytes: readNumber(record, 7, 4),
  };
}

/** Whether one generation follows another, over the wrap too (RFC 1982). */
function isAfter(one: number, other: number): boolean {
  const ahead = (one - other + GENERATIONS) % GENERATIONS;
  return ahead !== 0 && ahead < GENERATIONS / 2;
}

function fletcher16(record: Uint8Array): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < CHECKED_BYTES; i++) {
    low = (low + (record[i] as number)) % 255;
    high = (high + low) % 255;
  }
  return high * 256 + low;
}

function readNumber(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
}

function writeNumber(bytes: Uint8Array, at: number, width: number, value: number): void {
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    bytes[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}
