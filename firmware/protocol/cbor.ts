import { compareBytes } from './bytes.js';
import { DecodeError, InvariantError } from './errors.js';
import { CBOR_BYTES_MAX, CBOR_DEPTH_MAX } from './limits.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

/**
 * What signed bytes may hold: integers of 64 bits, byte and text strings, arrays, maps, tags, booleans and null.
 * No floats, no undefined, no other simple values.
 */
export type CborValue =
  | number
  | bigint
  | boolean
  | null
  | string
  | Uint8Array
  | readonly CborValue[]
  | CborMap
  | CborTag;
/** Keys are safe integers or text. */
export type CborMap = ReadonlyMap<number | string, CborValue>;
/** A tag is carried, never interpreted: a bignum stays tag 2 over bytes. */
export type CborTag = { readonly tag: number; readonly value: CborValue };

/**
 * Encodes a value in the one deterministic form: shortest lengths and integers, map keys sorted by their bytes.
 * @param value - integers as numbers when safe, as bigint up to 64 bits else
 * @returns at most CBOR_BYTES_MAX bytes
 * @throws InvariantError on what has no such form (a fraction, a lone surrogate, too deep, too long): our own bug
 * @see RFC 8949 section 4.2.1
 */
export function encodeCbor(value: CborValue): Uint8Array {
  const sink: Sink = { bytes: new Uint8Array(SINK_BYTES), at: 0 };
  writeItem(sink, value, 0);
  return sink.bytes.slice(0, sink.at);
}

/**
 * Decodes exactly one item, and only its deterministic form, so that equal values have equal bytes.
 * Byte strings are copies. Integers come back as numbers when safe, else as bigint.
 * @param bytes - untrusted, at most CBOR_BYTES_MAX
 * @throws DecodeError `truncated` | `trailing` | `non-canonical` | `duplicate` | `depth` | `size` | `utf8` | `type` | `range`
 * @see RFC 8949 sections 3 and 4.2.1
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  if (bytes.length > CBOR_BYTES_MAX) {
    throw new DecodeError('size', `expected at most ${CBOR_BYTES_MAX} bytes of CBOR, found ${bytes.length}`);
  }
  const source: Source = { bytes, at: 0 };
  const value = readItem(source, 0);
  if (source.at !== bytes.length) {
    throw new DecodeError('trailing', `expected ${source.at} bytes of CBOR, found ${bytes.length}`);
  }
  return value;
}

/** Whether a value is a tag; maps, arrays and byte strings are not. */
export function isCborTag(value: CborValue): value is CborTag {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    !(value instanceof Map) &&
    !Array.isArray(value)
  );
}

// Major types, RFC 8949 section 3.1.
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

const TWO_32 = 0x1_0000_0000;
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
const UINT64_MAX = 0xffff_ffff_ffff_ffffn;
/** Room for a report; the sink doubles past it. */
const SINK_BYTES = 512;

interface Sink {
  bytes: Uint8Array;
  at: number;
}

interface Source {
  readonly bytes: Uint8Array;
  at: number;
}

function writeItem(sink: Sink, value: CborValue, depth: number): void {
  switch (typeof value) {
    case 'number':
      if (!Number.isSafeInteger(value))
        throw new InvariantError(`encodeCbor: ${value} is not a safe integer`);
      if (value >= 0) writeHead(sink, UNSIGNED, value);
      else writeHead(sink, NEGATIVE, -1 - value);
      return;
    case 'bigint':
      writeBigint(sink, value);
      return;
    case 'boolean':
      writeByte(sink, value ? TRUE : FALSE);
      return;
    case 'string': {
      const text = encodeUtf8(value);
      writeHead(sink, TEXT, text.length);
      writeBytes(sink, text);
      return;
    }
    case 'object':
      if (value === null) {
        writeByte(sink, NULL);
        return;
      }
      if (value instanceof Uint8Array) {
        writeHead(sink, BYTES, value.length);
        writeBytes(sink, value);
        return;
      }
      writeContainer(sink, value, depth + 1);
      return;
    default:
      throw new InvariantError(`encodeCbor: a ${typeof value} has no encoding`);
  }
}

