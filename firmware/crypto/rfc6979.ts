import { concatBytes } from '../protocol/bytes.js';
import { N } from './field.js';
import { keyHmacSha256 } from './sha256.js';
import { readWord, writeWord } from './word.js';

/**
 * The deterministic nonces of one signature, each in 1..n-1; a second one is asked for with a chance of 2^-127.
 * @param extraEntropy32 - 32 bytes, or none
 * @see RFC 6979 sections 3.2 and 3.6
 */
export function createNonces(
  secretKey32: Uint8Array,
  digest32: Uint8Array,
  extraEntropy32: Uint8Array | undefined,
): () => bigint {
  const digestModN = writeWord(readWord(digest32) % N);
  const seed = concatBytes(secretKey32, digestModN, extraEntropy32 ?? new Uint8Array(0));
  let v: Uint8Array = new Uint8Array(32).fill(1);
  let mac = keyHmacSha256(new Uint8Array(32));
  const turn = (mark: number, bytes: Uint8Array) => {
    mac = keyHmacSha256(mac(concatBytes(v, Uint8Array.of(mark), bytes)));
    v = mac(v);
  };
  turn(0, seed);
  turn(1, seed);
  let isFirst = true;
  return () => {
    for (;;) {
      // Step h.3: after a nonce that did not serve, the next one comes from another key.
      if (!isFirst) turn(0, new Uint8Array(0));
      isFirst = false;
      v = mac(v);
      const nonce = readWord(v);
      if (nonce > 0n && nonce < N) return nonce;
    }
  };
}
