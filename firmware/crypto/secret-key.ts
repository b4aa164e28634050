import { asciiBytes, concatBytes, isZeroBytes } from '../protocol/bytes.js';
import { DecodeError, InvariantError } from '../protocol/errors.js';
import { expectSecretKey } from './curve.js';
import type { CryptoEngine } from './engine.js';

const LABEL = 'latchkey device key 1';
/** One try fails with a chance of 2^-128: a second failure is a broken hash. */
const TRIES_MAX = 8;

/**
 * Derives a secret key in 1..n-1 from entropy of a trusted source: HMAC-SHA-256 over a label and a counter.
 * @param entropy32 - at least 256 bits of it, 32 bytes or more
 * @throws InvariantError on short or all-zero entropy: the source of randomness does not work
 */
export function secretKeyFromEntropy(
  engine: Pick<CryptoEngine, 'hmacSha256'>,
  entropy32: Uint8Array,
): Uint8Array {
  if (entropy32.length < 32 || isZeroBytes(entropy32))
    throw new InvariantError('expected 32 bytes of entropy');
  for (let counter = 0; counter < TRIES_MAX; counter++) {
    const candidate = engine.hmacSha256(entropy32, concatBytes(asciiBytes(LABEL), Uint8Array.of(counter)));
    if (isSecretKey(candidate)) return candidate;
  }
  throw new InvariantError('no secret key in range');
}

function isSecretKey(candidate: Uint8Array): boolean {
  try {
    expectSecretKey(candidate);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
