import assert from 'node:assert/strict';
import { createECDH, createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { keccak256 } from 'viem';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { bytesToHex, hexToBytes, readChainVectors } from '../vectors/chain-vectors.js';
import { rfc6979Nonce, signByOracle } from './rfc6979-oracle.js';

/** Every engine that the firmware can run on; each passes all of this, byte for byte. */
const ENGINES: readonly (() => CryptoEngine)[] = [createNobleEngine];

interface Rfc6979Vectors {
  readonly nonces: readonly {
    readonly message: string;
    readonly secretKey: string;
    readonly nonce: string;
  }[];
  readonly signatures: readonly {
    readonly message: string;
    readonly secretKey: string;
    readonly signature: string;
  }[];
  readonly digests: readonly {
    readonly digest: string;
    readonly secretKey: string;
    readonly signature: string;
  }[];
}

const vectors = readChainVectors<Rfc6979Vectors>('rfc6979-secp256k1.json');
const sha256 = (bytes: Uint8Array | string): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(bytes).digest());
const sample = (label: string) => sha256(label);
const samples = Array.from({ length: 24 }, (_, i) => ({
  key: sample(`key ${i}`),
  digest: sample(`digest ${i}`),
  extra: sample(`extra ${i}`),
}));
/** Around the block sizes of SHA-256 (64) and Keccak-256 (136). */
const LENGTHS = [0, 1, 31, 32, 55, 56, 63, 64, 65, 119, 128, 135, 136, 137, 271, 272, 273, 1_024, 3_268];

function opensslKey(engine: CryptoEngine, secretKey32: Uint8Array) {
  const point = createECDH('secp256k1');
  point.setPrivateKey(secretKey32);
  const uncompressed = point.getPublicKey();
  assert.equal(bytesToHex(engine.publicKey(secretKey32)), point.getPublicKey('hex', 'compressed'));
  const [x, y] = [uncompressed.subarray(1, 33), uncompressed.subarray(33)].map((half) =>
    half.toString('base64url'),
  );
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'secp256k1', x: x ?? '', y: y ?? '' } });
}

describe('rfc6979Nonce, the oracle itself', () => {
  for (const { message, secretKey, nonce } of vectors.nonces) {
    it(`gives the nonce of "${message}"`, () => {
      assert.equal(
        rfc6979Nonce(sha256(message), hexToBytes(secretKey)).toString(16).padStart(64, '0'),
        nonce,
      );
    });
  }
});

for (const create of ENGINES) {
  const raw = create();
  const engine = guardEngine(raw);

  describe(`CryptoEngine ${engine.name}`, () => {
    it('hashes as viem and OpenSSL do, at every block edge', () => {
      for (const length of LENGTHS) {
        const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
        const key = bytes.subarray(0, 80);
        assert.equal(formatHex(engine.keccak256(bytes)), keccak256(bytes));
        assert.deepEqual(engine.sha256(bytes), sha256(bytes));
        assert.equal(
          bytesToHex(engine.hmacSha256(key, bytes)),
          createHmac('sha256', key).update(bytes).digest('hex'),
        );
      }
    });

    it('signs the published vectors', () => {
      for (const { message, secretKey, signature } of vectors.signatures) {
        const { signature64 } = engine.signRecoverable(sha256(message), hexToBytes(secretKey));
        assert.equal(bytesToHex(signature64), signature, message);
      }
      for (const { digest, secretKey, signature } of vectors.digests) {
        const { signature64 } = engine.signRecoverable(hexToBytes(digest), hexToBytes(secretKey));
        assert.equal(bytesToHex(signature64), signature, digest);
      }
    });

    it('signs as RFC 6979 on OpenSSL does, with and without extra entropy', () => {
      for (const { key, digest, extra } of samples) {
        assert.deepEqual(engine.signRecoverable(digest, key), signByOracle(digest, key));
        assert.deepEqual(engine.signRecoverable(digest, key, extra), signByOracle(digest, key, extra));
      }
    });

    it('gives signatures and public keys that OpenSSL accepts', () => {
      for (const { key, extra } of samples) {
        const { signature64 } = engine.signRecoverable(engine.sha256(extra), key);
        const publicKey = opensslKey(engine, key);
        assert.ok(verify('sha256', extra, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature64));
      }
    });

    it('recovers the signer, and not with the other id', () => {
      for (const { key, digest } of samples) {
        const { signature64, recoveryId } = engine.signRecoverable(digest, key);
        const point = createECDH('secp256k1');
        point.setPrivateKey(key);
        assert.equal(bytesToHex(engine.recover(digest, signature64, recoveryId)), point.getPublicKey('hex'));
        assert.notEqual(
          bytesToHex(engine.recover(digest, signature64, 1 - recoveryId)),
          point.getPublicKey('hex'),
        );
      }
    });

    it('verifies its own signatures and no altered ones', () => {
      for (const { key, digest, extra } of samples.slice(0, 6)) {
        const { signature64 } = engine.signRecoverable(digest, key);
        assert.ok(engine.verify(digest, signature64, engine.publicKey(key)));
        assert.ok(!engine.verify(extra, signature64, engine.publicKey(key)));
        assert.ok(!engine.verify(digest, signature64, engine.publicKey(extra)));
        for (const at of [5, 50]) {
          const altered = signature64.slice();
          altered[at] = (altered[at] ?? 0) ^ 1;
          assert.ok(!engine.verify(digest, altered, engine.publicKey(key)), `byte ${at}`);
        }
      }
    });

    it('agrees with OpenSSL on a shared secret, from both sides', () => {
      for (const { key, extra } of samples.slice(0, 8)) {
        const point = createECDH('secp256k1');
        point.setPrivateKey(key);
        const secret = engine.ecdh(key, engine.publicKey(extra));
        assert.deepEqual(secret, Uint8Array.from(point.computeSecret(engine.publicKey(extra))));
        assert.deepEqual(engine.ecdh(extra, engine.publicKey(key)), secret);
      }
    });

    it('leaves its inputs as they were', () => {
      const [first] = samples;
      assert.ok(first !== undefined);
      const { key, digest, extra } = {
        key: first.key.slice(),
        digest: first.digest.slice(),
        extra: first.extra.slice(),
      };
      const { signature64, recoveryId } = engine.signRecoverable(digest, key, extra);
      const signature = signature64.slice();
      engine.recover(digest, signature64, recoveryId);
      engine.verify(digest, signature64, engine.publicKey(key));
      assert.deepEqual({ key, digest, extra, signature64 }, { ...first, signature64: signature });
    });
  });
}
