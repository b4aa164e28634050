import { equalBytes } from '../../firmware/protocol/bytes.js';
import { type CborValue, decodeCbor, encodeCbor } from '../../firmware/protocol/cbor.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import type { Tally } from './tally.js';

/** A vector of `cbor/test-vectors` (with `roundtrip`), or of this project (with `refused` where it has no place). */
export interface CborVector {
  readonly hex: string;
  /** The item is in its deterministic form. */
  readonly roundtrip?: boolean;
  readonly decoded?: unknown;
  /** The code of the refusal. */
  readonly refused?: string;
}

/** Puts CBOR vectors to the decoder: the values that signed bytes may hold, in their one form. */
export function runCborVectors(file: readonly CborVector[], tally: Tally): void {
  for (const vector of file) {
    const bytes = parseHex(`0x${vector.hex}`);
    const read = attempt(bytes);
    if (vector.roundtrip === undefined) {
      const holds = read.ok ? vector.refused === undefined : read.code === vector.refused;
      tally.judge(holds && isOneForm(read, bytes), `${vector.hex}: ${read.ok ? 'accepted' : read.code}`);
    } else if (!read.ok && read.code === 'type') {
      tally.skip('signed bytes hold no floats, undefined or other simple values');
    } else if (!read.ok) {
      tally.judge(
        !vector.roundtrip && read.code === 'non-canonical',
        `${vector.hex}: refused as ${read.code}`,
      );
    } else {
      const isValue = !('decoded' in vector) || isSame(read.value, vector.decoded);
      tally.judge(isValue && isOneForm(read, bytes), `${vector.hex}: another value or form`);
    }
  }
}

type Read = { readonly ok: true; readonly value: CborValue } | { readonly ok: false; readonly code: string };

function attempt(bytes: Uint8Array): Read {
  try {
    return { ok: true, value: decodeCbor(bytes) };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, code: error.code };
    throw error;
  }
}

function isOneForm(read: Read, bytes: Uint8Array): boolean {
  return !read.ok || equalBytes(encodeCbor(read.value), bytes);
}

/** Compares with what JSON holds of a value: its numbers are floats, its keys text; a bignum is a tag here. */
function isSame(value: CborValue, json: unknown): boolean {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value) === json;
  if (typeof value === 'object' && value !== null && 'tag' in value) return true;
  if (Array.isArray(value)) {
    const items = value as readonly CborValue[];
    return (
      Array.isArray(json) && json.length === items.length && items.every((item, i) => isSame(item, json[i]))
    );
  }
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<number | string, CborValue>)];
    if (typeof json !== 'object' || json === null || Object.keys(json).length !== entries.length)
      return false;
    return entries.every(([key, item]) => isSame(item, (json as Record<string, unknown>)[key]));
  }
  return value === json;
}
