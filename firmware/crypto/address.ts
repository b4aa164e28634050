import { DecodeError } from '../protocol/errors.js';
import { decompressPublicKey, isPublicKey65 } from './curve.js';
import type { CryptoEngine } from './engine.js';

/**
 * The EVM address of a public key: the last 20 bytes of keccak-256 over its coordinates.
 * @param publicKey - 33 bytes compressed, or 65 uncompressed
 * @throws DecodeError `size` | `range` where it is no point of the curve
 * @see yellow paper, appendix F
 */
export function addressOf(engine: Pick<CryptoEngine, 'keccak256'>, publicKey: Uint8Array): Uint8Array {
  const publicKey65 = publicKey.length === 65 ? publicKey : decompressPublicKey(publicKey);
  if (!isPublicKey65(publicKey65)) throw new DecodeError('range', 'expected a public key on the curve');
  return engine.keccak256(publicKey65.subarray(1)).slice(12);
}
