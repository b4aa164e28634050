import { concatBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import { N, P } from './field.js';
import { isOnCurve, liftX } from './point.js';
import { readWord, writeWord } from './word.js';

/** @throws DecodeError `size` | `range` outside 1..n-1; the message holds nothing of the key */
export function expectSecretKey(secretKey32: Uint8Array): void {
  if (secretKey32.length !== 32) throw new DecodeError('size', 'expected a secret key of 32 bytes');
  const scalar = readWord(secretKey32);
  if (scalar === 0n || scalar >= N) throw new DecodeError('range', 'expected a secret key in 1..n-1');
}

/**
 * Refuses what no honest signer writes, before any curve operation.
 * @param signature64 - r||s
 * @throws DecodeError `size` | `signature-range` where r or s is outside 1..n-1 | `high-s`
 * @see SEC 1 section 4.1.4; EIP-2
 */
export function expectSignature(signature64: Uint8Array): void {
  if (signature64.length !== 64) {
    throw new DecodeError('size', `expected a signature of 64 bytes, found ${signature64.length}`);
  }
  const r = readWord(signature64);
  const s = readWord(signature64, 32);
  if (r === 0n || r >= N) throw new DecodeError('signature-range', 'expected r in 1..n-1');
  if (s === 0n || s >= N) throw new DecodeError('signature-range', 'expected s in 1..n-1');
  if (s > N >> 1n) throw new DecodeError('high-s', 'expected s in 1..n/2');
}

/**
 * Finds the point of a compressed public key, which shows that it is one.
 * @returns 65 bytes, uncompressed
 * @throws DecodeError `size` | `range` where no point of the curve has this encoding
 * @see SEC 1 section 2.3.4
 */
export function decompressPublicKey(publicKey33: Uint8Array): Uint8Array {
  if (publicKey33.length !== 33) {
    throw new DecodeError('size', `expected a public key of 33 bytes, found ${publicKey33.length}`);
  }
  const head = publicKey33[0];
  if (head !== 2 && head !== 3)
    throw new DecodeError('range', 'expected a public key that starts with 2 or 3');
  const x = readWord(publicKey33, 1);
  if (x >= P) throw new DecodeError('range', 'expected a coordinate below p');
  const point = liftX(x, head === 3);
  if (point === undefined) throw new DecodeError('range', 'expected a public key on the curve');
  return concatBytes(Uint8Array.of(4), publicKey33.subarray(1), writeWord(point.y));
}

/** @param publicKey65 - uncompressed and on the curve. @returns 33 bytes. @see SEC 1 section 2.3.3 */
export function compressPublicKey(publicKey65: Uint8Array): Uint8Array {
  const parity = (publicKey65[64] as number) & 1;
  return concatBytes(Uint8Array.of(2 + parity), publicKey65.subarray(1, 33));
}

/** @returns whether 65 bytes are the uncompressed encoding of a point of the curve. @see SEC 1 section 2.3.4 */
export function isPublicKey65(publicKey65: Uint8Array): boolean {
  if (publicKey65.length !== 65 || publicKey65[0] !== 4) return false;
  const x = readWord(publicKey65, 1);
  const y = readWord(publicKey65, 33);
  return x < P && y < P && isOnCurve(x, y);
}
