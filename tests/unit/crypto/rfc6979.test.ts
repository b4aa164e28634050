import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { createNonces } from '../../../firmware/crypto/rfc6979.js';
import { rfc6979Nonce } from '../../conformance/rfc6979-oracle.js';

const word = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('createNonces', () => {
  it('begins with the nonce of the oracle, with and without extra entropy', () => {
    fc.assert(
      fc.property(word, word, fc.option(word), (key, digest, extra) => {
        const expected = rfc6979Nonce(digest, key, extra ?? undefined);
        assert.equal(createNonces(key, digest, extra ?? undefined)(), expected);
      }),
    );
  });

  it('goes on as section 3.2 step h.3 says', () => {
    const [key, digest] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const hmac = (secret: Uint8Array, ...parts: readonly Uint8Array[]) =>
      createHmac('sha256', secret).update(Buffer.concat(parts)).digest();
    let v: Uint8Array = Buffer.alloc(32, 1);
    let k: Uint8Array = Buffer.alloc(32);
    for (const mark of [0, 1]) {
      k = hmac(k, v, Buffer.of(mark), key, digest);
      v = hmac(k, v);
    }
    const next = createNonces(key, digest, undefined);
    for (let i = 0; i < 4; i++) {
      v = hmac(k, v);
      assert.equal(next(), BigInt(`0x${Buffer.from(v).toString('hex')}`));
      k = hmac(k, v, Buffer.of(0));
      v = hmac(k, v);
    }
  });
});
