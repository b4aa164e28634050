import { type CborValue, decodeCbor, encodeCbor, isCborTag } from './cbor.js';
import { asArray, asBytes, asMap, expectBytes, expectField, expectOnlyKeys } from './cbor-fields.js';
import { DecodeError, InvariantError } from './errors.js';

/** ECDSA on secp256k1 with SHA-256. @see RFC 8812 section 3.2 */
export const ES256K = -47;

/** The parts of a COSE_Sign1 as they lie on the wire; the unprotected header is empty by our rule. */
export interface Sign1 {
  /** The encoded protected header, the bytes that are signed. */
  readonly protectedHeader: Uint8Array;
  readonly payload: Uint8Array;
  /** r and s, 32 bytes each, big-endian. */
  readonly signature64: Uint8Array;
}

/**
 * Encodes a COSE_Sign1 with its tag 18 and an empty unprotected header.
 * @throws InvariantError where the signature is not 64 bytes
 * @see RFC 9052 section 4.2
 */
export function encodeSign1(sign1: Sign1): Uint8Array {
  const { protectedHeader, payload, signature64 } = sign1;
  if (signature64.length !== 64) throw new InvariantError('encodeSign1: expected a signature of 64 bytes');
  return encodeCbor({ tag: SIGN1_TAG, value: [protectedHeader, new Map(), payload, signature64] });
}

/**
 * Decodes a tagged COSE_Sign1 in deterministic CBOR. A detached payload, an untagged message and anything in
 * the unprotected header are refused: nobody signed it. Does not look into the protected header, and does not
 * check the signature.
 * @throws DecodeError `type` | `size` | `unknown`, and all of `decodeCbor`
 * @see RFC 9052 section 4.2
 */
export function decodeSign1(bytes: Uint8Array): Sign1 {
  const message = decodeCbor(bytes);
  if (!isCborTag(message) || message.tag !== SIGN1_TAG) {
    throw new DecodeError('type', `expected a COSE_Sign1 with tag ${SIGN1_TAG}`);
  }
  const parts = asArray(message.value, 4);
  const protectedHeader = asBytes(parts[0] as CborValue, 0, HEADER_BYTES_MAX);
  expectOnlyKeys(asMap(parts[1] as CborValue), NO_KEYS);
  const payload = asBytes(parts[2] as CborValue, 0, bytes.length);
  const signature64 = asBytes(parts[3] as CborValue, 64);
  return { protectedHeader, payload, signature64 };
}

/**
 * The bytes that a COSE_Sign1 signature is over.
 * @param protectedHeader - as encoded, never re-encoded
 * @param externalAad - bytes that both sides know and nobody sends; none in reports
 * @see RFC 9052 section 4.4
 */
export function sigStructure(
  protectedHeader: Uint8Array,
  payload: Uint8Array,
  externalAad: Uint8Array = new Uint8Array(0),
): Uint8Array {
  return encodeCbor(['Signature1', protectedHeader, externalAad, payload]);
}

/**
 * Encodes the only protected header that a lock signs under: `{1: -47, 4: lock}`.
 * @param kid20 - the lock's address, 20 bytes
 * @throws InvariantError where it is not 20 bytes
 * @see RFC 9052 section 3.1
 */
export function encodeProtectedHeader(kid20: Uint8Array): Uint8Array {
  if (kid20.length !== 20) throw new InvariantError('encodeProtectedHeader: expected a key id of 20 bytes');
  return encodeCbor(
    new Map<number, CborValue>([
      [ALG, ES256K],
      [KID, kid20],
    ]),
  );
}

/**
 * Decodes a protected header that names ES256K and a lock, and nothing else.
 * @returns the lock's address, 20 bytes. It is a claim until the signature is checked against it
 * @throws DecodeError `algorithm` | `unknown` | `missing` | `type` | `size`, and all of `decodeCbor`
 */
export function decodeProtectedHeader(bytes: Uint8Array): Uint8Array {
  const header = asMap(decodeCbor(bytes));
  expectOnlyKeys(header, HEADER_KEYS);
  if (expectField(header, ALG) !== ES256K) throw new DecodeError('algorithm', `expected ES256K (${ES256K})`);
  return expectBytes(header, KID, 20);
}

/** @see RFC 9052 section 2, table 1 */
const SIGN1_TAG = 18;
// Header labels, RFC 9052 section 3.1.
const ALG = 1;
const KID = 4;
const HEADER_KEYS: readonly number[] = Object.freeze([ALG, KID]);
const NO_KEYS: readonly number[] = Object.freeze([]);
/** Ours takes 26; room for a header that is then refused by what it says. */
const HEADER_BYTES_MAX = 64;
