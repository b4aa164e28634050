import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { keccak256 as viemKeccak } from 'viem';
import { keccak256 } from '../../../firmware/crypto/keccak256.js';
import { hmacSha256, keyHmacSha256, sha256 } from '../../../firmware/crypto/sha256.js';
import { bytesToHex } from '../../vectors/chain-vectors.js';

const any = fc.uint8Array({ maxLength: 600 });
const text = (words: string) => Uint8Array.from(Buffer.from(words));

describe('sha256', () => {
  it('agrees with FIPS 180-4 examples and with OpenSSL on any bytes', () => {
    assert.equal(
      bytesToHex(sha256(text('abc'))),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    fc.assert(
      fc.property(any, (bytes) =>
        assert.equal(bytesToHex(sha256(bytes)), createHash('sha256').update(bytes).digest('hex')),
      ),
    );
  });

  it('agrees with OpenSSL on words that carry everywhere', () => {
    for (const fill of [0x00, 0x7f, 0x80, 0xff]) {
      const bytes = new Uint8Array(256).fill(fill);
      assert.equal(bytesToHex(sha256(bytes)), createHash('sha256').update(bytes).digest('hex'));
    }
  });
});

describe('hmacSha256', () => {
  it('agrees with OpenSSL for keys of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 140 }), any, (key, bytes) =>
        assert.equal(
          bytesToHex(hmacSha256(key, bytes)),
          createHmac('sha256', key).update(bytes).digest('hex'),
        ),
      ),
    );
  });
});

describe('keyHmacSha256', () => {
  it('gives each text its own code, however many come before', () => {
    const key = text('key');
    const mac = keyHmacSha256(key);
    for (const words of ['one', 'two', 'one', '']) {
      assert.deepEqual(mac(text(words)), hmacSha256(key, text(words)));
    }
  });
});

describe('keccak256', () => {
  it('is no SHA-3, and agrees with viem on any bytes', () => {
    assert.equal(
      bytesToHex(keccak256(new Uint8Array(0))),
      'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
    );
    fc.assert(
      fc.property(any, (bytes) => assert.equal(`0x${bytesToHex(keccak256(bytes))}`, viemKeccak(bytes))),
    );
  });
});
