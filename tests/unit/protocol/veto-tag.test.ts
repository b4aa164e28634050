import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { vetoTag } from '../../../firmware/protocol/veto-tag.js';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const lock = new Uint8Array(20).fill(1);
const challenge = new Uint8Array(16).fill(2);

describe('vetoTag', () => {
  it('is SHA-256 over its label, the lock and the challenge, with the first bit set', () => {
    const expected = sha256(Buffer.concat([Buffer.from('latchkey veto 1'), lock, challenge]));
    expected[0] = (expected[0] ?? 0) | 0x80;
    assert.equal(formatHex(vetoTag(sha256, lock, challenge)), formatHex(expected));
  });

  it('can never pass for a lockId, whatever the hash is', () => {
    assert.equal(vetoTag(() => new Uint8Array(32), lock, challenge)[0], 0x80);
  });

  it('is another for each lock and each challenge', () => {
    const tags = [
      vetoTag(sha256, lock, challenge),
      vetoTag(
        sha256,
        lock.map((byte) => byte + 1),
        challenge,
      ),
      vetoTag(
        sha256,
        lock,
        challenge.map((byte) => byte + 1),
      ),
    ].map(formatHex);
    assert.equal(new Set(tags).size, 3);
  });
});
