import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import type { CryptoEngine, RecoverableSignature } from '../../firmware/crypto/engine.js';
import { keccak256 } from '../../firmware/crypto/keccak256.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { InvariantError } from '../../firmware/protocol/errors.js';

/** The part of the npm package `secp256k1` that is used here; the package has no types of its own. */
export interface Secp256k1Addon {
  contextRandomize(seed32: Uint8Array): void;
  publicKeyCreate(secretKey32: Uint8Array, compressed: boolean): Uint8Array;
  ecdsaSign(
    digest32: Uint8Array,
    secretKey32: Uint8Array,
    options: { readonly data?: Uint8Array },
  ): { readonly signature: Uint8Array; readonly recid: number };
  ecdsaRecover(
    signature64: Uint8Array,
    recoveryId: number,
    digest32: Uint8Array,
    compressed: boolean,
  ): Uint8Array;
  ecdsaVerify(signature64: Uint8Array, digest32: Uint8Array, publicKey33: Uint8Array): boolean;
  ecdh(
    publicKey33: Uint8Array,
    secretKey32: Uint8Array,
    options: { readonly hashfn: (x: Uint8Array, y: Uint8Array) => Uint8Array },
    output: Uint8Array,
  ): Uint8Array;
}

/** Public keys that an engine remembers. */
const KEYS_KNOWN_MAX = 32;

/**
 * Loads the prebuilt libsecp256k1.
 * The package's own entry falls back to `elliptic` without a word where no build fits; its bindings throw instead.
 * @throws Error where this machine has no build
 */
export function loadSecp256k1(): Secp256k1Addon {
  return createRequire(import.meta.url)('secp256k1/bindings.js') as Secp256k1Addon;
}

/**
 * The engine for hosts: libsecp256k1 in constant time, hashes of OpenSSL. Raw: use it through `guardEngine`.
 * @param addon - what `loadSecp256k1` gave
 */
export function createLibsecp256k1Engine(addon: Secp256k1Addon): CryptoEngine {
  // Blinds the multiplications with secret scalars against measurement.
  addon.contextRandomize(randomBytes(32));
  const publicKey = remembering((secretKey32) => addon.publicKeyCreate(secretKey32, true));
  return Object.freeze({
    name: 'libsecp256k1',
    keccak256,
    sha256: (bytes: Uint8Array) => plain(createHash('sha256').update(bytes).digest()),
    hmacSha256: (key: Uint8Array, bytes: Uint8Array) =>
      plain(createHmac('sha256', key).update(bytes).digest()),
    publicKey: (secretKey32: Uint8Array) => publicKey(secretKey32).slice(),
    signRecoverable: (
      digest32: Uint8Array,
      secretKey32: Uint8Array,
      extraEntropy32?: Uint8Array,
    ): RecoverableSignature => {
      const options = extraEntropy32 === undefined ? {} : { data: extraEntropy32 };
      const { signature, recid } = addon.ecdsaSign(digest32, secretKey32, options);
      // 2 and 3 mean that r overflowed the group's order: a chance of 2^-127, and no EVM form.
      if (recid !== 0 && recid !== 1) throw new InvariantError(`libsecp256k1: recovery id ${recid}`);
      return { signature64: signature, recoveryId: recid };
    },
    // Recovering computes the nonce's point anew, from r; the key's own point need not be.
    isOwn: (
      digest32: Uint8Array,
      { signature64, recoveryId }: RecoverableSignature,
      secretKey32: Uint8Array,
    ) => {
      try {
        const signer = addon.ecdsaRecover(signature64, recoveryId, digest32, true);
        return equalBytes(signer, publicKey(secretKey32));
      } catch {
        // No key gives this signature.
        return false;
      }
    },
    recover: (digest32: Uint8Array, signature64: Uint8Array, recoveryId: number) =>
      addon.ecdsaRecover(signature64, recoveryId, digest32, false),
    verify: (digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array) =>
      addon.ecdsaVerify(signature64, digest32, publicKey33),
    ecdh: (secretKey32: Uint8Array, publicKey33: Uint8Array) =>
      addon.ecdh(publicKey33, secretKey32, { hashfn: (x) => x }, new Uint8Array(32)),
  });
}

/** Remembers a few results: who signs at all signs often. */
function remembering(compute: (secretKey32: Uint8Array) => Uint8Array): typeof compute {
  const known = new Map<string, Uint8Array>();
  return (secretKey32) => {
    const name = Buffer.from(secretKey32).toString('latin1');
    let result = known.get(name);
    if (result === undefined) {
      result = compute(secretKey32);
      if (known.size >= KEYS_KNOWN_MAX) known.clear();
      known.set(name, result);
    }
    return result;
  };
}

/** Not a Buffer, which other code could tell apart. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
