import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { concatBytes, writeUint } from '../../firmware/protocol/bytes.js';
import { DecodeError, InvariantError } from '../../firmware/protocol/errors.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';

/** The field's prime and the group's order. @see SEC 2 section 2.4.1 */
const P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** A cube root of one modulo n: where an engine splits scalars by the endomorphism, this is its seam. */
const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n;
const G33 = '0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
const GX = `0x${G33.slice(4)}`;
const WORD_MAX = 2n ** 256n - 1n;

/**
 * All that engines must agree on, told line by line: `what input: answer`, where a refusal is its error's code.
 * Two engines, or one engine on two hosts, conform where their lines are equal. Pure: no host, no randomness.
 * @param engine - a guarded one
 * @param sampleCount - random keys, digests and signatures a section; 12 where a check costs milliseconds
 */
export function* engineTranscript(engine: CryptoEngine, sampleCount = 12): Generator<string, void> {
  yield* hashLines(engine);
  yield* publicKeyLines(engine, sampleCount);
  yield* signLines(engine, sampleCount);
  yield* recoverLines(engine, sampleCount);
  yield* groupEdgeLines(engine);
  yield* verifyLines(engine, sampleCount);
  yield* ecdhLines(engine, sampleCount);
  yield* refusalLines(engine);
}

/** Every length through two blocks of Keccak-256 (136 bytes) and four of SHA-256 (64), then long ones. */
export function* hashLines(engine: CryptoEngine): Generator<string, void> {
  const lengths = [1_024, 3_268];
  for (let length = 0; length <= 300; length++) lengths.push(length);
  for (const length of lengths) {
    const bytes = sampleBytes(length + 1, length);
    // Keys shorter than, as long as and longer than a block of SHA-256.
    const key = sampleBytes(length + 2, length % 131);
    const kept = formatHex(bytes);
    yield line(`keccak256 ${length}`, () => engine.keccak256(bytes));
    yield line(`sha256 ${length}`, () => engine.sha256(bytes));
    yield line(`hmac ${key.length} ${length}`, () => engine.hmacSha256(key, bytes));
    if (formatHex(bytes) !== kept) yield `hashes changed their input of ${length} bytes`;
  }
}

/** Scalars at the edges of the group, of windows and of limbs, then random ones. */
export function* publicKeyLines(engine: CryptoEngine, sampleCount: number): Generator<string, void> {
  for (const scalar of edgeScalars()) {
    yield line(`public key ${scalar.toString(16)}`, () => engine.publicKey(writeUint(scalar, 32)));
  }
  for (let i = 0; i < sampleCount; i++) {
    yield line(`public key ${i}`, () => engine.publicKey(sampleBytes(100 + i, 32)));
  }
}

/** Signatures with recovery id, with extra entropy and without. */
export function* signLines(engine: CryptoEngine, sampleCount: number): Generator<string, void> {
  const sign = (what: string, digest: Uint8Array, key: Uint8Array, extra?: Uint8Array) =>
    line(`sign ${what}`, () => {
      const { signature64, recoveryId } = engine.signRecoverable(digest, key, extra);
      return concatBytes(signature64, Uint8Array.of(recoveryId));
    });
  for (let i = 0; i < sampleCount; i++) {
    const key = sampleBytes(200 + i, 32);
    const digest = sampleBytes(300 + i, 32);
    yield sign(`${i}`, digest, key);
    yield sign(`${i} with extra`, digest, key, sampleBytes(400 + i, 32));
  }
  const key = sampleBytes(200, 32);
  const digest = sampleBytes(300, 32);
  yield sign('with extra of zeros', digest, key, new Uint8Array(32));
  yield sign('with extra of ones', digest, key, writeUint(WORD_MAX, 32));
  for (const scalar of [1n, 2n, N >> 1n, N - 2n, N - 1n]) {
    yield sign(`by key ${scalar.toString(16)}`, digest, writeUint(scalar, 32));
  }
  for (const edge of [0n, 1n, N - 1n, N, N + 1n, WORD_MAX]) {
    yield sign(`digest ${edge.toString(16)}`, writeUint(edge, 32), key);
    yield sign(`digest ${edge.toString(16)} with extra`, writeUint(edge, 32), key, digest);
  }
}