function writeContainer(sink: Sink, value: readonly CborValue[] | CborMap | CborTag, depth: number): void {
  if (depth > CBOR_DEPTH_MAX) throw new InvariantError('encodeCbor: nested too deep');
  if (Array.isArray(value)) {
    const items: readonly CborValue[] = value;
    writeHead(sink, ARRAY, items.length);
    for (const item of items) writeItem(sink, item, depth);
  } else if (value instanceof Map) {
    const map: CborMap = value;
    writeHead(sink, MAP, map.size);
    for (const key of [...map.keys()].sort(compareKeys)) {
      if (typeof key !== 'number' && typeof key !== 'string')
        throw new InvariantError('encodeCbor: a map key');
      writeItem(sink, key, depth);
      writeItem(sink, map.get(key) as CborValue, depth);
    }
  } else {
    const { tag, value: tagged } = value as CborTag;
    if (!Number.isSafeInteger(tag) || tag < 0 || tagged === undefined) {
      throw new InvariantError('encodeCbor: neither array, map, bytes nor tag');
    }
    writeHead(sink, TAG, tag);
    writeItem(sink, tagged, depth);
  }
}

/** The order of the encoded bytes, without encoding what is mostly small integers. */
function compareKeys(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a >= 0 && b >= 0) return a - b;
    if (a < 0 && b < 0) return b - a;
    return a >= 0 ? -1 : 1;
  }
  return compareBytes(encodeCbor(a), encodeCbor(b));
}

function writeBigint(sink: Sink, value: bigint): void {
  const negative = value < 0n;
  const argument = negative ? -1n - value : value;
  if (argument > UINT64_MAX) throw new InvariantError('encodeCbor: an integer over 64 bits');
  const major = negative ? NEGATIVE : UNSIGNED;
  if (argument <= SAFE_MAX) writeHead(sink, major, Number(argument));
  else writeWords(sink, major, Number(argument >> 32n), Number(argument & 0xffff_ffffn));
}

function writeHead(sink: Sink, major: number, argument: number): void {
  const high = major << 5;
  if (argument < 24) {
    writeByte(sink, high | argument);
  } else if (argument < 0x100) {
    reserve(sink, 2);
    sink.bytes[sink.at++] = high | 24;
    sink.bytes[sink.at++] = argument;
  } else if (argument < 0x1_0000) {
    reserve(sink, 3);
    sink.bytes[sink.at++] = high | 25;
    sink.bytes[sink.at++] = argument >> 8;
    sink.bytes[sink.at++] = argument & 0xff;
  } else if (argument < TWO_32) {
    reserve(sink, 5);
    sink.bytes[sink.at++] = high | 26;
    writeWord(sink, argument);
  } else {
    const low = argument % TWO_32;
    writeWords(sink, major, (argument - low) / TWO_32, low);
  }
}

function writeWords(sink: Sink, major: number, high: number, low: number): void {
  reserve(sink, 9);
  sink.bytes[sink.at++] = (major << 5) | 27;
  writeWord(sink, high);
  writeWord(sink, low);
}

function writeWord(sink: Sink, word: number): void {
  const { bytes, at } = sink;
  bytes[at] = word >>> 24;
  bytes[at + 1] = (word >>> 16) & 0xff;
  bytes[at + 2] = (word >>> 8) & 0xff;
  bytes[at + 3] = word & 0xff;
  sink.at = at + 4;
}

function writeByte(sink: Sink, byte: number): void {
  reserve(sink, 1);
  sink.bytes[sink.at++] = byte;
}

function writeBytes(sink: Sink, bytes: Uint8Array): void {
  reserve(sink, bytes.length);
  sink.bytes.set(bytes, sink.at);
  sink.at += bytes.length;
}

function reserve(sink: Sink, count: number): void {
  const needed = sink.at + count;
  if (needed > CBOR_BYTES_MAX) throw new InvariantError(`encodeCbor: over ${CBOR_BYTES_MAX} bytes`);
  if (needed <= sink.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, 2 * sink.bytes.length));
  grown.set(sink.bytes);
  sink.bytes = grown;
}

