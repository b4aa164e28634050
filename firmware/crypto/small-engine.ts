import { concatBytes } from '../protocol/bytes.js';
import { DecodeError, InvariantError } from '../protocol/errors.js';
import { multiplyBase } from './base-point.js';
import type { CryptoEngine, RecoverableSignature } from './engine.js';
import { invert, N, P } from './field.js';
import { keccak256 } from './keccak256.js';
import { add, liftX, multiply, type Point, toAffine } from './point.js';
import { createNonces } from './rfc6979.js';
import { hmacSha256, sha256 } from './sha256.js';
import { readWord, writeWord } from './word.js';

/**
 * The engine for XS where there is no native one: arithmetic in the shape that XS runs fast, and a table of 64 points
 * in place of noble's 4,224. Signs as noble does, byte for byte. Raw: use it through `guardEngine`.
 * Its secret-key operations are not constant-time, and BigInts that held a key cannot be wiped.
 */
export function createSmallEngine(): CryptoEngine {
  return Object.freeze({
    name: 'small',
    keccak256,
    sha256,
    hmacSha256,
    publicKey,
    signRecoverable,
    isOwn,
    recover,
    verify,
    ecdh,
  });
}

function publicKey(secretKey32: Uint8Array): Uint8Array {
  const { x, y } = finite(multiplyBase(readWord(secretKey32)));
  return concatBytes(Uint8Array.of((y & 1n) === 0n ? 2 : 3), writeWord(x));
}

/** @see SEC 1 section 4.1.3 */
function signRecoverable(
  digest32: Uint8Array,
  secretKey32: Uint8Array,
  extraEntropy32?: Uint8Array,
): RecoverableSignature {
  const digest = readWord(digest32);
  const secret = readWord(secretKey32);
  const nextNonce = createNonces(secretKey32, digest32, extraEntropy32);
  for (;;) {
    const nonce = nextNonce();
    const { x, y } = finite(multiplyBase(nonce));
    // A chance of 2^-127, and no EVM form.
    if (x >= N) throw new InvariantError('small: r is over the order of the group');
    const s = (invert(nonce, N) * (digest + x * secret)) % N;
    if (x === 0n || s === 0n) continue;
    const isOdd = (y & 1n) === 1n;
    const isHigh = s > N >> 1n;
    return {
      signature64: concatBytes(writeWord(x), writeWord(isHigh ? N - s : s)),
      recoveryId: isOdd === isHigh ? 0 : 1,
    };
  }
}

/**
 * Checks the equation that every verifier checks, R = (digest / s) G + (r / s) Q, with Q = secret G: two walks through
 * the table by other scalars than the nonce's. A fault in the nonce's point, in s, in r or in a point of the table
 * shows; that secret G is the key which the world knows is not checked.
 */
function isOwn(
  digest32: Uint8Array,
  { signature64, recoveryId }: RecoverableSignature,
  secretKey32: Uint8Array,
): boolean {
  const r = readWord(signature64);
  const inverse = invert(readWord(signature64, 32), N);
  const byDigest = multiplyBase((readWord(digest32) * inverse) % N);
  const byKey = multiplyBase((((r * inverse) % N) * readWord(secretKey32)) % N);
  const nonce = toAffine(add(byDigest, byKey));
  return nonce !== undefined && nonce.x === r && (nonce.y & 1n) === BigInt(recoveryId);
}

/** @see SEC 1 section 4.1.6 */
function recover(digest32: Uint8Array, signature64: Uint8Array, recoveryId: number): Uint8Array {
  const r = readWord(signature64);
  const nonce = liftX(r, recoveryId === 1);
  if (nonce === undefined) throw new DecodeError('signature', 'expected r to be the x of a point');
  const inverse = invert(r, N);
  const s = (readWord(signature64, 32) * inverse) % N;
  const digest = (readWord(digest32) * inverse) % N;
  const signer = toAffine(add(multiply(nonce, s), multiplyBase(N - digest)));
  if (signer === undefined) throw new DecodeError('signature', 'expected a key that is not infinity');
  return concatBytes(Uint8Array.of(4), writeWord(signer.x), writeWord(signer.y));
}

/** @see SEC 1 section 4.1.4 */
function verify(digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array): boolean {
  const signer = parsePoint(publicKey33);
  const r = readWord(signature64);
  const inverse = invert(readWord(signature64, 32), N);
  const digest = (readWord(digest32) * inverse) % N;
  const nonce = toAffine(add(multiply(signer, (r * inverse) % N), multiplyBase(digest)));
  return nonce !== undefined && nonce.x % N === r;
}

/** @see SEC 1 section 3.3.1 */
function ecdh(secretKey32: Uint8Array, publicKey33: Uint8Array): Uint8Array {
  return writeWord(finite(multiply(parsePoint(publicKey33), readWord(secretKey32))).x);
}

/** @see SEC 1 section 2.3.4 */
function parsePoint(publicKey33: Uint8Array): Point {
  const x = readWord(publicKey33, 1);
  const point = x < P ? liftX(x, publicKey33[0] === 3) : undefined;
  if (point === undefined) throw new DecodeError('range', 'expected a public key on the curve');
  return point;
}

function finite(point: Point): { readonly x: bigint; readonly y: bigint } {
  const affine = toAffine(point);
  if (affine === undefined) throw new InvariantError('small: a key times the generator is infinity');
  return affine;
}
