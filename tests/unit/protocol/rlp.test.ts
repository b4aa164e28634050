import assert from 'node:assert/strict';
import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import { RLP_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import {
  decodeRlp,
  encodeRlp,
  type RlpItem,
  rlpUint,
  trimLeadingZeros,
} from '../../../firmware/protocol/rlp.js';
import { bytesToHex, hexToBytes, readChainVectors } from '../../vectors/chain-vectors.js';
import { throwsDecodeError } from './throws-decode-error.js';

type HexItem = string | readonly HexItem[];
interface RlpVectors {
  readonly valid: readonly { readonly name: string; readonly item: HexItem; readonly rlp: string }[];
  readonly invalid: readonly {
    readonly name: string;
    readonly rlp: string;
    readonly code: DecodeErrorCode;
  }[];
}

const vectors = readChainVectors<RlpVectors>('rlp.json');
const fromHex = (item: HexItem): RlpItem => (typeof item === 'string' ? hexToBytes(item) : item.map(fromHex));
const toHex = (item: RlpItem): HexItem => (item instanceof Uint8Array ? bytesToHex(item) : item.map(toHex));

describe('encodeRlp', () => {
  for (const { name, item, rlp } of vectors.valid) {
    it(`encodes ${name}`, () => assert.equal(bytesToHex(encodeRlp(fromHex(item))), rlp));
  }
});

describe('decodeRlp', () => {
  for (const { name, item, rlp } of vectors.valid) {
    it(`decodes ${name}`, () => assert.deepEqual(toHex(decodeRlp(hexToBytes(rlp))), item));
  }

  for (const { name, rlp, code } of vectors.invalid) {
    it(`refuses ${name}`, () => throwsDecodeError(() => decodeRlp(hexToBytes(rlp)), code));
  }

  it('refuses every truncation of every vector', () => {
    for (const { name, rlp } of vectors.valid) {
      const bytes = hexToBytes(rlp);
      for (let end = 0; end < bytes.length; end++) {
        throwsDecodeError(() => decodeRlp(bytes.subarray(0, end)), 'truncated', `${name} at ${end}`);
      }
    }
  });

  it('refuses a list nested deeper than the limit, and takes one at it', () => {
    const nest = (depth: number): RlpItem => (depth === 1 ? [] : [nest(depth - 1)]);
    assert.deepEqual(decodeRlp(encodeRlp(nest(4)), RLP_BYTES_MAX, 4), nest(4));
    throwsDecodeError(() => decodeRlp(encodeRlp(nest(5)), RLP_BYTES_MAX, 4), 'depth');
  });

  it('refuses more bytes than the limit', () => {
    throwsDecodeError(() => decodeRlp(new Uint8Array(RLP_BYTES_MAX + 1)), 'size');
  });
});

describe('rlpUint', () => {
  it('writes no leading zeros, and zero as nothing', () => {
    assert.deepEqual(rlpUint(0), new Uint8Array(0));
    assert.deepEqual(rlpUint(255n), Uint8Array.of(255));
    assert.deepEqual(rlpUint(256), Uint8Array.of(1, 0));
  });

  it('refuses a negative value', () => assert.throws(() => rlpUint(-1), RangeError));
});

describe('trimLeadingZeros', () => {
  it('drops zeros in front only', () => {
    assert.deepEqual(trimLeadingZeros(Uint8Array.of(0, 0, 5, 0)), Uint8Array.of(5, 0));
    assert.deepEqual(trimLeadingZeros(new Uint8Array(32)), new Uint8Array(0));
  });
});
