import { InvariantError } from '../protocol/errors.js';
import type { CryptoEngine, RecoverableSignature } from './engine.js';

/** The C functions of firmware/native, by whatever way a host names them; all give fresh buffers. */
export interface NativeModule {
  keccak256(bytes: Uint8Array): ArrayBuffer;
  sha256(bytes: Uint8Array): ArrayBuffer;
  hmacSha256(key: Uint8Array, bytes: Uint8Array): ArrayBuffer;
  blind(seed32: Uint8Array): void;
  publicKey(secretKey32: Uint8Array): ArrayBuffer;
  /** @returns r||s and the recovery id, 65 bytes */
  sign(digest32: Uint8Array, secretKey32: Uint8Array, extraEntropy32?: Uint8Array): ArrayBuffer;
  recover(digest32: Uint8Array, signature64: Uint8Array, recoveryId: number): ArrayBuffer;
  verify(digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array): boolean;
  ecdh(secretKey32: Uint8Array, publicKey33: Uint8Array): ArrayBuffer;
}

/**
 * The device's engine: libsecp256k1 and C hashes, in constant time where a secret key is at work. Raw: use it through
 * `guardEngine`, which recovers the signer from every signature before it leaves.
 * @param seed32 - fresh randomness that blinds operations with a secret key; results are the same without
 */
export function createNativeEngine(native: NativeModule, seed32?: Uint8Array): CryptoEngine {
  if (seed32 !== undefined) native.blind(seed32);
  return Object.freeze({
    name: 'native',
    keccak256: (bytes: Uint8Array) => new Uint8Array(native.keccak256(bytes)),
    sha256: (bytes: Uint8Array) => new Uint8Array(native.sha256(bytes)),
    hmacSha256: (key: Uint8Array, bytes: Uint8Array) => new Uint8Array(native.hmacSha256(key, bytes)),
    publicKey: (secretKey32: Uint8Array) => new Uint8Array(native.publicKey(secretKey32)),
    signRecoverable: (
      digest32: Uint8Array,
      secretKey32: Uint8Array,
      extraEntropy32?: Uint8Array,
    ): RecoverableSignature => {
      const signed = new Uint8Array(native.sign(digest32, secretKey32, extraEntropy32));
      const recoveryId = signed[64];
      // 2 and 3 mean that r overflowed the group's order: a chance of 2^-127, and no EVM form.
      if (recoveryId !== 0 && recoveryId !== 1) throw new InvariantError(`native: recovery id ${recoveryId}`);
      return { signature64: signed.slice(0, 64), recoveryId };
    },
    recover: (digest32: Uint8Array, signature64: Uint8Array, recoveryId: number) =>
      new Uint8Array(native.recover(digest32, signature64, recoveryId)),
    verify: (digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array) =>
      native.verify(digest32, signature64, publicKey33),
    ecdh: (secretKey32: Uint8Array, publicKey33: Uint8Array) =>
      new Uint8Array(native.ecdh(secretKey32, publicKey33)),
  });
}
