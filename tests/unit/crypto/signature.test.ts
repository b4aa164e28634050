import assert from 'node:assert/strict';
import { recoverAddress } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { fromEvmSignature65, toEvmSignature65 } from '../../../firmware/crypto/signature.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { throwsDecodeError } from '../protocol/throws-decode-error.js';

const engine = guardEngine(createNobleEngine());
const key = new Uint8Array(32).fill(0x44);
const hex = (bytes: Uint8Array) => formatHex(bytes) as `0x${string}`;

describe('toEvmSignature65', () => {
  it('gives what viem recovers the signer from, for both parities', async () => {
    const ids = new Set<number>();
    for (let i = 0; i < 12; i++) {
      const digest = engine.sha256(Uint8Array.of(i));
      const signed = engine.signRecoverable(digest, key);
      ids.add(signed.recoveryId);
      const found = await recoverAddress({ hash: hex(digest), signature: hex(toEvmSignature65(signed)) });
      assert.equal(found, privateKeyToAddress(hex(key)));
    }
    assert.equal(ids.size, 2);
  });
});

describe('fromEvmSignature65', () => {
  it('takes back what toEvmSignature65 wrote', () => {
    for (const recoveryId of [0, 1] as const) {
      const signed = { signature64: new Uint8Array(64).fill(9), recoveryId };
      assert.deepEqual(fromEvmSignature65(toEvmSignature65(signed)), signed);
    }
  });

  it('refuses every other v and length', () => {
    for (let v = 0; v < 256; v++) {
      if (v === 27 || v === 28) continue;
      throwsDecodeError(() => fromEvmSignature65(new Uint8Array(65).fill(v, 64)), 'range', `v ${v}`);
    }
    for (const size of [0, 64, 66]) throwsDecodeError(() => fromEvmSignature65(new Uint8Array(size)), 'size');
  });
});
