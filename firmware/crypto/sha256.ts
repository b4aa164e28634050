/*
 * XS keeps numbers of 32 bits with a sign apart from doubles, and a double costs several times as much: so words are
 * signed, constants too, and a shift to the right is `>>` with the sign's copies masked off, because `>>>` makes doubles.
 */

/** The hash's first state, as signed words. @see FIPS 180-4 section 5.3.3 */
const INITIAL: readonly number[] = Object.freeze([
  1779033703, -1150833019, 1013904242, -1521486534, 1359893119, -1694144372, 528734635, 1541459225,
]);

/** The rounds' constants, as signed words. @see FIPS 180-4 section 4.2.2 */
const ROUNDS: readonly number[] = Object.freeze([
  1116352408, 1899447441, -1245643825, -373957723, 961987163, 1508970993, -1841331548, -1424204075,
  -670586216, 310598401, 607225278, 1426881987, 1925078388, -2132889090, -1680079193, -1046744716, -459576895,
  -272742522, 264347078, 604807628, 770255983, 1249150122, 1555081692, 1996064986, -1740746414, -1473132947,
  -1341970488, -1084653625, -958395405, -710438585, 113926993, 338241895, 666307205, 773529912, 1294757372,
  1396182291, 1695183700, 1986661051, -2117940946, -1838011259, -1564481375, -1474664885, -1035236496,
  -949202525, -778901479, -694614492, -200395387, 275423344, 430227734, 506948616, 659060556, 883997877,
  958139571, 1322822218, 1537002063, 1747873779, 1955562222, 2024104815, -2067236844, -1933114872,
  -1866530822, -1538233109, -1090935817, -965641998,
]);

const BLOCK = 64;

/** SHA-256 of bytes. @returns 32 bytes. @see FIPS 180-4 section 6.2 */
export function sha256(bytes: Uint8Array): Uint8Array {
  return finish(INITIAL, 0, bytes);
}

/** HMAC-SHA-256 of bytes. @returns 32 bytes. @see RFC 2104 section 2 */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return keyHmacSha256(key)(bytes);
}

/** HMAC-SHA-256 under one key: both blocks of the key are hashed once, whatever number of texts follows. */
export function keyHmacSha256(key: Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const short = key.length > BLOCK ? sha256(key) : key;
  const inner = keyed(short, 0x36);
  const outer = keyed(short, 0x5c);
  return (bytes) => finish(outer, BLOCK, finish(inner, BLOCK, bytes));
}

function keyed(key: Uint8Array, pad: number): readonly number[] {
  const block = new Uint8Array(BLOCK).fill(pad);
  for (let i = 0; i < key.length; i++) block[i] = (key[i] as number) ^ pad;
  const state = INITIAL.slice();
  compress(state, new DataView(block.buffer), 0);
  return state;
}

/** @param before - bytes that `from` has taken in already, a multiple of 64 */
function finish(from: readonly number[], before: number, bytes: Uint8Array): Uint8Array {
  const state = from.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % BLOCK);
  for (let at = 0; at < whole; at += BLOCK) compress(state, view, at);
  // The end: a one bit, zeros, and the length in bits in 8 bytes, which may need a second block.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const tailView = new DataView(tail.buffer);
  tailView.setBigUint64(tail.length - 8, BigInt(before + bytes.length) << 3n);
  for (let at = 0; at < tail.length; at += BLOCK) compress(state, tailView, at);
  const out = new Uint8Array(32);
  const outView = new DataView(out.buffer);
  for (let i = 0; i < 8; i++) outView.setInt32(4 * i, state[i] as number);
  return out;
}

/** Takes the 64 bytes at `at` into the state. */
function compress(state: number[], view: DataView, at: number): void {
  const words: number[] = [];
  for (let i = 0; i < 16; i++) words.push(view.getInt32(at + 4 * i));
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < 64; i++) {
    let word = words[i & 15] as number;
    if (i >= 16) {
      const w1 = words[(i + 1) & 15] as number;
      const w14 = words[(i + 14) & 15] as number;
      // Rotations by 7 and 18 and a shift by 3; by 17, 19 and 10.
      const sigma0 =
        (w1 << 25) ^ ((w1 >> 7) & 0x1ffffff) ^ (w1 << 14) ^ ((w1 >> 18) & 0x3fff) ^ ((w1 >> 3) & 0x1fffffff);
      const sigma1 =
        (w14 << 15) ^
        ((w14 >> 17) & 0x7fff) ^
        (w14 << 13) ^
        ((w14 >> 19) & 0x1fff) ^
        ((w14 >> 10) & 0x3fffff);
      word = (word + sigma0 + (words[(i + 9) & 15] as number) + sigma1) | 0;
      words[i & 15] = word;
    }
    // Rotations by 6, 11 and 25; by 2, 13 and 22.
    const sum1 =
      (e << 26) ^ ((e >> 6) & 0x3ffffff) ^ (e << 21) ^ ((e >> 11) & 0x1fffff) ^ (e << 7) ^ ((e >> 25) & 0x7f);
    const sum0 =
      (a << 30) ^
      ((a >> 2) & 0x3fffffff) ^
      (a << 19) ^
      ((a >> 13) & 0x7ffff) ^
      (a << 10) ^
      ((a >> 22) & 0x3ff);
    const one = (h + sum1 + (g ^ (e & (f ^ g))) + (ROUNDS[i] as number) + word) | 0;
    const two = sum0 + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = ((state[0] as number) + a) | 0;
  state[1] = ((state[1] as number) + b) | 0;
  state[2] = ((state[2] as number) + c) | 0;
  state[3] = ((state[3] as number) + d) | 0;
  state[4] = ((state[4] as number) + e) | 0;
  state[5] = ((state[5] as number) + f) | 0;
  state[6] = ((state[6] as number) + g) | 0;
  state[7] = ((state[7] as number) + h) | 0;
}
