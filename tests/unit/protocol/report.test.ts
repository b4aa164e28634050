import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { type CborMap, type CborValue, decodeCbor, encodeCbor } from '../../../firmware/protocol/cbor.js';
import { encodeProtectedHeader, encodeSign1 } from '../../../firmware/protocol/cose.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { REPORT_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { REFUSAL_REASONS } from '../../../firmware/protocol/refusal.js';
import {
  ALARM,
  BOLT_NUMBERS,
  DOOR_NUMBERS,
  decodeReportPayload,
  encodeReportPayload,
  LOCK_CLAIM,
  LOCK_KEY,
  REPORT_CAUSES,
  type Report,
  readReport,
} from '../../../firmware/protocol/report.js';
import { readReportVectors } from '../../vectors/report-vectors.js';

const VECTORS = readReportVectors();
const [BOOT, UNLOCK, FULL] = VECTORS.reports.map((vector) => vector.report) as [Report, Report, Report];
const refused = (code: string) => ({ name: 'DecodeError', code });

describe('encodeReportPayload', () => {
  for (const { name, report, payload } of VECTORS.reports) {
    it(`gives the committed bytes of ${name}`, () => {
      assert.equal(formatHex(encodeReportPayload(report)), formatHex(payload));
    });
  }

  it('leaves out what is absent', () => {
    const claims = decodeCbor(encodeReportPayload(BOOT)) as CborMap;
    assert.deepEqual([...claims.keys()], [10, 256, 261, 267, 270, 271, LOCK_CLAIM]);
    assert.deepEqual([...(claims.get(LOCK_CLAIM) as CborMap).keys()], [1, 2, 3, 5, 7, 8, 9, 11, 12, 13, 14]);
  });

  it('has all keys of the lock claim where nothing is absent', () => {
    const claims = decodeCbor(encodeReportPayload(FULL)) as CborMap;
    assert.deepEqual([...(claims.get(LOCK_CLAIM) as CborMap).keys()], Object.values(LOCK_KEY));
  });

  it('refuses to encode what nobody could decode', () => {
    const last = {
      by: new Uint8Array(20),
      command: 1,
      nonce: 0n,
      notAfterSeconds: 0,
      reason: 'none',
    } as const;
    const bad: readonly { readonly [field: string]: unknown }[] = [
      { seq: -1 },
      { seq: 2 ** 32 },
      { seq: 1.5 },
      { seq: undefined },
      { epoch: 65536 },
      { modes: 0 },
      { modes: 8 },
      {
        adoption: {
          owner: new Uint8Array(20),
          epoch: 65536,
          challenge16: new Uint8Array(16),
          waitSeconds: 0,
        },
      },
      { bootCount: 2 ** 32 },
      { bolt: 'ajar' },
      { door: 'locked' },
      { cause: 'whim' },
      { alarms: 8192 },
      { batteryMilliVolts: 65536 },
      { owner: new Uint8Array(32) },
      { nonce: new Uint8Array(7) },
      { ueid: new Uint8Array(17) },
      { firmwareVersion: '' },
      { previousHash16: new Uint8Array(32) },
      { accessDigest16: new Uint8Array(15) },
      { domainDigest8: new Uint8Array(16) },
      { lastCommand: { ...last, by: new Uint8Array(32) } },
      { lastCommand: { ...last, command: 10 } },
      { lastCommand: { ...last, nonce: 2n ** 64n } },
      { lastCommand: { ...last, notAfterSeconds: 2 ** 40 } },
      { lastCommand: { ...last, reason: 'because' } },
    ];
    for (const change of bad) {
      const report = { ...UNLOCK, ...change } as Report;
      assert.throws(
        () => encodeReportPayload(report),
        { name: 'InvariantError' },
        Object.keys(change).join(),
      );
    }
  });
});

