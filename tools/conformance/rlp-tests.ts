import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { decodeRlp, encodeRlp, type RlpItem, rlpUint } from '../../firmware/protocol/rlp.js';
import { encodeUtf8 } from '../../firmware/protocol/utf8.js';
import type { Tally } from './tally.js';

/** Text, `#` and decimal digits, a number, or a list of such; `VALID` and `INVALID` say nothing of the value. */
type Value = string | number | readonly Value[];

export interface RlpTest {
  readonly in: Value;
  readonly out: string;
}

/** Deeper than any test; the lock's own limit has tests of its own. */
const DEPTH_MAX = 1_024;

/** Puts RLP tests of `ethereum/tests` to the decoder, without the lock's limits of size and depth. */
export function runRlpTests(file: Readonly<Record<string, RlpTest>>, tally: Tally): void {
  for (const [name, test] of Object.entries(file)) {
    const bytes = parseHex(test.out.startsWith('0x') ? test.out : `0x${test.out}`);
    const item = read(bytes);
    if (test.in === 'INVALID') tally.judge(item === undefined, `${name} is invalid, and was accepted`);
    else if (item === undefined) tally.judge(false, `${name} is valid, and was refused`);
    else {
      const expected = test.in === 'VALID' ? item : itemOf(test.in);
      const holds = isSame(item, expected) && equalBytes(encodeRlp(expected), bytes);
      tally.judge(holds, `${name} is another value or has another form`);
    }
  }
}

function read(bytes: Uint8Array): RlpItem | undefined {
  try {
    return decodeRlp(bytes, bytes.length, DEPTH_MAX);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function itemOf(value: Value): RlpItem {
  if (typeof value === 'number') return rlpUint(value);
  if (typeof value === 'string')
    return value.startsWith('#') ? rlpUint(BigInt(value.slice(1))) : encodeUtf8(value);
  return value.map(itemOf);
}

function isSame(a: RlpItem, b: RlpItem): boolean {
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
  }
  return a.length === b.length && a.every((item, i) => isSame(item, b[i] as RlpItem));
}
