import assert from 'node:assert/strict';
import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { concatBytes, writeUint } from '../../../firmware/protocol/bytes.js';
import { InvariantError } from '../../../firmware/protocol/errors.js';
import { N } from '../../conformance/rfc6979-oracle.js';
import { bytesToHex, hexToBytes } from '../../vectors/chain-vectors.js';
import { throwsDecodeError } from '../protocol/throws-decode-error.js';

const P = 2n ** 256n - 2n ** 32n - 977n;
const GX = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

const noble = createNobleEngine();
const engine = guardEngine(noble);
const key = new Uint8Array(32).fill(0x11);
const digest = new Uint8Array(32).fill(0x22);
const publicKey = engine.publicKey(key);
const signed = engine.signRecoverable(digest, key);
const r = signed.signature64.subarray(0, 32);
const s = BigInt(`0x${Buffer.from(signed.signature64.subarray(32)).toString('hex')}`);
const word = (value: bigint) => writeUint(value, 32);

const ask = (): never => {
  throw new Error('the raw engine was asked');
};
/** Refuses to be asked, so that a guard which asks shows. */
const untouchable = guardEngine({
  ...noble,
  publicKey: ask,
  signRecoverable: ask,
  recover: ask,
  verify: ask,
  ecdh: ask,
});

