import assert from 'node:assert/strict';
import type { CborValue } from '../../../firmware/protocol/cbor.js';
import {
  EAT_CLAIM,
  type EatClaims,
  eatClaimsFromMap,
  eatClaimsToMap,
  SOFTWARE_NAME,
  ueidOf,
} from '../../../firmware/protocol/eat.js';

const CLAIMS: EatClaims = {
  issuedAtSeconds: 1_767_225_900,
  nonce: new Uint8Array(16).fill(1),
  ueid: ueidOf(new Uint8Array(32).fill(2)),
  uptimeSeconds: 3,
  bootCount: 4,
  firmwareVersion: '0.1.0',
};

describe('EAT_CLAIM', () => {
  it('has the numbers that IANA registered for RFC 8392 and RFC 9711', () => {
    assert.deepEqual(EAT_CLAIM, {
      iat: 6,
      nonce: 10,
      ueid: 256,
      uptime: 261,
      bootcount: 267,
      swname: 270,
      swversion: 271,
    });
  });
});

describe('ueidOf', () => {
  it('is 0x01 and the first 16 bytes of the digest', () => {
    const digest = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
    assert.deepEqual(ueidOf(digest), Uint8Array.of(1, ...digest.subarray(0, 16)));
  });

  it('refuses a digest of another size', () => {
    for (const size of [0, 20, 33])
      assert.throws(() => ueidOf(new Uint8Array(size)), { name: 'InvariantError' });
  });
});

describe('eatClaimsToMap', () => {
  it('names the firmware beside its version, as RFC 9711 section 4.2.7 asks', () => {
    const map = eatClaimsToMap(CLAIMS);
    assert.equal(map.get(EAT_CLAIM.swname), SOFTWARE_NAME);
    assert.deepEqual(map.get(EAT_CLAIM.swversion), ['0.1.0']);
  });

  it('leaves the time out where there is none', () => {
    const { issuedAtSeconds: _, ...without } = CLAIMS;
    assert.equal(eatClaimsToMap(without).has(EAT_CLAIM.iat), false);
  });
});

describe('eatClaimsFromMap', () => {
  const read = (key: number, value?: CborValue) => {
    const map = eatClaimsToMap(CLAIMS);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    return eatClaimsFromMap(map);
  };

  it('undoes eatClaimsToMap, with and without a time', () => {
    assert.deepEqual(eatClaimsFromMap(eatClaimsToMap(CLAIMS)), CLAIMS);
    const { issuedAtSeconds: _, ...without } = CLAIMS;
    assert.deepEqual(eatClaimsFromMap(eatClaimsToMap(without)), without);
  });

  it('accepts both ends of each range', () => {
    for (const size of [8, 64]) assert.equal(read(EAT_CLAIM.nonce, new Uint8Array(size)).nonce.length, size);
    for (const seconds of [0, 2 ** 40 - 1])
      assert.equal(read(EAT_CLAIM.iat, seconds).issuedAtSeconds, seconds);
    for (const count of [0, 2 ** 32 - 1]) {
      assert.equal(read(EAT_CLAIM.uptime, count).uptimeSeconds, count);
      assert.equal(read(EAT_CLAIM.bootcount, count).bootCount, count);
    }
    assert.equal(read(EAT_CLAIM.swversion, ['v'.repeat(64)]).firmwareVersion.length, 64);
  });

  it('refuses each claim that is missing, but the time', () => {
    for (const key of Object.values(EAT_CLAIM)) {
      if (key !== EAT_CLAIM.iat)
        assert.throws(() => read(key), { name: 'DecodeError', code: 'missing' }, `${key}`);
    }
  });

  it('refuses each claim of another type or range', () => {
    const bad: readonly (readonly [key: number, value: CborValue, code: string])[] = [
      [EAT_CLAIM.iat, -1, 'range'],
      [EAT_CLAIM.iat, 2 ** 40, 'range'],
      [EAT_CLAIM.iat, '2026', 'type'],
      [EAT_CLAIM.iat, null, 'type'],
      [EAT_CLAIM.nonce, new Uint8Array(7), 'size'],
      [EAT_CLAIM.nonce, new Uint8Array(65), 'size'],
      [EAT_CLAIM.nonce, [new Uint8Array(8), new Uint8Array(8)], 'type'],
      [EAT_CLAIM.ueid, new Uint8Array(17), 'unknown'],
      [EAT_CLAIM.ueid, new Uint8Array(17).fill(2), 'unknown'],
      [EAT_CLAIM.ueid, new Uint8Array(16).fill(1), 'size'],
      [EAT_CLAIM.ueid, 'AQ', 'type'],
      [EAT_CLAIM.uptime, 2 ** 32, 'range'],
      [EAT_CLAIM.uptime, 2n ** 60n, 'range'],
      [EAT_CLAIM.uptime, true, 'type'],
      [EAT_CLAIM.bootcount, 2 ** 32, 'range'],
      [EAT_CLAIM.bootcount, new Uint8Array(1), 'type'],
      [EAT_CLAIM.swname, 'another', 'unknown'],
      [EAT_CLAIM.swname, 1, 'type'],
      [EAT_CLAIM.swversion, '0.1.0', 'type'],
      [EAT_CLAIM.swversion, [], 'size'],
      [EAT_CLAIM.swversion, ['0.1.0', 16384], 'size'],
      [EAT_CLAIM.swversion, [1], 'type'],
      [EAT_CLAIM.swversion, [''], 'size'],
      [EAT_CLAIM.swversion, ['v'.repeat(65)], 'size'],
    ];
    for (const [key, value, code] of bad) {
      assert.throws(() => read(key, value), { name: 'DecodeError', code }, `${key}: ${value}`);
    }
  });
});
