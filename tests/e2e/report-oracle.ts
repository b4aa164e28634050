import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { Decoder, Encoder, Tag } from 'cbor-x';

/** The four parts of a COSE_Sign1, by a CBOR library that the lock does not use. */
export interface Sign1Parts {
  readonly protectedHeader: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature64: Uint8Array;
}

export function sign1Parts(cose: Uint8Array): Sign1Parts {
  const tagged = new Decoder({ mapsAsObjects: false, tagUint8Array: false }).decode(cose) as unknown;
  assert.ok(tagged instanceof Tag && tagged.tag === 18, 'a tagged COSE_Sign1');
  const [protectedHeader, unprotected, payload, signature64] = tagged.value as [
    Uint8Array,
    Map<unknown, unknown>,
    Uint8Array,
    Uint8Array,
  ];
  assert.equal(unprotected.size, 0);
  return { protectedHeader, payload, signature64 };
}

/** The raw bytes that were signed. @see RFC 9052 section 4.4 */
export function rawSigStructure({ protectedHeader, payload }: Sign1Parts): Uint8Array {
  const encoder = new Encoder({ tagUint8Array: false, useRecords: false });
  return encoder.encode(['Signature1', protectedHeader, Buffer.alloc(0), payload]);
}

/** Whether OpenSSL verifies a report under the device's key. @param publicKey33 - compressed */
export function opensslVerifies(cose: Uint8Array, publicKey33: Uint8Array): boolean {
  const parts = sign1Parts(cose);
  const key = createPublicKey({
    key: Buffer.concat([SPKI_SECP256K1_COMPRESSED, publicKey33]),
    format: 'der',
    type: 'spki',
  });
  return verify('sha256', rawSigStructure(parts), { key, dsaEncoding: 'ieee-p1363' }, parts.signature64);
}

/** SubjectPublicKeyInfo of a compressed key on secp256k1, up to the key's 33 bytes. @see RFC 5480 */
const SPKI_SECP256K1_COMPRESSED = Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex');