describe('guardEngine', () => {
  const signatures = [
    ['r = 0', concatBytes(word(0n), word(s)), 'signature-range'],
    ['r = n', concatBytes(word(N), word(s)), 'signature-range'],
    ['r = 2^256 - 1', concatBytes(word(2n ** 256n - 1n), word(s)), 'signature-range'],
    ['s = 0', concatBytes(r, word(0n)), 'signature-range'],
    ['s = n', concatBytes(r, word(N)), 'signature-range'],
    ['s = n - s, the malleable twin', concatBytes(r, word(N - s)), 'high-s'],
    ['s = (n + 1) / 2', concatBytes(r, word((N + 1n) / 2n)), 'high-s'],
    ['s = n - 1', concatBytes(r, word(N - 1n)), 'high-s'],
    ['63 bytes', signed.signature64.subarray(1), 'size'],
    ['65 bytes', concatBytes(signed.signature64, Uint8Array.of(0)), 'size'],
  ] as const;
  for (const [name, signature64, code] of signatures) {
    it(`refuses a signature of ${name} before the engine is asked`, () => {
      throwsDecodeError(() => untouchable.recover(digest, signature64, 0), code);
      throwsDecodeError(() => untouchable.recover(digest, signature64, 1), code);
      throwsDecodeError(() => untouchable.verify(digest, signature64, publicKey), code);
    });
  }

  it('lets s = (n - 1) / 2 through', () => {
    assert.equal(engine.verify(digest, concatBytes(r, word((N - 1n) / 2n)), publicKey), false);
  });

  it('refuses other recovery ids than 0 and 1 before the engine is asked', () => {
    for (const id of [2, 3, 27, 28, -1, 0.5, Number.NaN]) {
      throwsDecodeError(() => untouchable.recover(digest, signed.signature64, id), 'range', `id ${id}`);
    }
  });

  const publicKeys = [
    ['another head', concatBytes(Uint8Array.of(4), publicKey.subarray(1)), 'range'],
    ['x off the curve', concatBytes(Uint8Array.of(2), word(5n)), 'range'],
    ['x = p', concatBytes(Uint8Array.of(2), word(P)), 'range'],
    ['x = p + 1, which is on the curve modulo p', concatBytes(Uint8Array.of(2), word(P + 1n)), 'range'],
    ['zeros', new Uint8Array(33), 'range'],
    ['32 bytes', publicKey.subarray(1), 'size'],
    ['65 bytes', new Uint8Array(65).fill(4), 'size'],
  ] as const;
  for (const [name, wrongKey, code] of publicKeys) {
    it(`refuses a public key of ${name} before the engine is asked`, () => {
      throwsDecodeError(() => untouchable.verify(digest, signed.signature64, wrongKey), code);
      throwsDecodeError(() => untouchable.ecdh(key, wrongKey), code);
    });
  }

  const secretKeys = [
    ['zero', word(0n), 'range'],
    ['n', word(N), 'range'],
    ['2^256 - 1', word(2n ** 256n - 1n), 'range'],
    ['31 bytes', key.subarray(1), 'size'],
  ] as const;
  for (const [name, wrongKey, code] of secretKeys) {
    it(`refuses a secret key of ${name} before the engine is asked`, () => {
      throwsDecodeError(() => untouchable.publicKey(wrongKey), code);
      throwsDecodeError(() => untouchable.signRecoverable(digest, wrongKey), code);
      throwsDecodeError(() => untouchable.ecdh(wrongKey, publicKey), code);
    });
  }

  it('takes the first and the last secret key', () => {
    for (const edge of [1n, N - 1n]) {
      const edgeKey = word(edge);
      assert.ok(
        engine.verify(digest, engine.signRecoverable(digest, edgeKey).signature64, engine.publicKey(edgeKey)),
      );
    }
  });

  it('says `signature` where no key gives one', () => {
    throwsDecodeError(
      () => engine.recover(digest, concatBytes(word(5n), word(1n)), 0),
      'signature',
      'r is no x',
    );
    const infinity = concatBytes(hexToBytes(GX), word(2n));
    throwsDecodeError(() => engine.recover(word(2n), infinity, 0), 'signature', 'the point at infinity');
    assert.equal(engine.recover(word(2n), infinity, 1).length, 65);
  });

  it('takes digests and extra entropy of 32 bytes only', () => {
    for (const size of [0, 31, 33]) {
      const wrong = new Uint8Array(size);
      assert.throws(() => untouchable.signRecoverable(wrong, key), InvariantError);
      assert.throws(() => untouchable.signRecoverable(digest, key, wrong), InvariantError);
      assert.throws(() => untouchable.recover(wrong, signed.signature64, 0), InvariantError);
      assert.throws(() => untouchable.verify(wrong, signed.signature64, publicKey), InvariantError);
    }
  });

  it('gives the engine a digest of n or above modulo n', () => {
    const seen: string[] = [];
    const note = (digest32: Uint8Array) => seen.push(bytesToHex(digest32));
    const noting = guardEngine({
      ...noble,
      signRecoverable: (...args) => {
        note(args[0]);
        return noble.signRecoverable(...args);
      },
      recover: (...args) => {
        note(args[0]);
        return noble.recover(...args);
      },
      verify: (...args) => {
        note(args[0]);
        return noble.verify(...args);
      },
    });
    const { signature64, recoveryId } = noting.signRecoverable(word(N + 5n), key);
    assert.deepEqual(
      noting.recover(word(N + 5n), signature64, recoveryId),
      noble.recover(word(5n), signature64, recoveryId),
    );
    assert.ok(noting.verify(word(N + 5n), signature64, publicKey));
    assert.deepEqual(new Set(seen), new Set([bytesToHex(word(5n))]));
    assert.ok(seen.length >= 3);
  });

  it('asks an engine that can check its own signatures, and believes no error of it', () => {
    const asked = (isOwn: NonNullable<CryptoEngine['isOwn']>) =>
      guardEngine({ ...noble, isOwn, recover: ask }).signRecoverable(digest, key);
    assert.deepEqual(
      asked(() => true),
      signed,
    );
    assert.throws(() => asked(() => false), InvariantError);
    assert.throws(() => asked(ask), /was asked/);
  });

  const faults: readonly (readonly [string, Partial<CryptoEngine>])[] = [
    ['another key', { signRecoverable: () => noble.signRecoverable(digest, new Uint8Array(32).fill(0x33)) }],
    ['another digest', { signRecoverable: () => noble.signRecoverable(key, key) }],
    [
      'the other recovery id',
      { signRecoverable: () => ({ ...signed, recoveryId: signed.recoveryId === 0 ? 1 : 0 }) },
    ],
    ['a high s', { signRecoverable: () => ({ ...signed, signature64: concatBytes(r, word(N - s)) }) }],
    ['zeros', { signRecoverable: () => ({ ...signed, signature64: new Uint8Array(64) }) }],
  ];
  for (const [name, fault] of faults) {
    it(`stops where the engine signs with ${name}`, () => {
      const faulty = guardEngine({ ...noble, ...fault });
      assert.throws(() => faulty.signRecoverable(digest, key), InvariantError);
    });
  }

  it('stops where the engine gives bytes of another size or off the curve', () => {
    const faulty = guardEngine({
      ...noble,
      keccak256: () => new Uint8Array(31),
      publicKey: () => new Uint8Array(65),
      recover: () => new Uint8Array(65).fill(4),
      ecdh: () => new Uint8Array(33),
    });
    assert.throws(() => faulty.keccak256(key), InvariantError);
    assert.throws(() => faulty.publicKey(key), InvariantError);
    assert.throws(() => faulty.recover(digest, signed.signature64, 0), InvariantError);
    assert.throws(() => faulty.ecdh(key, publicKey), InvariantError);
  });

  it('names no key in an error', () => {
    try {
      engine.publicKey(word(N + 5n));
      assert.fail('expected a refusal');
    } catch (error) {
      assert.ok(
        !String(error)
          .toLowerCase()
          .includes((N + 5n).toString(16).slice(-8)),
      );
    }
  });
});
