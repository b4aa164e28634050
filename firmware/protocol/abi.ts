import { concatBytes, isZeroBytes, readUint, writeUint } from './bytes.js';
import { DecodeError } from './errors.js';

/** Width of everything in the contract ABI, bytes. */
export const WORD_BYTES = 32;

/** @returns word `index` of an argument block, a view. @throws DecodeError `calldata` where the block is too short */
export function wordAt(block: Uint8Array, index: number): Uint8Array {
  const from = index * WORD_BYTES;
  if (from + WORD_BYTES > block.length) {
    throw new DecodeError('calldata', `expected word ${index}, found ${block.length} bytes`);
  }
  return block.subarray(from, from + WORD_BYTES);
}

/** Encodes `uintN` as a word. @throws RangeError where the value does not fit `bits` */
export function encodeUintWord(value: bigint | number, bits = 256): Uint8Array {
  if (BigInt(value) >> BigInt(bits) !== 0n)
    throw new RangeError(`encodeUintWord: value does not fit ${bits} bits`);
  return writeUint(value, WORD_BYTES);
}

/** Decodes a word as `uintN`. @throws DecodeError `padding` where a bit above `bits` is set */
export function decodeUintWord(word32: Uint8Array, bits = 256): bigint {
  const value = readUint(expectWord(word32));
  if (value >> BigInt(bits) !== 0n)
    throw new DecodeError('padding', `expected at most ${bits} bits in a word`);
  return value;
}

/** Encodes `address` (20 bytes) as a word. @throws RangeError on any other length */
export function encodeAddressWord(address20: Uint8Array): Uint8Array {
  if (address20.length !== 20) throw new RangeError(`encodeAddressWord: ${address20.length} bytes`);
  return concatBytes(new Uint8Array(12), address20);
}

/** Decodes a word as `address`, 20 bytes. @throws DecodeError `padding` where the upper 96 bits are not zero */
export function decodeAddressWord(word32: Uint8Array): Uint8Array {
  if (!isZeroBytes(expectWord(word32).subarray(0, 12))) {
    throw new DecodeError('padding', 'expected 12 zero bytes before an address');
  }
  return word32.slice(12);
}

/** Encodes the arguments of a function whose only one is `uint256[]`: offset, length, words. */
export function encodeUintArray(values: readonly bigint[]): Uint8Array {
  return concatBytes(
    encodeUintWord(WORD_BYTES),
    encodeUintWord(values.length),
    ...values.map((value) => encodeUintWord(value)),
  );
}

/**
 * Decodes the arguments of a function whose only one is `uint256[]`, in the one form that compilers and wallets write.
 * @param block - calldata after the selector
 * @param countMin - fewest words
 * @param countMax - most words
 * @throws DecodeError `calldata` on another offset, count or length
 */
export function decodeUintArray(block: Uint8Array, countMin: number, countMax: number): readonly bigint[] {
  if (readUint(wordAt(block, 0)) !== BigInt(WORD_BYTES))
    throw new DecodeError('calldata', 'expected offset 0x20');
  const count = readUint(wordAt(block, 1));
  if (count < BigInt(countMin) || count > BigInt(countMax)) {
    throw new DecodeError('calldata', `expected ${countMin} to ${countMax} words in an array`);
  }
  expectLength(block, (2 + Number(count)) * WORD_BYTES);
  const values: bigint[] = [];
  for (let i = 0; i < Number(count); i++) values.push(readUint(wordAt(block, 2 + i)));
  return values;
}

/** Encodes the tail of a `bytes` argument: its length, then the bytes with zeros up to a whole word. */
export function encodeBytesTail(bytes: Uint8Array): Uint8Array {
  const padded = Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES;
  return concatBytes(encodeUintWord(bytes.length), bytes, new Uint8Array(padded - bytes.length));
}

/**
 * Decodes a `bytes` argument that ends the block: its offset is right after the head, its padding is zero.
 * @param block - calldata after the selector
 * @param headWords - words of the head, of which word `index` holds the offset
 * @throws DecodeError `calldata` | `size` | `padding`
 */
export function decodeLastBytes(
  block: Uint8Array,
  headWords: number,
  index: number,
  bytesMax: number,
): Uint8Array {
  const head = headWords * WORD_BYTES;
  if (readUint(wordAt(block, index)) !== BigInt(head))
    throw new DecodeError('calldata', `expected offset ${head}`);
  const length = readUint(wordAt(block, headWords));
  if (length > BigInt(bytesMax)) throw new DecodeError('size', `expected at most ${bytesMax} bytes`);
  const from = head + WORD_BYTES;
  const count = Number(length);
  expectLength(block, from + Math.ceil(count / WORD_BYTES) * WORD_BYTES);
  if (!isZeroBytes(block.subarray(from + count)))
    throw new DecodeError('padding', 'expected zeros after the bytes');
  return block.slice(from, from + count);
}

/** Refuses an argument block of any other length. @throws DecodeError `calldata` */
export function expectLength(block: Uint8Array, bytes: number): void {
  if (block.length !== bytes) {
    throw new DecodeError('calldata', `expected ${bytes} bytes of arguments, found ${block.length}`);
  }
}

function expectWord(word: Uint8Array): Uint8Array {
  if (word.length !== WORD_BYTES)
    throw new DecodeError('calldata', `expected a word, found ${word.length} bytes`);
  return word;
}
