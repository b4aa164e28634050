import { EXIT_CODES, Failure } from './failure.js';

/** The 32 digits of Crockford's base 32: no I, L, O and U. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET_BYTES = 16;
/** 128 bits in digits of 5. */
const DATA_DIGITS = 26;
const CHECK_DIGITS = 2;
const GROUP_DIGITS = 4;
const URI_PREFIX = 'LATCHKEY:1:';

/**
 * Writes a pairing secret as people type it: seven groups of four digits, of which the last two check the rest.
 * @param secret16 - 16 bytes
 */
export function formatPairingCode(secret16: Uint8Array): string {
  if (secret16.length !== SECRET_BYTES) throw new RangeError(`a secret of ${secret16.length} bytes`);
  let bits = BigInt(`0x${Buffer.from(secret16).toString('hex')}`);
  const values: number[] = [];
  for (let i = 0; i < DATA_DIGITS; i++, bits >>= 5n) values.unshift(Number(bits & 31n));
  const digits = [...values, ...checkDigits(values)].map((value) => DIGITS[value]);
  return (digits.join('').match(/.{4}/g) ?? []).join('-');
}

/** What the QR code holds: the code after a word and a version, in letters that a QR code packs tightly. */
export function formatPairingUri(secret16: Uint8Array): string {
  return URI_PREFIX + formatPairingCode(secret16);
}

/**
 * Reads what a person typed or scanned, or the hex that a secret file holds. Case, spaces and dashes do not
 * matter; O is read as 0, I and L as 1.
 * @returns 16 bytes
 * @throws Failure `usage` that never repeats the text
 */
export function parsePairingSecret(text: string): Uint8Array {
  const bare = text.trim();
  const hex = /^(?:0x)?([0-9a-f]{32})$/i.exec(bare)?.[1];
  if (hex !== undefined) return Uint8Array.from(Buffer.from(hex, 'hex'));
  const upper = bare.toUpperCase();
  const code = (upper.startsWith(URI_PREFIX) ? upper.slice(URI_PREFIX.length) : upper).replace(/[\s-]/g, '');
  const values = [...code.replace(/O/g, '0').replace(/[IL]/g, '1')].map((digit) => DIGITS.indexOf(digit));
  const expected = DATA_DIGITS + CHECK_DIGITS;
  if (values.length !== expected || values.includes(-1)) {
    throw new Failure(
      EXIT_CODES.usage,
      `expected a code of ${expected / GROUP_DIGITS} groups of ${GROUP_DIGITS} digits and letters, found ${values.length} characters`,
    );
  }
  const data = values.slice(0, DATA_DIGITS);
  const [a, b] = checkDigits(data);
  let bits = 0n;
  for (const value of data) bits = (bits << 5n) | BigInt(value);
  if (values[DATA_DIGITS] !== a || values[DATA_DIGITS + 1] !== b || bits >> 128n !== 0n)
    throw new Failure(EXIT_CODES.usage, 'the code is mistyped: compare it digit by digit');
  return Uint8Array.from(Buffer.from(bits.toString(16).padStart(32, '0'), 'hex'));
}

/**
 * The two check symbols of a Reed-Solomon code over GF(32), x^5 + x^2 + 1, with the roots 1 and 2: every one or
 * two wrong digits show, also two that changed places, and all but one in a thousand of worse mistakes.
 */
function checkDigits(values: readonly number[]): readonly [number, number] {
  // The remainder by (x - 1)(x - 2) = x^2 + 3x + 2.
  let high = 0;
  let low = 0;
  for (const value of values) {
    const carry = value ^ high;
    high = low ^ twice(carry) ^ carry;
    low = twice(carry);
  }
  return [high, low];
}

function twice(value: number): number {
  return (value << 1) ^ (value & 16 ? 0b100101 : 0);
}
