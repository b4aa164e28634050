import assert from 'node:assert/strict';
import { Decoder } from 'cbor-x';
import fc from 'fast-check';
import { encodeProtectedHeader, encodeSign1 } from '../../firmware/protocol/cose.js';
import { REPORT_BYTES_MAX } from '../../firmware/protocol/limits.js';
import { REFUSAL_REASONS } from '../../firmware/protocol/refusal.js';
import {
  BOLT_NUMBERS,
  DOOR_NUMBERS,
  decodeReportPayload,
  encodeReportPayload,
  LOCK_CLAIM,
  REPORT_CAUSES,
  type Report,
  readReport,
} from '../../firmware/protocol/report.js';

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const sized = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Uint8Array.from(array));

const report: fc.Arbitrary<Report> = fc.record(
  {
    cause: fc.constantFrom(...REPORT_CAUSES),
    issuedAtSeconds: uint(40),
    nonce: sized(8, 64),
    ueid: sized(16).map((id) => Uint8Array.of(1, ...id)),
    uptimeSeconds: uint(32),
    bootCount: uint(32),
    firmwareVersion: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    seq: uint(32),
    bolt: fc.constantFrom(...BOLT_NUMBERS),
    door: fc.constantFrom(...DOOR_NUMBERS),
    batteryMilliVolts: uint(16),
    blockHeight: uint(53),
    lastCommand: fc.record(
      {
        by: sized(20),
        command: fc.constantFrom(1, 2, 3, 4, 5, 128, 129),
        nonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        notAfterSeconds: uint(40),
        reason: fc.constantFrom(...REFUSAL_REASONS),
      },
      { noNullPrototype: true },
    ),
    policyVersion: uint(32),
    previousHash16: sized(16),
    alarms: uint(5),
    owner: sized(20),
    epoch: uint(16),
    accessDigest16: sized(16),
    domainDigest8: sized(8),
    strangersRefused: uint(32),
    lastDurableSeq: uint(32),
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      'cause',
      'nonce',
      'ueid',
      'uptimeSeconds',
      'bootCount',
      'firmwareVersion',
      'seq',
      'bolt',
      'door',
      'blockHeight',
      'policyVersion',
      'previousHash16',
      'alarms',
      'epoch',
      'accessDigest16',
      'domainDigest8',
    ],
  },
) as fc.Arbitrary<Report>;

describe('encodeReportPayload and decodeReportPayload, any report', () => {
  it('undo each other', () => {
    fc.assert(
      fc.property(report, (said) => assert.deepEqual(decodeReportPayload(encodeReportPayload(said)), said)),
    );
  });

  it('write what cbor-x reads under the same keys', () => {
    const decoder = new Decoder({ mapsAsObjects: false, useRecords: false });
    fc.assert(
      fc.property(report, (said) => {
        const claims = decoder.decode(encodeReportPayload(said)) as Map<number, unknown>;
        const lock = claims.get(LOCK_CLAIM) as Map<number, unknown>;
        assert.equal(
          claims.get(6),
          said.issuedAtSeconds === undefined ? undefined : wire(said.issuedAtSeconds),
        );
        assert.deepEqual(claims.get(271), [said.firmwareVersion]);
        assert.equal(lock.get(1), said.seq);
        assert.equal(lock.get(2), BOLT_NUMBERS.indexOf(said.bolt));
        assert.equal(lock.get(11), said.epoch);
        assert.equal(lock.get(14), REPORT_CAUSES.indexOf(said.cause));
        assert.equal(lock.get(16), said.lastDurableSeq);
      }),
    );
  });
});

describe('readReport, any report', () => {
  it('gives back what was signed, and never needs more than the limit', () => {
    const lock = new Uint8Array(20).fill(5);
    fc.assert(
      fc.property(report, sized(64), (said, signature64) => {
        const payload = encodeReportPayload(said);
        const cose = encodeSign1({ protectedHeader: encodeProtectedHeader(lock), payload, signature64 });
        assert.ok(cose.length <= REPORT_BYTES_MAX);
        const read = readReport(cose);
        assert.deepEqual(read.report, said);
        assert.deepEqual(read.signature64, signature64);
        assert.deepEqual(read.lock20, lock);
      }),
    );
  });
});

describe('decodeReportPayload, damaged bytes', () => {
  it('fails by a DecodeError, or reads the one report that these bytes are', () => {
    fc.assert(
      fc.property(report, fc.nat(), fc.integer({ min: 1, max: 255 }), (said, place, flip) => {
        const payload = encodeReportPayload(said);
        const at = place % payload.length;
        payload[at] = (payload[at] as number) ^ flip;
        try {
          const read = decodeReportPayload(payload);
          assert.deepEqual(encodeReportPayload(read), payload);
        } catch (error) {
          assert.equal((error as Error).name, 'DecodeError');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** cbor-x gives a 64-bit integer as bigint however small it is. */
function wire(number: number): number | bigint {
  return number > 0xffff_ffff ? BigInt(number) : number;
}
