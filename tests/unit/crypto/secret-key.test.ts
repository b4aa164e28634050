import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { secretKeyFromEntropy } from '../../../firmware/crypto/secret-key.js';
import { InvariantError } from '../../../firmware/protocol/errors.js';
import { bytesToHex } from '../../vectors/chain-vectors.js';

const engine = guardEngine(createNobleEngine());
const entropy = new Uint8Array(32).fill(0x5a);

describe('secretKeyFromEntropy', () => {
  it('derives by HMAC over a label and a counter', () => {
    const expected = createHmac('sha256', entropy).update('latchkey device key 1\0').digest('hex');
    assert.equal(bytesToHex(secretKeyFromEntropy(engine, entropy)), expected);
  });

  it('takes the next candidate where one is out of range, and gives up on a broken hash', () => {
    const counters: number[] = [];
    const hmacSha256 = (_key: Uint8Array, bytes: Uint8Array) => {
      counters.push(bytes[bytes.length - 1] ?? 0);
      return new Uint8Array(32).fill(counters.length < 3 ? 0xff : 1);
    };
    assert.deepEqual(secretKeyFromEntropy({ hmacSha256 }, entropy), new Uint8Array(32).fill(1));
    assert.deepEqual(counters, [0, 1, 2]);
    assert.throws(
      () => secretKeyFromEntropy({ hmacSha256: () => new Uint8Array(32) }, entropy),
      InvariantError,
    );
  });

  it('stops on short or all-zero entropy', () => {
    assert.throws(() => secretKeyFromEntropy(engine, entropy.subarray(1)), InvariantError);
    assert.throws(() => secretKeyFromEntropy(engine, new Uint8Array(32)), InvariantError);
  });
});
