import { createECDH, createHmac } from 'node:crypto';
import { bytesToHex } from '../vectors/chain-vectors.js';

/** The group's order. @see SEC 2 section 2.4.1 */
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const bigintOf = (bytes: Uint8Array) => BigInt(`0x${bytesToHex(bytes)}`);
const bytesOf = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

/** The nonce of RFC 6979 sections 3.2 and 3.6 with HMAC-SHA-256, on node:crypto alone. */
export function rfc6979Nonce(
  digest32: Uint8Array,
  secretKey32: Uint8Array,
  extra: Uint8Array = new Uint8Array(0),
): bigint {
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]) => {
    const mac = createHmac('sha256', key);
    for (const part of parts) mac.update(part);
    return mac.digest();
  };
  const seed = Buffer.concat([secretKey32, bytesOf(bigintOf(digest32) % N), extra]);
  let v: Uint8Array = Buffer.alloc(32, 1);
  let k = hmac(Buffer.alloc(32), v, Buffer.of(0), seed);
  v = hmac(k, v);
  k = hmac(k, v, Buffer.of(1), seed);
  v = hmac(k, v);
  for (;;) {
    v = hmac(k, v);
    const nonce = bigintOf(v);
    if (nonce > 0n && nonce < N) return nonce;
    k = hmac(k, v, Buffer.of(0));
    v = hmac(k, v);
  }
}

/** A low-S signature and its recovery id from the nonce above; the curve's work is OpenSSL's. @see SEC 1 section 4.1.3 */
export function signByOracle(
  digest32: Uint8Array,
  secretKey32: Uint8Array,
  extra?: Uint8Array,
): { readonly signature64: Uint8Array; readonly recoveryId: number } {
  const nonce = rfc6979Nonce(digest32, secretKey32, extra);
  const point = createECDH('secp256k1');
  point.setPrivateKey(bytesOf(nonce));
  const encoded = point.getPublicKey();
  const r = bigintOf(encoded.subarray(1, 33)) % N;
  const parity = (encoded[64] ?? 0) & 1;
  const s = (inverse(nonce) * (bigintOf(digest32) + r * bigintOf(secretKey32))) % N;
  const isHigh = s > N / 2n;
  return {
    signature64: Uint8Array.from([...bytesOf(r), ...bytesOf(isHigh ? N - s : s)]),
    recoveryId: isHigh ? parity ^ 1 : parity,
  };
}

/** By Fermat: value^(n-2). */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = value % N;
  for (let exponent = N - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % N;
    base = (base * base) % N;
  }
  return result;
}
