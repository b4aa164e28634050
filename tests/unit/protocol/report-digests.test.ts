import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { accessDigest16, domainDigest8, reportHash16 } from '../../../firmware/protocol/report-digests.js';
import { readVectors } from '../../vectors/read-vectors.js';
import { readReportVectors } from '../../vectors/report-vectors.js';

interface DigestVectors {
  readonly domain: { readonly chainId: string; readonly registry: string; readonly digest8: string };
  readonly access: readonly {
    readonly floor: number;
    readonly entries: readonly { readonly guest: string; readonly terms: string }[];
    readonly digest16: string;
  }[];
}

const VECTORS = readVectors<DigestVectors>('report.json');
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const first = (hex: string, size: number) => formatHex(sha256(parseHex(`0x${hex}`)).subarray(0, size));
const guest = (byte: number) => new Uint8Array(20).fill(byte);

describe('reportHash16', () => {
  it('links each vector to the one before, zeros first', () => {
    let previous: Uint8Array = new Uint8Array(16);
    for (const { report, sigStructure, hash16 } of readReportVectors().reports) {
      assert.deepEqual(report.previousHash16, previous);
      previous = reportHash16(sha256, sigStructure);
      assert.deepEqual(previous, hash16);
    }
  });
});

describe('domainDigest8', () => {
  it('hashes the array of chain id and registry', () => {
    const { chainId, registry, digest8 } = VECTORS.domain;
    assert.equal(formatHex(domainDigest8(sha256, BigInt(chainId), parseHex(registry))), digest8);
    assert.equal(digest8, first(`8219125254${registry.slice(2)}`, 8));
  });

  it('differs by chain and by registry', () => {
    const digests = [
      domainDigest8(sha256, 1n, guest(1)),
      domainDigest8(sha256, 2n, guest(1)),
      domainDigest8(sha256, 1n, guest(2)),
    ].map(formatHex);
    assert.equal(new Set(digests).size, 3);
  });

  it('takes chain ids of 64 bits and refuses other sizes', () => {
    assert.equal(domainDigest8(sha256, 2n ** 64n - 1n, guest(1)).length, 8);
    assert.throws(() => domainDigest8(sha256, 2n ** 64n, guest(1)), { name: 'InvariantError' });
    assert.throws(() => domainDigest8(sha256, -1n, guest(1)), { name: 'InvariantError' });
    assert.throws(() => domainDigest8(sha256, 1n, new Uint8Array(32)), { name: 'InvariantError' });
  });
});

describe('accessDigest16', () => {
  it('gives the committed digests', () => {
    for (const { floor, entries, digest16 } of VECTORS.access) {
      const parsed = entries.map((entry) => ({ guest: parseHex(entry.guest), terms: BigInt(entry.terms) }));
      assert.equal(formatHex(accessDigest16(sha256, { floor, entries: parsed })), digest16);
    }
  });

  it('hashes the floor and then the pairs, ascending by guest', () => {
    const entries = [
      { guest: guest(2), terms: 3n },
      { guest: guest(1), terms: 4n },
    ];
    const pair = (byte: string, terms: string) => `8254${byte.repeat(20)}5820${terms.padStart(64, '0')}`;
    const expected = first(`8305${pair('01', '4')}${pair('02', '3')}`, 16);
    assert.equal(formatHex(accessDigest16(sha256, { floor: 5, entries })), expected);
    assert.equal(formatHex(accessDigest16(sha256, { floor: 5, entries: [...entries].reverse() })), expected);
    assert.equal(formatHex(accessDigest16(sha256, { floor: 0, entries: [] })), first('8100', 16));
  });

  it('differs by floor, guest and terms', () => {
    const digests = [
      { floor: 0, entries: [{ guest: guest(1), terms: 1n }] },
      { floor: 1, entries: [{ guest: guest(1), terms: 1n }] },
      { floor: 0, entries: [{ guest: guest(2), terms: 1n }] },
      { floor: 0, entries: [{ guest: guest(1), terms: 2n }] },
      { floor: 0, entries: [] },
    ].map((state) => formatHex(accessDigest16(sha256, state)));
    assert.equal(new Set(digests).size, digests.length);
  });

  it('refuses a guest that is there twice, and sizes that do not fit', () => {
    const entry = { guest: guest(1), terms: 1n };
    assert.throws(() => accessDigest16(sha256, { floor: 0, entries: [entry, entry] }), {
      name: 'InvariantError',
    });
    const short = { guest: new Uint8Array(19), terms: 1n };
    assert.throws(() => accessDigest16(sha256, { floor: 0, entries: [short] }), { name: 'InvariantError' });
    assert.throws(
      () => accessDigest16(sha256, { floor: 0, entries: [{ ...entry, terms: 2n ** 256n }] }),
      RangeError,
    );
    for (const floor of [-1, 2 ** 32, 0.5]) {
      assert.throws(() => accessDigest16(sha256, { floor, entries: [] }), { name: 'InvariantError' });
    }
  });

  it('takes a full list of guests and tombstones', () => {
    const entries = Array.from({ length: 128 }, (_, i) => ({ guest: guest(i), terms: 2n ** 192n - 1n }));
    assert.equal(accessDigest16(sha256, { floor: 2 ** 32 - 1, entries }).length, 16);
  });
});
