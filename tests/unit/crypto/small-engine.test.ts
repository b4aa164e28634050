import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { CryptoEngine, RecoverableSignature } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { createSmallEngine } from '../../../firmware/crypto/small-engine.js';
import { concatBytes, writeUint } from '../../../firmware/protocol/bytes.js';
import { InvariantError } from '../../../firmware/protocol/errors.js';
import { N } from '../../conformance/rfc6979-oracle.js';

const small = createSmallEngine();
const guarded = guardEngine(small);
const reference = guardEngine(createNobleEngine());
const key = new Uint8Array(32).fill(0x11);
const digest = new Uint8Array(32).fill(0x22);
const signed = small.signRecoverable(digest, key);
const [r, s] = [signed.signature64.slice(0, 32), signed.signature64.slice(32)];
const highS = writeUint(N - BigInt(`0x${Buffer.from(s).toString('hex')}`), 32);
const isOwn = (signature: RecoverableSignature, digest32 = digest, key32 = key) =>
  small.isOwn?.(digest32, signature, key32);

describe('createSmallEngine', () => {
  it('signs, recovers, verifies and agrees on secrets as noble does, for any bytes', () => {
    const word = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(word, word, word, (seed, digest32, extra) => {
        const key32 = Uint8Array.from(createHash('sha256').update(seed).digest());
        const signature = guarded.signRecoverable(digest32, key32, extra);
        assert.deepEqual(signature, reference.signRecoverable(digest32, key32, extra));
        const { signature64, recoveryId } = signature;
        const signer = guarded.recover(digest32, signature64, recoveryId);
        assert.deepEqual(signer, reference.recover(digest32, signature64, recoveryId));
        const publicKey33 = guarded.publicKey(key32);
        assert.ok(guarded.verify(digest32, signature64, publicKey33));
        assert.ok(!guarded.verify(extra, signature64, publicKey33));
        assert.deepEqual(guarded.ecdh(key32, publicKey33), reference.ecdh(key32, publicKey33));
      }),
      { numRuns: 60 },
    );
  });

  it('reads bytes that lie inside a longer buffer', () => {
    const wide = concatBytes(digest, key, digest).subarray(32, 64);
    assert.deepEqual(small.signRecoverable(digest, wide), signed);
    for (const hash of ['sha256', 'keccak256'] as const)
      assert.deepEqual(small[hash](wide), small[hash](key));
  });
});

describe('isOwn of the small engine', () => {
  it('takes its own signatures', () => {
    assert.equal(isOwn(signed), true);
    for (let i = 1; i < 40; i++) {
      const other = new Uint8Array(32).fill(i);
      assert.equal(isOwn(small.signRecoverable(other, key, digest), other), true);
      assert.equal(isOwn(small.signRecoverable(digest, other), digest, other), true);
    }
  });

  it('refuses another digest, key or recovery id, and any altered bit', () => {
    assert.equal(isOwn(signed, key), false);
    assert.equal(isOwn(signed, digest, digest), false);
    assert.equal(isOwn({ ...signed, recoveryId: signed.recoveryId === 0 ? 1 : 0 }), false);
    for (let bit = 0; bit < 512; bit += 7) {
      const altered = signed.signature64.slice();
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.equal(isOwn({ ...signed, signature64: altered }), false, `bit ${bit}`);
    }
  });

  const faults: readonly (readonly [string, Partial<CryptoEngine>])[] = [
    ['another key', { signRecoverable: () => small.signRecoverable(digest, digest) }],
    ['another digest', { signRecoverable: () => small.signRecoverable(key, key) }],
    [
      'the other recovery id',
      { signRecoverable: () => ({ ...signed, recoveryId: signed.recoveryId === 0 ? 1 : 0 }) },
    ],
    ['a high s', { signRecoverable: () => ({ ...signed, signature64: concatBytes(r, highS) }) }],
    ['a swapped r and s', { signRecoverable: () => ({ ...signed, signature64: concatBytes(s, r) }) }],
    ['zeros', { signRecoverable: () => ({ ...signed, signature64: new Uint8Array(64) }) }],
  ];
  for (const [name, fault] of faults) {
    it(`stops the seam where the engine signs with ${name}`, () => {
      assert.throws(() => guardEngine({ ...small, ...fault }).signRecoverable(digest, key), InvariantError);
    });
  }
});
