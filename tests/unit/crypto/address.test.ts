import assert from 'node:assert/strict';
import { privateKeyToAddress } from 'viem/accounts';
import { addressOf } from '../../../firmware/crypto/address.js';
import { decompressPublicKey } from '../../../firmware/crypto/curve.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { throwsDecodeError } from '../protocol/throws-decode-error.js';

const engine = guardEngine(createNobleEngine());

describe('addressOf', () => {
  it('agrees with viem, from both encodings of a key', () => {
    for (let i = 1; i <= 10; i++) {
      const key = new Uint8Array(32).fill(i);
      const publicKey = engine.publicKey(key);
      const expected = privateKeyToAddress(formatHex(key) as `0x${string}`).toLowerCase();
      assert.equal(formatHex(addressOf(engine, publicKey)), expected);
      assert.equal(formatHex(addressOf(engine, decompressPublicKey(publicKey))), expected);
    }
  });

  it('refuses what is no key', () => {
    throwsDecodeError(() => addressOf(engine, new Uint8Array(65)), 'range');
    throwsDecodeError(() => addressOf(engine, new Uint8Array(33)), 'range');
    throwsDecodeError(() => addressOf(engine, new Uint8Array(64)), 'size');
  });
});