describe('decodeReportPayload', () => {
  for (const { name, report, payload } of VECTORS.reports) {
    it(`reads ${name}`, () => {
      assert.deepEqual(decodeReportPayload(payload), report);
    });
  }

  it('undoes encodeReportPayload for every bolt, door, cause, reason and alarm', () => {
    const lastCommand = UNLOCK.lastCommand as NonNullable<Report['lastCommand']>;
    const changes: Partial<Report>[] = [
      ...BOLT_NUMBERS.map((bolt) => ({ bolt })),
      ...DOOR_NUMBERS.map((door) => ({ door })),
      ...REPORT_CAUSES.map((cause) => ({ cause })),
      ...REFUSAL_REASONS.map((reason) => ({ lastCommand: { ...lastCommand, reason } })),
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 128, 129].map((command) => ({
        lastCommand: { ...lastCommand, command },
      })),
      ...Object.values(ALARM).map((alarms) => ({ alarms })),
    ];
    for (const change of changes) {
      const report = { ...UNLOCK, ...change };
      assert.deepEqual(decodeReportPayload(encodeReportPayload(report)), report);
    }
  });

  it('never reads a zero as locked', () => {
    assert.equal(BOLT_NUMBERS[0], 'unknown');
  });

  it('knows every name that the types know', () => {
    assert.deepEqual([...BOLT_NUMBERS].sort(), ['jammed', 'locked', 'moving', 'unknown', 'unlocked']);
    assert.deepEqual([...DOOR_NUMBERS].sort(), ['closed', 'open', 'unknown']);
  });

  it('tells of a refused order whose action nobody knows, but accepts none', () => {
    const lastCommand = {
      by: new Uint8Array(20),
      command: 77,
      nonce: 0n,
      notAfterSeconds: 0,
      reason: 'action',
    } as const;
    const report = { ...UNLOCK, lastCommand };
    assert.deepEqual(decodeReportPayload(encodeReportPayload(report)), report);
    const bytes = changedLock((claim) => claim.set(LOCK_KEY.lastCommand, [new Uint8Array(20), 77, 0, 0, 0]));
    assert.throws(() => decodeReportPayload(bytes), refused('unknown'));
  });

  it('refuses claims and keys that it does not know', () => {
    for (const key of [1, 7, 257, 265, 272, -65536, -65538, 'iat']) {
      assert.throws(
        () => decodeReportPayload(changed((claims) => claims.set(key, 0))),
        refused('unknown'),
        `${key}`,
      );
    }
    for (const key of [0, 19, -1, 'seq']) {
      assert.throws(
        () => decodeReportPayload(changedLock((claim) => claim.set(key, 0))),
        refused('unknown'),
        `${key}`,
      );
    }
  });

  it('refuses a report that lacks a key which is not optional', () => {
    assert.throws(
      () => decodeReportPayload(changed((claims) => claims.delete(LOCK_CLAIM))),
      refused('missing'),
    );
    const optional: readonly number[] = [
      LOCK_KEY.batteryMilliVolts,
      LOCK_KEY.lastCommand,
      LOCK_KEY.owner,
      LOCK_KEY.strangersRefused,
      LOCK_KEY.lastDurableSeq,
      LOCK_KEY.modes,
      LOCK_KEY.adoption,
    ];
    for (const key of Object.values(LOCK_KEY)) {
      const bytes = changedLock((claim) => claim.delete(key));
      if (optional.includes(key)) assert.doesNotThrow(() => decodeReportPayload(bytes), `${key}`);
      else assert.throws(() => decodeReportPayload(bytes), refused('missing'), `${key}`);
    }
  });

  it('refuses each key of another type or range', () => {
    const by = new Uint8Array(20);
    const bad: readonly (readonly [key: number, value: CborValue, code: string])[] = [
      [LOCK_KEY.seq, 2 ** 32, 'range'],
      [LOCK_KEY.seq, '1', 'type'],
      [LOCK_KEY.bolt, BOLT_NUMBERS.length, 'unknown'],
      [LOCK_KEY.bolt, 'locked', 'type'],
      [LOCK_KEY.bolt, -1, 'range'],
      [LOCK_KEY.door, DOOR_NUMBERS.length, 'unknown'],
      [LOCK_KEY.batteryMilliVolts, 65536, 'range'],
      [LOCK_KEY.batteryMilliVolts, null, 'type'],
      [LOCK_KEY.blockHeight, 2n ** 53n, 'range'],
      [LOCK_KEY.lastCommand, null, 'type'],
      [LOCK_KEY.lastCommand, [by, 1, 0, 0], 'size'],
      [LOCK_KEY.lastCommand, [by, 1, 0, 0, 0, 0], 'size'],
      [LOCK_KEY.lastCommand, [by.slice(1), 1, 0, 0, 0], 'size'],
      [LOCK_KEY.lastCommand, [by, 256, 0, 0, 1], 'range'],
      [LOCK_KEY.lastCommand, [by, 0, 0, 0, 0], 'unknown'],
      [LOCK_KEY.lastCommand, [by, 1, -1, 0, 0], 'range'],
      [LOCK_KEY.lastCommand, [by, 1, 0, 2 ** 40, 0], 'range'],
      [LOCK_KEY.lastCommand, [by, 1, 0, 0, REFUSAL_REASONS.length], 'unknown'],
      [LOCK_KEY.lastCommand, [by, 1, 0, 0, 'none'], 'type'],
      [LOCK_KEY.policyVersion, 2 ** 32, 'range'],
      [LOCK_KEY.previousHash, new Uint8Array(32), 'size'],
      [LOCK_KEY.alarms, 8192, 'unknown'],
      [LOCK_KEY.alarms, 2 ** 31, 'unknown'],
      [LOCK_KEY.owner, new Uint8Array(21), 'size'],
      [LOCK_KEY.owner, null, 'type'],
      [LOCK_KEY.epoch, 65536, 'range'],
      [LOCK_KEY.accessDigest, new Uint8Array(17), 'size'],
      [LOCK_KEY.domainDigest, 'domain', 'type'],
      [LOCK_KEY.cause, REPORT_CAUSES.length, 'unknown'],
      [LOCK_KEY.strangersRefused, 2 ** 32, 'range'],
      [LOCK_KEY.lastDurableSeq, 2 ** 32, 'range'],
      [LOCK_KEY.modes, 0, 'range'],
      [LOCK_KEY.modes, 8, 'range'],
      [LOCK_KEY.adoption, [by, 1, new Uint8Array(16)], 'size'],
      [LOCK_KEY.adoption, [by, 1, new Uint8Array(15), 0], 'size'],
      [LOCK_KEY.adoption, [by, 65536, new Uint8Array(16), 0], 'range'],
    ];
    for (const [key, value, code] of bad) {
      const bytes = changedLock((claim) => claim.set(key, value));
      assert.throws(() => decodeReportPayload(bytes), refused(code), `${key}: ${value}`);
    }
  });

  it('refuses what is no map, and more bytes than a report may have', () => {
    assert.throws(() => decodeReportPayload(Uint8Array.of(0x80)), refused('type'));
    assert.throws(() => decodeReportPayload(changed((claims) => claims.set(LOCK_CLAIM, 0))), refused('type'));
    assert.throws(() => decodeReportPayload(new Uint8Array(REPORT_BYTES_MAX + 1)), refused('size'));
  });

  it('refuses each report cut at any byte', () => {
    for (const { payload } of VECTORS.reports) {
      for (let size = 0; size < payload.length; size++) {
        assert.throws(
          () => decodeReportPayload(payload.subarray(0, size)),
          refused('truncated'),
          `at ${size}`,
        );
      }
    }
  });
});

