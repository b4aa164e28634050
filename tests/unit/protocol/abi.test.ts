import assert from 'node:assert/strict';
import { encodeAbiParameters } from 'viem';
import {
  decodeAddressWord,
  decodeLastBytes,
  decodeUintArray,
  decodeUintWord,
  encodeAddressWord,
  encodeBytesTail,
  encodeUintArray,
  encodeUintWord,
  wordAt,
} from '../../../firmware/protocol/abi.js';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { throwsDecodeError } from './throws-decode-error.js';

const ADDRESS = `0x${'a1'.repeat(20)}` as const;
const HEAD_WORDS = 3;
const bytesCall = (bytes: Uint8Array) =>
  parseHex(
    encodeAbiParameters(
      [{ type: 'address' }, { type: 'uint256' }, { type: 'bytes' }],
      [ADDRESS, 7n, formatHex(bytes) as `0x${string}`],
    ),
  );

describe('encodeUintWord', () => {
  it('agrees with viem', () => {
    for (const value of [0n, 1n, 2n ** 255n, 2n ** 256n - 1n]) {
      assert.equal(formatHex(encodeUintWord(value)), encodeAbiParameters([{ type: 'uint256' }], [value]));
    }
  });

  it('refuses what does not fit', () => {
    assert.throws(() => encodeUintWord(256, 8), RangeError);
    assert.throws(() => encodeUintWord(-1), RangeError);
  });
});

describe('decodeUintWord', () => {
  it('refuses a bit above the width', () => {
    assert.equal(decodeUintWord(encodeUintWord(255), 8), 255n);
    throwsDecodeError(() => decodeUintWord(encodeUintWord(256), 8), 'padding');
  });

  it('refuses what is no word', () =>
    throwsDecodeError(() => decodeUintWord(new Uint8Array(31)), 'calldata'));
});

describe('decodeAddressWord', () => {
  it('takes back what encodeAddressWord and viem write', () => {
    const word = encodeAddressWord(parseHex(ADDRESS));
    assert.equal(formatHex(word), encodeAbiParameters([{ type: 'address' }], [ADDRESS]));
    assert.equal(formatHex(decodeAddressWord(word)), ADDRESS);
  });

  it('refuses each of the 96 bits above', () => {
    for (let bit = 0; bit < 96; bit++) {
      const word = encodeAddressWord(parseHex(ADDRESS));
      word[bit >> 3] = 1 << (bit & 7);
      throwsDecodeError(() => decodeAddressWord(word), 'padding', `bit ${bit}`);
    }
  });

  it('refuses an address of another length on the way out', () => {
    assert.throws(() => encodeAddressWord(new Uint8Array(19)), RangeError);
  });
});

describe('decodeUintArray', () => {
  const values = [3n, 2n ** 256n - 1n, 0n];
  const block = encodeUintArray(values);

  it('takes back what encodeUintArray and viem write', () => {
    assert.equal(formatHex(block), encodeAbiParameters([{ type: 'uint256[]' }], [values]));
    assert.deepEqual(decodeUintArray(block, 1, 3), values);
  });

  it('refuses every truncation, and a byte or word more', () => {
    for (let end = 0; end < block.length; end++) {
      throwsDecodeError(() => decodeUintArray(block.subarray(0, end), 1, 3), 'calldata', `at ${end}`);
    }
    throwsDecodeError(() => decodeUintArray(concatBytes(block, new Uint8Array(1)), 1, 3), 'calldata');
    throwsDecodeError(() => decodeUintArray(concatBytes(block, new Uint8Array(32)), 1, 3), 'calldata');
  });

  it('refuses another offset and a count outside the bounds', () => {
    const moved = block.slice();
    moved[31] = 0x40;
    throwsDecodeError(() => decodeUintArray(moved, 1, 3), 'calldata');
    throwsDecodeError(() => decodeUintArray(block, 4, 9), 'calldata');
    throwsDecodeError(() => decodeUintArray(block, 1, 2), 'calldata');
    const huge = block.slice();
    huge.fill(0xff, 32, 64);
    throwsDecodeError(() => decodeUintArray(huge, 1, 3), 'calldata');
  });
});

describe('decodeLastBytes', () => {
  it('takes back what viem writes, of every length to three words', () => {
    for (let length = 0; length <= 96; length++) {
      const bytes = new Uint8Array(length).fill(0xee);
      assert.deepEqual(decodeLastBytes(bytesCall(bytes), HEAD_WORDS, 2, 96), bytes);
    }
  });

  it('has its tail written by encodeBytesTail', () => {
    for (const length of [0, 1, 32, 65]) {
      const bytes = new Uint8Array(length).fill(0xee);
      assert.deepEqual(encodeBytesTail(bytes), bytesCall(bytes).slice(32 * HEAD_WORDS));
    }
  });

  it('refuses a long one, another offset, dirty padding and every truncation', () => {
    const block = bytesCall(new Uint8Array(65).fill(0xee));
    throwsDecodeError(() => decodeLastBytes(block, HEAD_WORDS, 2, 64), 'size');
    throwsDecodeError(() => decodeLastBytes(block, HEAD_WORDS, 1, 65), 'calldata');
    const dirty = block.slice();
    dirty[dirty.length - 1] = 1;
    throwsDecodeError(() => decodeLastBytes(dirty, HEAD_WORDS, 2, 65), 'padding');
    for (let end = 0; end < block.length; end++) {
      throwsDecodeError(
        () => decodeLastBytes(block.subarray(0, end), HEAD_WORDS, 2, 65),
        'calldata',
        `at ${end}`,
      );
    }
  });
});

describe('wordAt', () => {
  it('refuses a word past the end', () => {
    assert.equal(wordAt(new Uint8Array(64), 1).length, 32);
    throwsDecodeError(() => wordAt(new Uint8Array(64), 2), 'calldata');
  });
});
