import type { CborMap, CborValue } from './cbor.js';
import { DecodeError } from './errors.js';

/** Reads a value as a map. @throws DecodeError `type` */
export function asMap(value: CborValue | undefined): CborMap {
  if (value instanceof Map) return value;
  throw new DecodeError('type', 'expected a map');
}

/** Reads a value as an array, of an exact number of items where one is named. @throws DecodeError `type` | `size` */
export function asArray(value: CborValue | undefined, count?: number): readonly CborValue[] {
  if (!Array.isArray(value)) throw new DecodeError('type', 'expected an array');
  if (count !== undefined && value.length !== count) {
    throw new DecodeError('size', `expected ${count} items, found ${value.length}`);
  }
  return value;
}

/** Reads a value as an unsigned integer in 0..max, max a safe integer. @throws DecodeError `type` | `range` */
export function asUint(value: CborValue | undefined, max: number): number {
  if (typeof value !== 'bigint') {
    if (typeof value !== 'number' || !Number.isInteger(value))
      throw new DecodeError('type', 'expected an integer');
    if (value >= 0 && value <= max) return value;
  }
  throw new DecodeError('range', `expected 0 to ${max}, found ${value}`);
}

/** Reads a value as an unsigned integer of at most 64 bits. @throws DecodeError `type` | `range` */
export function asBigUint(value: CborValue | undefined, bits: number): bigint {
  if (typeof value !== 'bigint' && (typeof value !== 'number' || !Number.isInteger(value))) {
    throw new DecodeError('type', 'expected an integer');
  }
  const wide = BigInt(value);
  if (wide < 0n || wide >> BigInt(bits) !== 0n)
    throw new DecodeError('range', `expected at most ${bits} bits`);
  return wide;
}

/** Reads a value as bytes of an exact size, or of a size in `size..sizeMax`. @throws DecodeError `type` | `size` */
export function asBytes(value: CborValue | undefined, size: number, sizeMax: number = size): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new DecodeError('type', 'expected bytes');
  if (value.length < size || value.length > sizeMax) {
    throw new DecodeError('size', `expected ${size} to ${sizeMax} bytes, found ${value.length}`);
  }
  return value;
}

/** Reads a value as text of 1..charsMax UTF-16 units (code points on XS). @throws DecodeError `type` | `size` */
export function asText(value: CborValue | undefined, charsMax: number): string {
  if (typeof value !== 'string') throw new DecodeError('type', 'expected text');
  if (value.length === 0 || value.length > charsMax) {
    throw new DecodeError('size', `expected 1 to ${charsMax} characters, found ${value.length}`);
  }
  return value;
}

/** Reads a value as true or false. @throws DecodeError `type` */
export function asBoolean(value: CborValue | undefined): boolean {
  if (typeof value !== 'boolean') throw new DecodeError('type', 'expected a boolean');
  return value;
}

/** The value of a key that must be there. @throws DecodeError `missing` */
export function expectField(map: CborMap, key: number | string): CborValue {
  const value = map.get(key);
  if (value === undefined) throw new DecodeError('missing', `expected the key ${key}`);
  return value;
}

/** @throws DecodeError `missing` | `type` | `range` */
export function expectUint(map: CborMap, key: number | string, max: number): number {
  return asUint(expectField(map, key), max);
}

/** @throws DecodeError `missing` | `type` | `range` */
export function expectBigUint(map: CborMap, key: number | string, bits: number): bigint {
  return asBigUint(expectField(map, key), bits);
}

/** @throws DecodeError `missing` | `type` | `size` */
export function expectBytes(
  map: CborMap,
  key: number | string,
  size: number,
  sizeMax: number = size,
): Uint8Array {
  return asBytes(expectField(map, key), size, sizeMax);
}

/** @throws DecodeError `missing` | `type` | `size` */
export function expectText(map: CborMap, key: number | string, charsMax: number): string {
  return asText(expectField(map, key), charsMax);
}

/** @throws DecodeError `missing` | `type` | `size` */
export function expectArray(map: CborMap, key: number | string, count?: number): readonly CborValue[] {
  return asArray(expectField(map, key), count);
}

/** @throws DecodeError `missing` | `type` */
export function expectMap(map: CborMap, key: number | string): CborMap {
  return asMap(expectField(map, key));
}

/** Refuses a map that holds any key outside a closed list. @throws DecodeError `unknown` */
export function expectOnlyKeys(map: CborMap, known: readonly (number | string)[]): void {
  for (const key of map.keys()) {
    if (!known.includes(key)) {
      // Text keys are a peer's words: they stay out of the message.
      throw new DecodeError('unknown', typeof key === 'number' ? `the key ${key}` : 'a text key');
    }
  }
}
