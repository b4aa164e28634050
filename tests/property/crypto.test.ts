import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addressOf } from '../../firmware/crypto/address.js';
import { decompressPublicKey } from '../../firmware/crypto/curve.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { secretKeyFromEntropy } from '../../firmware/crypto/secret-key.js';
import { fromEvmSignature65, toEvmSignature65 } from '../../firmware/crypto/signature.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { signByOracle } from '../conformance/rfc6979-oracle.js';

const engine = guardEngine(createNobleEngine());
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** @returns what `run` gives, or undefined where it refuses as a decoder may */
function orRefused<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return undefined;
  }
}

describe('guardEngine', () => {
  it('signs any digest as the oracle, and recovers the same address through the EVM form', () => {
    fc.assert(
      fc.property(bytes32, bytes32, fc.option(bytes32), (seed, message, extra) => {
        const key = secretKeyFromEntropy(engine, engine.sha256(seed));
        const digest = engine.sha256(message);
        const signed = engine.signRecoverable(digest, key, extra ?? undefined);
        assert.deepEqual(signed, signByOracle(digest, key, extra ?? undefined));
        const { signature64, recoveryId } = fromEvmSignature65(toEvmSignature65(signed));
        const signer = addressOf(engine, engine.recover(digest, signature64, recoveryId));
        assert.deepEqual(signer, addressOf(engine, engine.publicKey(key)));
      }),
      { numRuns: 150 },
    );
  });

  it('recovers a key that verifies, or refuses, for any signature', () => {
    const small = fc
      .bigInt({ min: 0n, max: 300n })
      .map((n) => Uint8Array.from([...new Uint8Array(30), Number(n >> 8n), Number(n & 255n)]));
    const half = fc.oneof(bytes32, small);
    let recovered = 0;
    fc.assert(
      fc.property(bytes32, half, half, fc.nat({ max: 3 }), (digest, r, s, id) => {
        const signature64 = Uint8Array.from([...r, ...s]);
        const key = orRefused(() => engine.recover(digest, signature64, id));
        if (key === undefined) return;
        recovered++;
        const compressed = Uint8Array.from([2 + ((key[64] ?? 0) & 1), ...key.subarray(1, 33)]);
        assert.ok(engine.verify(digest, signature64, compressed));
      }),
      { numRuns: 400 },
    );
    assert.ok(recovered > 20, `only ${recovered} were recovered`);
  });

  it('verifies or refuses, whatever the bytes', () => {
    const any = fc.uint8Array({ maxLength: 70 });
    fc.assert(
      fc.property(bytes32, any, any, (digest, signature, key) => {
        orRefused(() => engine.verify(digest, signature, key));
        orRefused(() => engine.recover(digest, signature, 0));
        orRefused(() => engine.ecdh(digest, key));
        orRefused(() => addressOf(engine, key));
        orRefused(() => fromEvmSignature65(signature));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('decompressPublicKey', () => {
  it('finds a point for about half of all x, and the same for both heads', () => {
    let found = 0;
    fc.assert(
      fc.property(bytes32, (x) => {
        const even = orRefused(() => decompressPublicKey(Uint8Array.from([2, ...x])));
        const odd = orRefused(() => decompressPublicKey(Uint8Array.from([3, ...x])));
        assert.equal(even === undefined, odd === undefined);
        if (even === undefined || odd === undefined) return;
        found++;
        assert.deepEqual(even.subarray(1, 33), odd.subarray(1, 33));
        assert.equal((even[64] ?? 0) & 1, 0);
        assert.equal((odd[64] ?? 0) & 1, 1);
      }),
      { numRuns: 300 },
    );
    assert.ok(found > 75, `only ${found} of 300`);
  });
});
