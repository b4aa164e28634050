import assert from 'node:assert/strict';
import { createECDH, createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { keccak256 } from 'viem';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { createSmallEngine } from '../../firmware/crypto/small-engine.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { createLibsecp256k1Engine, loadSecp256k1 } from '../../host-sim/engines/libsecp256k1.js';
import { bytesToHex, hexToBytes, readChainVectors } from '../vectors/chain-vectors.js';
import { engineTranscript } from './engine-cases.js';
import { rfc6979Nonce, signByOracle } from './rfc6979-oracle.js';

/** Every engine that runs in this process; each passes all of this, byte for byte. */
const ENGINES: readonly { readonly name: string; readonly create: () => CryptoEngine }[] = [
  { name: 'noble', create: createNobleEngine },
  { name: 'small', create: createSmallEngine },
  { name: 'libsecp256k1', create: () => createLibsecp256k1Engine(loadSecp256k1()) },
];

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

/** @returns undefined where this machine has no build of an engine */
function tryCreate(create: () => CryptoEngine): CryptoEngine | undefined {
  try {
    return create();
  } catch {
    return undefined;
  }
}

describe('engineTranscript', () => {
  const reference = [...engineTranscript(guardEngine(createNobleEngine()))];

  it('asks for every kind of answer, and meets no error outside the seam', () => {
    assert.ok(reference.length > 1_700, `only ${reference.length} lines`);
    const endings = ['true', 'false', 'signature', 'signature-range', 'high-s', 'size', 'range', 'invariant'];
    for (const ending of endings) {
      assert.ok(reference.filter((line) => line.endsWith(`: ${ending}`)).length > 5, ending);
    }
    assert.deepEqual(
      reference.filter((line) => /outside|changed/.test(line)),
      [],
    );
  });

  for (const { name, create } of ENGINES.slice(1)) {
    it(`is the same for ${name} as for noble`, function () {
      const raw = tryCreate(create);
      if (raw === undefined) return this.skip();
      let at = 0;
      for (const line of engineTranscript(guardEngine(raw))) assert.equal(line, reference[at++]);
      assert.equal(at, reference.length);
    });
  }

  const faults: readonly (readonly [string, (engine: CryptoEngine) => Partial<CryptoEngine>])[] = [
    ['hashes with the other padding', ({ sha256 }) => ({ keccak256: sha256 })],
    [
      'leaves extra entropy out',
      ({ signRecoverable }) => ({ signRecoverable: (digest, key) => signRecoverable(digest, key) }),
    ],
    ['verifies everything', () => ({ verify: () => true })],
    ['recovers for id 0 alone', ({ recover }) => ({ recover: (digest, rs) => recover(digest, rs, 0) })],
    ['shares a digest', ({ ecdh, sha256 }) => ({ ecdh: (key, point) => sha256(ecdh(key, point)) })],
  ];
  for (const [name, fault] of faults) {
    it(`differs for an engine that ${name}`, () => {
      const small = createSmallEngine();
      // The check after signing would stop most of these before they tell.
      const faulty = guardEngine({ ...small, isOwn: () => true, ...fault(small) });
      assert.notDeepEqual([...engineTranscript(faulty, 2)], [...engineTranscript(guardEngine(small), 2)]);
    });
  }
});

for (const { name, create } of ENGINES) {
  const raw = tryCreate(create);
  if (raw === undefined) {
    describe(`CryptoEngine ${name}`, () => it.skip('has no build on this machine'));
    continue;
  }
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
