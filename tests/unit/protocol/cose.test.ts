import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { type CborValue, encodeCbor } from '../../../firmware/protocol/cbor.js';
import {
  decodeProtectedHeader,
  decodeSign1,
  ES256K,
  encodeProtectedHeader,
  encodeSign1,
  sigStructure,
} from '../../../firmware/protocol/cose.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { readVectors } from '../../vectors/read-vectors.js';

const RFC = readVectors<Readonly<Record<string, string>>>('cose.json');
const rfc = (field: string) => parseHex(RFC[field]);
const refused = (code: string) => ({ name: 'DecodeError', code });
const header = encodeProtectedHeader(new Uint8Array(20).fill(7));
const payload = Uint8Array.of(1, 2, 3);
const signature64 = new Uint8Array(64).fill(9);
/** A message of the right shape, with some of its parts replaced. */
const message = (parts: { [index: number]: CborValue } = {}, tag = 18) =>
  encodeCbor({ tag, value: Object.assign([header, new Map(), payload, signature64], parts) });

describe('sigStructure', () => {
  it('gives the bytes of RFC 9052 appendix C.2.1', () => {
    assert.equal(formatHex(sigStructure(rfc('protectedHeader'), rfc('payload'))), RFC['sigStructure']);
  });

  it('is what the signature of that appendix verifies over, by OpenSSL', () => {
    const base64url = (field: string) => Buffer.from(rfc(field)).toString('base64url');
    const key = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: base64url('publicKeyX'), y: base64url('publicKeyY') },
      format: 'jwk',
    });
    const signed = sigStructure(rfc('protectedHeader'), rfc('payload'));
    assert.equal(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, rfc('signature')), true);
    const other = sigStructure(rfc('protectedHeader'), rfc('payload'), Uint8Array.of(0));
    assert.equal(verify('sha256', other, { key, dsaEncoding: 'ieee-p1363' }, rfc('signature')), false);
  });

  it('puts external data between header and payload', () => {
    const bytes = sigStructure(Uint8Array.of(0xa0), Uint8Array.of(1), Uint8Array.of(2, 3));
    assert.equal(formatHex(bytes), '0x846a5369676e61747572653141a04202034101');
  });
});

describe('encodeProtectedHeader', () => {
  it('is {1: -47, 4: kid}, 26 bytes', () => {
    assert.equal(formatHex(header), `0xa201382e0454${'07'.repeat(20)}`);
  });

  it('refuses a key id that is no address', () => {
    assert.throws(() => encodeProtectedHeader(new Uint8Array(19)), { name: 'InvariantError' });
  });
});

describe('decodeProtectedHeader', () => {
  const kid = new Uint8Array(20).fill(7);
  const encoded = (...entries: [number | string, CborValue][]) => encodeCbor(new Map(entries));

  it('gives the key id back', () => {
    assert.deepEqual(decodeProtectedHeader(header), kid);
  });

  it('refuses every other algorithm', () => {
    for (const alg of [-7, 47, -46, 'ES256K', null, Uint8Array.of(47)]) {
      assert.throws(() => decodeProtectedHeader(encoded([1, alg], [4, kid])), refused('algorithm'));
    }
    assert.throws(() => decodeProtectedHeader(rfc('protectedHeader')), refused('algorithm'));
  });

  it('refuses a header that lacks, adds or misshapes anything', () => {
    assert.throws(() => decodeProtectedHeader(encoded([1, ES256K])), refused('missing'));
    assert.throws(() => decodeProtectedHeader(encoded([4, kid])), refused('missing'));
    assert.throws(() => decodeProtectedHeader(encoded([1, ES256K], [2, []], [4, kid])), refused('unknown'));
    assert.throws(() => decodeProtectedHeader(encoded([1, ES256K], [4, kid], ['x', 0])), refused('unknown'));
    assert.throws(() => decodeProtectedHeader(encoded([1, ES256K], [4, kid.slice(1)])), refused('size'));
    assert.throws(() => decodeProtectedHeader(encoded([1, ES256K], [4, 'kid'])), refused('type'));
    assert.throws(() => decodeProtectedHeader(Uint8Array.of(0x80)), refused('type'));
    assert.throws(() => decodeProtectedHeader(new Uint8Array(0)), refused('truncated'));
  });

  it('refuses a header cut at any byte', () => {
    for (let size = 0; size < header.length; size++) {
      assert.throws(() => decodeProtectedHeader(header.subarray(0, size)), refused('truncated'));
    }
  });
});

