import type { CryptoEngine } from '../crypto/engine.js';
import { asciiBytes, concatBytes, writeUint } from '../protocol/bytes.js';

/**
 * Unpredictable 16-byte values, each HMAC-SHA-256 of the device's secret over a purpose, boot count, a counter and
 * this boot's randomness. New at each boot, even where the random numbers are stuck, and after each `renew`.
 */
export class Challenge {
  readonly #engine: CryptoEngine;
  readonly #secretKey32: Uint8Array;
  readonly #seed: Uint8Array;
  #counter = 0;
  #current: Uint8Array;

  constructor(
    engine: CryptoEngine,
    purpose: 'order' | 'pairing',
    secretKey32: Uint8Array,
    bootCount: number,
    entropy32: Uint8Array,
  ) {
    this.#engine = engine;
    this.#secretKey32 = secretKey32;
    this.#seed = concatBytes(asciiBytes(`latchkey challenge ${purpose}`), writeUint(bootCount, 4), entropy32);
    this.#current = this.#derive();
  }

  get current16(): Uint8Array {
    return this.#current;
  }

  renew(): Uint8Array {
    this.#counter++;
    this.#current = this.#derive();
    return this.#current;
  }

  #derive(): Uint8Array {
    return this.#engine
      .hmacSha256(this.#secretKey32, concatBytes(this.#seed, writeUint(this.#counter, 4)))
      .slice(0, 16);
  }
}
