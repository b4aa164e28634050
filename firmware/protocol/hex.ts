import { DecodeError } from './errors.js';

const DIGITS = '0123456789abcdef';
/** A digit's value by its character code, either case. A function call would cost XS more; a literal lies in flash. */
const DIGIT_VALUES: Readonly<Record<number, number | undefined>> = Object.freeze({
  48: 0,
  49: 1,
  50: 2,
  51: 3,
  52: 4,
  53: 5,
  54: 6,
  55: 7,
  56: 8,
  57: 9,
  65: 10,
  66: 11,
  67: 12,
  68: 13,
  69: 14,
  70: 15,
  97: 10,
  98: 11,
  99: 12,
  100: 13,
  101: 14,
  102: 15,
});

/** Formats bytes as lowercase hex with 0x. */
export function formatHex(bytes: Uint8Array): string {
  let text = '0x';
  const size = bytes.length;
  for (let i = 0; i < size; i++) {
    const byte = bytes[i] as number;
    text += (DIGITS[byte >> 4] as string) + (DIGITS[byte & 15] as string);
  }
  return text;
}

/**
 * Parses 0x-prefixed hex of an even number of digits, either case.
 * @param text - untrusted; anything but a string is refused
 * @param size - exact length in bytes, or undefined for any
 * @throws DecodeError `hex` | `size`
 */
export function parseHex(text: unknown, size?: number): Uint8Array {
  if (
    typeof text !== 'string' ||
    text.length < 2 ||
    text.charCodeAt(0) !== 48 ||
    text.charCodeAt(1) !== 120
  ) {
    throw new DecodeError('hex', 'expected 0x and hex digits');
  }
  if (text.length % 2 !== 0) throw new DecodeError('hex', 'expected an even number of digits');
  const count = (text.length - 2) / 2;
  if (size !== undefined && count !== size)
    throw new DecodeError('size', `expected ${size} bytes, found ${count}`);
  const out = new Uint8Array(count);
  for (let i = 0, at = 2; i < count; i++, at += 2) {
    const high = DIGIT_VALUES[text.charCodeAt(at)] ?? noDigit(at);
    const low = DIGIT_VALUES[text.charCodeAt(at + 1)] ?? noDigit(at + 1);
    out[i] = (high << 4) | low;
  }
  return out;
}

/** Formats a JSON-RPC quantity: no leading zeros, zero is 0x0. @see Ethereum JSON-RPC, "hex value encoding" */
export function formatQuantity(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

/**
 * Parses a JSON-RPC quantity; leading zeros are refused.
 * @param bits - the widest value that is accepted, in bits
 * @throws DecodeError `hex` | `range`
 */
export function parseQuantity(text: unknown, bits: number): bigint {
  if (
    typeof text !== 'string' ||
    text.length < 3 ||
    text.charCodeAt(0) !== 48 ||
    text.charCodeAt(1) !== 120
  ) {
    throw new DecodeError('hex', 'expected a 0x quantity');
  }
  if (text.length > 3 && text.charCodeAt(2) === 48)
    throw new DecodeError('hex', 'a quantity has no leading zeros');
  // Length first: a megabyte of digits must not become a BigInt.
  if (text.length - 2 > Math.ceil(bits / 4)) throw new DecodeError('range', `expected at most ${bits} bits`);
  const { length } = text;
  for (let at = 2; at < length; at++) if (DIGIT_VALUES[text.charCodeAt(at)] === undefined) noDigit(at);
  const value = BigInt(text);
  if (value >> BigInt(bits) !== 0n) throw new DecodeError('range', `expected at most ${bits} bits`);
  return value;
}

function noDigit(at: number): never {
  throw new DecodeError('hex', `not a hex digit at position ${at}`);
}
