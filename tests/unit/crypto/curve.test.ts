import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { compressPublicKey, decompressPublicKey, isPublicKey65 } from '../../../firmware/crypto/curve.js';
import { bytesToHex } from '../../vectors/chain-vectors.js';

describe('decompressPublicKey', () => {
  it('agrees with OpenSSL, and compressPublicKey takes it back', () => {
    const parities = new Set<number>();
    for (let i = 1; i <= 20; i++) {
      const point = createECDH('secp256k1');
      point.setPrivateKey(Buffer.alloc(32, i));
      const compressed = Uint8Array.from(point.getPublicKey(null, 'compressed'));
      parities.add(compressed[0] ?? 0);
      assert.equal(bytesToHex(decompressPublicKey(compressed)), point.getPublicKey('hex'));
      assert.deepEqual(compressPublicKey(decompressPublicKey(compressed)), compressed);
    }
    assert.deepEqual([...parities].sort(), [2, 3]);
  });
});

describe('isPublicKey65', () => {
  it('knows a point of the curve from one beside it', () => {
    const point = createECDH('secp256k1');
    point.setPrivateKey(Buffer.alloc(32, 7));
    const publicKey65 = Uint8Array.from(point.getPublicKey());
    assert.ok(isPublicKey65(publicKey65));
    for (const at of [0, 32, 64]) {
      const beside = publicKey65.slice();
      beside[at] = (beside[at] ?? 0) ^ 1;
      assert.ok(!isPublicKey65(beside), `byte ${at}`);
    }
    assert.ok(!isPublicKey65(publicKey65.subarray(1)));
    assert.ok(!isPublicKey65(new Uint8Array(65).fill(255).fill(4, 0, 1)));
  });
});
