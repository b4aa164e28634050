import type { NativeModule } from '../../crypto/native-engine.js';

// Each body is one `native(name).call(this, …)` and nothing else: only that form becomes a host function.

/** The functions of `firmware/native`, by the names that their C has. */
export const NATIVE_MODULE: NativeModule = Object.freeze({
  keccak256(bytes: Uint8Array): ArrayBuffer {
    return native('xs_latchkey_keccak256').call(this, bytes) as ArrayBuffer;
  },
  sha256(bytes: Uint8Array): ArrayBuffer {
    return native('xs_latchkey_sha256').call(this, bytes) as ArrayBuffer;
  },
  hmacSha256(key: Uint8Array, bytes: Uint8Array): ArrayBuffer {
    return native('xs_latchkey_hmac_sha256').call(this, key, bytes) as ArrayBuffer;
  },
  blind(seed32: Uint8Array): void {
    native('xs_latchkey_blind').call(this, seed32);
  },
  publicKey(secretKey32: Uint8Array): ArrayBuffer {
    return native('xs_latchkey_public_key').call(this, secretKey32) as ArrayBuffer;
  },
  sign(digest32: Uint8Array, secretKey32: Uint8Array, extraEntropy32?: Uint8Array): ArrayBuffer {
    return native('xs_latchkey_sign').call(this, digest32, secretKey32, extraEntropy32) as ArrayBuffer;
  },
  recover(digest32: Uint8Array, signature64: Uint8Array, recoveryId: number): ArrayBuffer {
    return native('xs_latchkey_recover').call(this, digest32, signature64, recoveryId) as ArrayBuffer;
  },
  verify(digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array): boolean {
    return native('xs_latchkey_verify').call(this, digest32, signature64, publicKey33) as boolean;
  },
  ecdh(secretKey32: Uint8Array, publicKey33: Uint8Array): ArrayBuffer {
    return native('xs_latchkey_ecdh').call(this, secretKey32, publicKey33) as ArrayBuffer;
  },
});