describe('readReport', () => {
  const [x, y] = [VECTORS.publicKey65.subarray(1, 33), VECTORS.publicKey65.subarray(33)].map((half) =>
    Buffer.from(half).toString('base64url'),
  ) as [string, string];
  const key = createPublicKey({ key: { kty: 'EC', crv: 'secp256k1', x, y }, format: 'jwk' });

  for (const vector of VECTORS.reports) {
    it(`takes ${vector.name} apart, and OpenSSL verifies it`, () => {
      const signed = readReport(vector.cose);
      assert.deepEqual(signed.lock20, VECTORS.lock);
      assert.deepEqual(signed.report, vector.report);
      assert.deepEqual(signed.sigStructure, vector.sigStructure);
      assert.equal(
        verify('sha256', signed.sigStructure, { key, dsaEncoding: 'ieee-p1363' }, signed.signature64),
        true,
      );
    });
  }

  it('is undone by encodeSign1', () => {
    for (const { payload, signature, cose } of VECTORS.reports) {
      const protectedHeader = encodeProtectedHeader(VECTORS.lock);
      assert.deepEqual(encodeSign1({ protectedHeader, payload, signature64: signature }), cose);
    }
  });

  it('takes 250 to 310 bytes for the receipt of an order', () => {
    const size = VECTORS.reports[1]?.cose.length ?? 0;
    assert.ok(size >= 250 && size <= 310, `${size} bytes`);
  });

  it('refuses each report cut at any byte, and one with a byte more', () => {
    for (const { cose } of VECTORS.reports) {
      for (let size = 0; size < cose.length; size++) {
        assert.throws(() => readReport(cose.subarray(0, size)), refused('truncated'), `at ${size}`);
      }
      assert.throws(() => readReport(Uint8Array.of(...cose, 0)), refused('trailing'));
    }
  });

  it('refuses more bytes than a report may have', () => {
    assert.throws(() => readReport(new Uint8Array(REPORT_BYTES_MAX + 1)), refused('size'));
  });

  it('reads no changed byte as the same report', () => {
    const { cose, sigStructure, signature } = VECTORS.reports[1] as (typeof VECTORS.reports)[number];
    for (let at = 0; at < cose.length; at++) {
      const forged = cose.slice();
      forged[at] = (forged[at] as number) ^ 1;
      let read: ReturnType<typeof readReport>;
      try {
        read = readReport(forged);
      } catch (error) {
        assert.equal((error as Error).name, 'DecodeError', `at ${at}`);
        continue;
      }
      const same =
        formatHex(read.sigStructure) === formatHex(sigStructure) &&
        formatHex(read.signature64) === formatHex(signature);
      assert.equal(same, false, `at ${at}`);
    }
  });
});

type Claims = Map<number | string, CborValue>;

/** The receipt's payload with its claims changed. */
function changed(change: (claims: Claims) => unknown): Uint8Array {
  const claims = new Map(decodeCbor(encodeReportPayload(UNLOCK)) as CborMap);
  change(claims);
  return encodeCbor(claims);
}

/** The same payload with the keys inside the lock claim changed; it starts with all of them. */
function changedLock(change: (claim: Claims) => unknown): Uint8Array {
  const claims = new Map(decodeCbor(encodeReportPayload(FULL)) as CborMap);
  const claim = new Map(claims.get(LOCK_CLAIM) as CborMap);
  change(claim);
  claims.set(LOCK_CLAIM, claim);
  return encodeCbor(claims);
}