function readItem(source: Source, depth: number): CborValue {
  const { bytes, at } = source;
  if (at >= bytes.length) throw new DecodeError('truncated', 'expected a CBOR item, found the end');
  const initial = bytes[at] as number;
  source.at = at + 1;
  const major = initial >> 5;
  if (major === 7) {
    if (initial === FALSE) return false;
    if (initial === TRUE) return true;
    if (initial === NULL) return null;
    throw new DecodeError('type', `no float, undefined, break or simple value is allowed: byte ${initial}`);
  }
  const argument = readArgument(source, major, initial & 31);
  if (major === UNSIGNED) return argument;
  if (major === NEGATIVE) return negative(argument);
  // A number past the safe integers is past any length; as a tag it is no tag that we know.
  if (typeof argument === 'bigint') {
    if (major === TAG) throw new DecodeError('range', 'expected a tag number within the safe integers');
    throw new DecodeError('truncated', `expected ${argument} bytes or items`);
  }
  switch (major) {
    case BYTES:
      return readBytes(source, argument).slice();
    case TEXT:
      return decodeUtf8(readBytes(source, argument));
    default:
      if (depth === CBOR_DEPTH_MAX)
        throw new DecodeError('depth', `expected at most ${CBOR_DEPTH_MAX} levels`);
      if (major === ARRAY) return readArray(source, argument, depth + 1);
      if (major === MAP) return readMap(source, argument, depth + 1);
      return { tag: argument, value: readItem(source, depth + 1) };
  }
}

function readArgument(source: Source, major: number, info: number): number | bigint {
  if (info < 24) return info;
  const { bytes, at } = source;
  if (info > 27) {
    if (info === 31 && major >= BYTES && major <= MAP)
      throw new DecodeError('non-canonical', 'indefinite length');
    throw new DecodeError('type', `reserved additional information ${info}`);
  }
  const width = 1 << (info - 24);
  if (at + width > bytes.length) throw new DecodeError('truncated', `expected ${width} bytes of a number`);
  source.at = at + width;
  let high = 0;
  let low = 0;
  if (width === 8) {
    for (let i = at; i < at + 4; i++) high = high * 256 + (bytes[i] as number);
    for (let i = at + 4; i < at + 8; i++) low = low * 256 + (bytes[i] as number);
  } else {
    for (let i = at; i < at + width; i++) low = low * 256 + (bytes[i] as number);
  }
  const shortest =
    width === 1 ? low >= 24 : width === 2 ? low >= 0x100 : width === 4 ? low >= 0x1_0000 : high > 0;
  if (!shortest) throw new DecodeError('non-canonical', 'a number that is not in its shortest form');
  if (high > 0x1f_ffff) return (BigInt(high) << 32n) | BigInt(low);
  return high * TWO_32 + low;
}

function negative(argument: number | bigint): number | bigint {
  if (typeof argument === 'bigint') return -1n - argument;
  // -1 - MAX_SAFE_INTEGER is the first that a number no longer holds for sure.
  return argument === Number.MAX_SAFE_INTEGER ? -1n - BigInt(argument) : -1 - argument;
}

/** @returns a view, a plain Uint8Array even where the source is a Node Buffer, whose `slice` would share memory */
function readBytes(source: Source, count: number): Uint8Array {
  const { bytes, at } = source;
  if (count > bytes.length - at) {
    throw new DecodeError('truncated', `expected ${count} bytes of a string, found ${bytes.length - at}`);
  }
  source.at = at + count;
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, count);
}

function readArray(source: Source, count: number, depth: number): readonly CborValue[] {
  // Each item takes a byte at least: a promised length is checked before anything is allocated for it.
  expectRoom(source, count);
  const items: CborValue[] = [];
  for (let i = 0; i < count; i++) items.push(readItem(source, depth));
  return items;
}

function readMap(source: Source, count: number, depth: number): CborMap {
  expectRoom(source, 2 * count);
  const map = new Map<number | string, CborValue>();
  const { bytes } = source;
  let previous: Uint8Array | undefined;
  for (let i = 0; i < count; i++) {
    const start = source.at;
    const key = readItem(source, depth);
    if (typeof key !== 'number' && typeof key !== 'string') {
      throw new DecodeError('type', 'expected a safe integer or text as a map key');
    }
    const encoded = bytes.subarray(start, source.at);
    if (previous !== undefined) {
      const order = compareBytes(previous, encoded);
      if (order === 0) throw new DecodeError('duplicate', `a key twice in one map, at byte ${start}`);
      if (order > 0) throw new DecodeError('non-canonical', `a key out of order at byte ${start}`);
    }
    previous = encoded;
    map.set(key, readItem(source, depth));
  }
  return map;
}

function expectRoom(source: Source, count: number): void {
  const room = source.bytes.length - source.at;
  if (count > room) throw new DecodeError('truncated', `expected ${count} items, found ${room} bytes`);
}