/** Keys from signatures that somebody made, and from numbers that nobody did. */
export function* recoverLines(engine: CryptoEngine, sampleCount: number): Generator<string, void> {
  for (let i = 0; i < sampleCount; i++) {
    const digest = sampleBytes(300 + i, 32);
    const { signature64 } = engine.signRecoverable(digest, sampleBytes(200 + i, 32));
    // A random r is the x of a point every second time.
    const random64 = concatBytes(sampleBytes(500 + i, 32), lowWord(600 + i));
    for (const id of [0, 1]) {
      yield line(`recover ${i} id ${id}`, () => engine.recover(digest, signature64, id));
      yield line(`recover random ${i} id ${id}`, () => engine.recover(digest, random64, id));
    }
  }
  for (let r = 1n; r <= 8n; r++) {
    for (const s of [1n, N >> 1n]) {
      const signature64 = signatureOf(r, s);
      yield line(`recover r ${r} s ${s.toString(16)}`, () =>
        engine.recover(sampleBytes(700, 32), signature64, Number(r & 1n)),
      );
    }
  }
  for (const r of [P - N - 1n, P - N, P - N + 1n, N - 1n, N - 2n, N - 3n]) {
    yield line(`recover r ${r.toString(16)}`, () =>
      engine.recover(sampleBytes(701, 32), signatureOf(r, 3n), 0),
    );
  }
}

/**
 * Sums that meet in a doubling, a negation, infinity or a zero scalar: Q = ((s - digest) / r) G where R = G,
 * and combinations of G with its small and its endomorphic multiples.
 */
export function* groupEdgeLines(engine: CryptoEngine): Generator<string, void> {
  const r = BigInt(GX);
  const scalars = [0n, 1n, 2n, 3n, 15n, 16n, 17n, 1n << 128n, LAMBDA, N - 1n, N - 2n, N >> 1n];
  for (const s of [1n, 2n, 16n, 1n << 128n, (N - 1n) >> 1n]) {
    for (const digest of [...scalars, s, N - s, s + 1n, 2n * s, (s * LAMBDA) % N]) {
      const digest32 = writeUint(digest % N, 32);
      const what = `G s ${s.toString(16)} digest ${digest.toString(16)}`;
      yield line(`recover ${what} id 0`, () => engine.recover(digest32, signatureOf(r, s), 0));
      yield line(`recover ${what} id 1`, () => engine.recover(digest32, signatureOf(r, s), 1));
    }
  }
  // Whatever R is, the key that is recovered verifies: both ways through the group must agree.
  for (const scalar of [1n, 2n, 3n, 7n, 8n, 15n, 16n, LAMBDA, N - LAMBDA, N - 1n, N - 2n, N >> 1n]) {
    const publicKey33 = engine.publicKey(writeUint(scalar, 32));
    // The sum is (digest + scalar r) G: infinity at -scalar r, and fits where it is G or -G.
    const infinity = N - ((scalar * r) % N);
    for (const digest of [0n, 1n, scalar, N - scalar, N - infinity, infinity, infinity + 1n, infinity - 1n]) {
      const digest32 = writeUint(digest, 32);
      const what = `key ${scalar.toString(16)} digest ${digest.toString(16)}`;
      yield line(`verify ${what}`, () => engine.verify(digest32, signatureOf(r, 1n), publicKey33));
    }
  }
}

