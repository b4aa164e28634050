import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { getPublicKey, getSharedSecret, hashes, recoverPublicKey, sign, verify } from '@noble/secp256k1';
import { concatBytes } from '../protocol/bytes.js';
import { InvariantError } from '../protocol/errors.js';
import type { CryptoEngine, RecoverableSignature } from './engine.js';

/**
 * The engine that runs anywhere: @noble/secp256k1 and @noble/hashes. Raw: use it through `guardEngine`.
 * Its secret-key operations are not constant-time; where an attacker measures, take a native engine.
 */
export function createNobleEngine(): CryptoEngine {
  const hmacSha256 = (key: Uint8Array, bytes: Uint8Array) => hmac(sha256, key, bytes);
  // The library signs synchronously only after its hash slots are filled.
  hashes.sha256 = sha256;
  hashes.hmacSha256 = hmacSha256;
  return Object.freeze({
    name: 'noble',
    keccak256: (bytes: Uint8Array) => keccak_256(bytes),
    sha256: (bytes: Uint8Array) => sha256(bytes),
    hmacSha256,
    publicKey: (secretKey32: Uint8Array) => getPublicKey(secretKey32, true),
    signRecoverable: (
      digest32: Uint8Array,
      secretKey32: Uint8Array,
      extraEntropy32?: Uint8Array,
    ): RecoverableSignature => {
      const recovered = sign(digest32, secretKey32, {
        prehash: false,
        format: 'recovered',
        lowS: true,
        extraEntropy: extraEntropy32 ?? false,
      });
      const recoveryId = recovered[0];
      // 2 and 3 mean that r overflowed the group's order: a chance of 2^-127, and no EVM form.
      if (recoveryId !== 0 && recoveryId !== 1) throw new InvariantError(`noble: recovery id ${recoveryId}`);
      return { signature64: recovered.slice(1), recoveryId };
    },
    recover: (digest32: Uint8Array, signature64: Uint8Array, recoveryId: number) =>
      recoverPublicKey(concatBytes(Uint8Array.of(recoveryId), signature64), digest32, {
        prehash: false,
        isCompressed: false,
      }),
    verify: (digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array) =>
      verify(signature64, digest32, publicKey33, { prehash: false, lowS: true }),
    ecdh: (secretKey32: Uint8Array, publicKey33: Uint8Array) =>
      getSharedSecret(secretKey32, publicKey33, true).slice(1),
  });
}
