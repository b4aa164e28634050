import { equalBytes } from '../protocol/bytes.js';
import { DecodeError, InvariantError } from '../protocol/errors.js';
import {
  compressPublicKey,
  decompressPublicKey,
  expectSecretKey,
  expectSignature,
  isPublicKey65,
} from './curve.js';
import type { CryptoEngine, RecoverableSignature } from './engine.js';
import { N } from './field.js';
import { readWord, writeWord } from './word.js';

/**
 * The one seam in front of every engine: engines differ in what they let through (most recover from high-S
 * signatures), so what must not pass is refused here, and what an engine gives back is checked.
 *
 * - keys, signatures and recovery ids are checked before the engine sees them:
 *   DecodeError `size` | `range` | `signature-range` | `high-s`
 * - `recover` where no key gives the signature: DecodeError `signature`
 * - `verify` of a well-formed signature that does not fit is false
 * - `signRecoverable` checks its own result, by `isOwn` or by recovering: InvariantError where it is another's
 * - digests of n and above (a chance of 2^-128) reach the engine modulo n, since engines differ there
 * - digests and extra entropy of another size than 32 bytes are our own bug: InvariantError
 */
export function guardEngine(raw: CryptoEngine): CryptoEngine {
  return Object.freeze({
    name: raw.name,
    keccak256: (bytes: Uint8Array) => expectBytes(raw.keccak256(bytes), 32, 'keccak-256'),
    sha256: (bytes: Uint8Array) => expectBytes(raw.sha256(bytes), 32, 'SHA-256'),
    hmacSha256: (key: Uint8Array, bytes: Uint8Array) => expectBytes(raw.hmacSha256(key, bytes), 32, 'HMAC'),
    publicKey: (secretKey32: Uint8Array) => {
      expectSecretKey(secretKey32);
      return expectBytes(raw.publicKey(secretKey32), 33, 'a public key');
    },
    signRecoverable: (digest32: Uint8Array, secretKey32: Uint8Array, extraEntropy32?: Uint8Array) =>
      signGuarded(raw, digest32, secretKey32, extraEntropy32),
    recover: (digest32: Uint8Array, signature64: Uint8Array, recoveryId: number) =>
      recoverGuarded(raw, digest32, signature64, recoveryId),
    verify: (digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array) => {
      const digestModN = expectDigest(digest32);
      expectSignature(signature64);
      decompressPublicKey(publicKey33);
      return raw.verify(digestModN, signature64, publicKey33);
    },
    ecdh: (secretKey32: Uint8Array, publicKey33: Uint8Array) => {
      expectSecretKey(secretKey32);
      decompressPublicKey(publicKey33);
      return expectBytes(raw.ecdh(secretKey32, publicKey33), 32, 'a shared secret');
    },
  });
}

function signGuarded(
  raw: CryptoEngine,
  digest32: Uint8Array,
  secretKey32: Uint8Array,
  extraEntropy32: Uint8Array | undefined,
): RecoverableSignature {
  const digestModN = expectDigest(digest32);
  expectSecretKey(secretKey32);
  if (extraEntropy32 !== undefined) expectBytes(extraEntropy32, 32, 'extra entropy');
  const signature = raw.signRecoverable(digestModN, secretKey32, extraEntropy32);
  // A faulty signature can give the key away, so it is checked before it leaves, its recovery id too.
  if (!isOwnGuarded(raw, digestModN, signature, secretKey32)) {
    throw new InvariantError(`${raw.name}: a signature of our own does not verify`);
  }
  return signature;
}

function isOwnGuarded(
  raw: CryptoEngine,
  digest32: Uint8Array,
  signature: RecoverableSignature,
  secretKey32: Uint8Array,
): boolean {
  const { signature64, recoveryId } = signature;
  try {
    if (raw.isOwn === undefined) {
      const signer = compressPublicKey(recoverGuarded(raw, digest32, signature64, recoveryId));
      return equalBytes(signer, raw.publicKey(secretKey32));
    }
    expectSignature(signature64);
    return raw.isOwn(digest32, signature, secretKey32);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new InvariantError(`${raw.name}: a signature of our own is refused (${error.code})`);
  }
}

function recoverGuarded(
  raw: CryptoEngine,
  digest32: Uint8Array,
  signature64: Uint8Array,
  recoveryId: number,
): Uint8Array {
  const digestModN = expectDigest(digest32);
  expectSignature(signature64);
  if (recoveryId !== 0 && recoveryId !== 1)
    throw new DecodeError('range', `expected recovery id 0 or 1, found ${recoveryId}`);
  let publicKey65: Uint8Array;
  try {
    publicKey65 = raw.recover(digestModN, signature64, recoveryId);
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    // Each engine has its own words for r that is no point's x, and for the point at infinity.
    throw new DecodeError('signature', 'no public key gives this signature');
  }
  if (!isPublicKey65(publicKey65)) throw new InvariantError(`${raw.name}: recovered what is no public key`);
  return publicKey65;
}

/**
 * A digest modulo n, which stands for the same signatures: RFC 6979 section 2.3.4 takes it so into the nonce, but
 * libsecp256k1 takes the bytes as they come.
 */
function expectDigest(digest32: Uint8Array): Uint8Array {
  const digest = readWord(expectBytes(digest32, 32, 'a digest'));
  return digest < N ? digest32 : writeWord(digest - N);
}

function expectBytes(bytes: Uint8Array, size: number, what: string): Uint8Array {
  if (bytes.length !== size)
    throw new InvariantError(`expected ${what} of ${size} bytes, found ${bytes.length}`);
  return bytes;
}