/** Good signatures, and each part of them altered. */
export function* verifyLines(engine: CryptoEngine, sampleCount: number): Generator<string, void> {
  for (let i = 0; i < sampleCount; i++) {
    const key = sampleBytes(200 + i, 32);
    const digest = sampleBytes(300 + i, 32);
    const { signature64 } = engine.signRecoverable(digest, key);
    const publicKey33 = engine.publicKey(key);
    const negated33 = concatBytes(Uint8Array.of((publicKey33[0] as number) ^ 1), publicKey33.subarray(1));
    const r = signature64.subarray(0, 32);
    const s = signature64.subarray(32);
    yield line(`verify ${i}`, () => engine.verify(digest, signature64, publicKey33));
    yield line(`verify ${i} of -Q`, () => engine.verify(digest, signature64, negated33));
    yield line(`verify ${i} of another digest`, () => engine.verify(key, signature64, publicKey33));
    yield line(`verify ${i} with s for r`, () => engine.verify(digest, concatBytes(s, r), publicKey33));
    yield line(`verify ${i} with another s`, () =>
      engine.verify(digest, concatBytes(r, lowWord(800 + i)), publicKey33),
    );
    yield line(`verify ${i} with another r`, () =>
      engine.verify(digest, concatBytes(sampleBytes(900 + i, 32), s), publicKey33),
    );
    yield line(`verify ${i} the high twin`, () =>
      engine.verify(digest, concatBytes(r, writeUint(N - BigInt(formatHex(s)), 32)), publicKey33),
    );
  }
}

/** Shared secrets from both sides, and with G and -G. */
export function* ecdhLines(engine: CryptoEngine, sampleCount: number): Generator<string, void> {
  for (let i = 0; i < sampleCount; i++) {
    const one = sampleBytes(200 + i, 32);
    const other = sampleBytes(1_000 + i, 32);
    yield line(`ecdh ${i}`, () => engine.ecdh(one, engine.publicKey(other)));
    yield line(`ecdh ${i} from the other side`, () => engine.ecdh(other, engine.publicKey(one)));
  }
  const point33 = engine.publicKey(sampleBytes(1_100, 32));
  for (const scalar of edgeScalars()) {
    const key = writeUint(scalar, 32);
    yield line(`ecdh ${scalar.toString(16)}`, () => engine.ecdh(key, point33));
    yield line(`ecdh ${scalar.toString(16)} with G`, () => engine.ecdh(key, parseHex(G33)));
  }
}

/** What the seam must refuse, whatever engine lies behind it. */
export function* refusalLines(engine: CryptoEngine): Generator<string, void> {
  const key = sampleBytes(200, 32);
  const digest = sampleBytes(300, 32);
  const good = engine.signRecoverable(digest, key).signature64;
  const publicKey33 = engine.publicKey(key);
  const r = BigInt(formatHex(good.subarray(0, 32)));
  const s = BigInt(formatHex(good.subarray(32)));
  for (const edge of [0n, N, N + 1n, P, WORD_MAX]) yield* refusedSignature(signatureOf(edge, s));
  for (const edge of [0n, (N + 1n) >> 1n, N - s, N - 1n, N, WORD_MAX])
    yield* refusedSignature(signatureOf(r, edge));
  for (const size of [0, 1, 63, 65, 72]) yield* refusedSignature(new Uint8Array(size).fill(1));
  for (const id of [-1, 2, 3, 4, 27, 0.5, Number.NaN])
    yield line(`recover id ${id}`, () => engine.recover(digest, good, id));
  for (const bad of badPublicKeys(publicKey33)) {
    yield line(`verify by ${formatHex(bad)}`, () => engine.verify(digest, good, bad));
    yield line(`ecdh with ${formatHex(bad)}`, () => engine.ecdh(key, bad));
  }
  const badKeys = [0n, N, N + 1n, WORD_MAX].map((value) => writeUint(value, 32));
  for (const bad of [...badKeys, key.subarray(1), concatBytes(key, key.subarray(0, 1))]) {
    yield line(`public key of ${formatHex(bad)}`, () => engine.publicKey(bad));
    yield line(`sign by ${formatHex(bad)}`, () => engine.signRecoverable(digest, bad).signature64);
    yield line(`ecdh by ${formatHex(bad)}`, () => engine.ecdh(bad, publicKey33));
  }
  for (const size of [0, 31, 33]) {
    const bad = new Uint8Array(size);
    yield line(`sign a digest of ${size}`, () => engine.signRecoverable(bad, key).signature64);
    yield line(`sign with extra of ${size}`, () => engine.signRecoverable(digest, key, bad).signature64);
    yield line(`recover a digest of ${size}`, () => engine.recover(bad, good, 0));
    yield line(`verify a digest of ${size}`, () => engine.verify(bad, good, publicKey33));
  }

  function* refusedSignature(signature64: Uint8Array): Generator<string, void> {
    const what = formatHex(signature64);
    yield line(`recover ${what} id 0`, () => engine.recover(digest, signature64, 0));
    yield line(`recover ${what} id 1`, () => engine.recover(digest, signature64, 1));
    yield line(`verify ${what}`, () => engine.verify(digest, signature64, publicKey33));
  }
}