describe('encodeSign1', () => {
  it('tags the message and leaves the unprotected header empty', () => {
    const bytes = encodeSign1({ protectedHeader: header, payload, signature64 });
    const expected = `0xd284581a${formatHex(header).slice(2)}a0430102035840${'09'.repeat(64)}`;
    assert.equal(formatHex(bytes), expected);
  });

  it('refuses a signature that is not 64 bytes', () => {
    for (const size of [0, 63, 65]) {
      const sign1 = { protectedHeader: header, payload, signature64: new Uint8Array(size) };
      assert.throws(() => encodeSign1(sign1), { name: 'InvariantError' });
    }
  });
});

describe('decodeSign1', () => {
  it('undoes encodeSign1', () => {
    const sign1 = { protectedHeader: header, payload, signature64 };
    assert.deepEqual(decodeSign1(encodeSign1(sign1)), sign1);
  });

  it('refuses the message of RFC 9052 appendix C.2.1 for its unprotected key id', () => {
    assert.throws(() => decodeSign1(rfc('cose')), refused('unknown'));
  });

  it('refuses an untagged message and other tags', () => {
    assert.throws(() => decodeSign1(message().subarray(1)), refused('type'));
    for (const tag of [17, 61, 98]) assert.throws(() => decodeSign1(message({}, tag)), refused('type'));
    assert.throws(() => decodeSign1(encodeCbor({ tag: 61, value: { tag: 18, value: [] } })), refused('type'));
  });

  it('refuses parts of another kind or size', () => {
    assert.throws(() => decodeSign1(message({ 0: new Map() })), refused('type'));
    assert.throws(() => decodeSign1(message({ 0: new Uint8Array(65) })), refused('size'));
    assert.throws(() => decodeSign1(message({ 1: new Map([[4, 0]]) })), refused('unknown'));
    assert.throws(() => decodeSign1(message({ 1: new Map([['x', 0]]) })), refused('unknown'));
    assert.throws(() => decodeSign1(message({ 1: Uint8Array.of(0xa0) })), refused('type'));
    assert.throws(() => decodeSign1(message({ 2: null })), refused('type'));
    assert.throws(() => decodeSign1(message({ 2: 'text' })), refused('type'));
    assert.throws(() => decodeSign1(message({ 3: new Uint8Array(63) })), refused('size'));
    assert.throws(() => decodeSign1(message({ 3: new Uint8Array(65) })), refused('size'));
    assert.throws(() => decodeSign1(message({ 4: 0 })), refused('size'));
    assert.throws(() => decodeSign1(encodeCbor({ tag: 18, value: [] })), refused('size'));
    assert.throws(() => decodeSign1(encodeCbor({ tag: 18, value: payload })), refused('type'));
  });

  it('refuses a second form of the same message', () => {
    // 0xd812 spells the tag 18 in two bytes where 0xd2 is enough.
    const bytes = message();
    assert.throws(
      () => decodeSign1(Uint8Array.of(0xd8, 0x12, ...bytes.subarray(1))),
      refused('non-canonical'),
    );
    assert.throws(() => decodeSign1(Uint8Array.of(...bytes, 0)), refused('trailing'));
  });

  it('refuses a message cut at any byte', () => {
    const bytes = message();
    for (let size = 0; size < bytes.length; size++) {
      assert.throws(() => decodeSign1(bytes.subarray(0, size)), refused('truncated'), `at ${size}`);
    }
  });
});
