import { permute } from './generated/keccak-permutation.js';

/** Bytes that a block takes in: 1600 bits less twice the digest. */
const RATE = 136;

/** Keccak-256 with the padding that Ethereum uses, not FIPS 202's. @returns 32 bytes. @see The Keccak reference 3.0 */
export function keccak256(bytes: Uint8Array): Uint8Array {
  // 25 lanes of 64 bits, the low half of each before the high one.
  const state: number[] = [];
  for (let i = 0; i < 50; i++) state.push(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % RATE);
  for (let at = 0; at < whole; at += RATE) absorb(state, view, at);
  const tail = new Uint8Array(RATE);
  tail.set(bytes.subarray(whole));
  tail[bytes.length - whole] = 0x01;
  tail[RATE - 1] = (tail[RATE - 1] as number) | 0x80;
  absorb(state, new DataView(tail.buffer), 0);
  const out = new Uint8Array(32);
  const outView = new DataView(out.buffer);
  for (let i = 0; i < 8; i++) outView.setInt32(4 * i, state[i] as number, true);
  return out;
}

function absorb(state: number[], view: DataView, at: number): void {
  for (let i = 0; i < RATE / 4; i++) {
    state[i] = (state[i] as number) ^ view.getInt32(at + 4 * i, true);
  }
  permute(state);
}