function badPublicKeys(publicKey33: Uint8Array): readonly Uint8Array[] {
  const headed = (head: number, x: bigint) => concatBytes(Uint8Array.of(head), writeUint(x, 32));
  const heads = [0, 1, 4, 5, 6, 7, 255].map((head) =>
    concatBytes(Uint8Array.of(head), publicKey33.subarray(1)),
  );
  // 0 and 5 are no x of a point, and p + 1 is 1 modulo p, which is one.
  const offCurve = [0n, 5n, P, P + 1n, WORD_MAX].flatMap((x) => [headed(2, x), headed(3, x)]);
  const sizes = [new Uint8Array(0), publicKey33.subarray(0, 32), concatBytes(publicKey33, Uint8Array.of(0))];
  return [...heads, ...offCurve, ...sizes, new Uint8Array(65).fill(4)];
}

function edgeScalars(): readonly bigint[] {
  const scalars = [LAMBDA, N - LAMBDA, (N - 1n) >> 1n, (N + 1n) >> 1n];
  for (let i = 1n; i <= 17n; i++) scalars.push(i);
  for (let i = 1n; i <= 3n; i++) scalars.push(N - i);
  for (const bit of [31n, 32n, 63n, 64n, 127n, 128n, 129n, 192n, 252n, 254n, 255n])
    scalars.push(1n << bit, (1n << bit) - 1n);
  for (const digit of ['1', '7', '8', '9', 'e', '0f', 'f0', '08', '80', '01', '10', '00ff', '7fff8000'])
    scalars.push(BigInt(`0x${digit.repeat(64 / digit.length)}`));
  // Digits that are negative in a signed window carry all the way up.
  scalars.push(BigInt(`0x${'f'.repeat(31)}${'0'.repeat(32)}1`), N - (1n << 128n), N - (1n << 252n));
  return scalars;
}

function signatureOf(r: bigint, s: bigint): Uint8Array {
  return concatBytes(writeUint(r, 32), writeUint(s, 32));
}

/** A word below n/2. */
function lowWord(seed: number): Uint8Array {
  const word = sampleBytes(seed, 32);
  word[0] = (word[0] as number) & 0x3f;
  return word;
}

/** Bytes from a 32-bit xorshift generator, the same everywhere; 32 of them are below n but for 2^-128. */
function sampleBytes(seed: number, count: number): Uint8Array {
  let state = (seed * 2_654_435_761 + 12_345) | 0 || 1;
  const out = new Uint8Array(count);
  for (let i = -8; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    if (i >= 0) out[i] = state >>> 24;
  }
  return out;
}

function line(what: string, answer: () => Uint8Array | boolean): string {
  return `${what}: ${answered(answer)}`;
}

function answered(answer: () => Uint8Array | boolean): string {
  try {
    const value = answer();
    return typeof value === 'boolean' ? String(value) : formatHex(value);
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    if (error instanceof InvariantError) return 'invariant';
    return 'an error outside the seam';
  }
}
