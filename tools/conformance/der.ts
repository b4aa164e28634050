import { DecodeError } from '../../firmware/protocol/errors.js';

const INTEGER = 0x02;
const SEQUENCE = 0x30;

/**
 * Unpacks an ECDSA signature in DER into r||s, 64 bytes. The lock's own formats hold no DER: this is for vectors.
 * @throws DecodeError `truncated` | `trailing` | `type` | `non-canonical` | `signature-range` over 32 bytes or negative
 * @see SEC 1 appendix C.8, X.690 section 8.3
 */
export function signatureFromDer(der: Uint8Array): Uint8Array {
  const { content, rest } = readItem(der, SEQUENCE);
  if (rest.length > 0) throw new DecodeError('trailing', 'bytes after the signature');
  const r = readItem(content, INTEGER);
  const s = readItem(r.rest, INTEGER);
  if (s.rest.length > 0) throw new DecodeError('trailing', 'more than two numbers');
  const out = new Uint8Array(64);
  put(out, 32, r.content);
  put(out, 64, s.content);
  return out;
}

/** Heads of a SubjectPublicKeyInfo of secp256k1, before an uncompressed and a compressed point. @see RFC 5480 section 2 */
const SPKI_HEADS = Object.freeze([
  '3056301006072a8648ce3d020106052b8104000a034200',
  '3036301006072a8648ce3d020106052b8104000a032200',
]);

/**
 * Takes the point out of a SubjectPublicKeyInfo that names the curve.
 * @throws DecodeError `type` on any other form
 */
export function pointFromSpki(spki: Uint8Array): Uint8Array {
  const hex = Buffer.from(spki).toString('hex');
  const head = SPKI_HEADS.find((each) => hex.startsWith(each));
  // The lengths in the heads say how much follows.
  if (head === undefined || spki.length !== 2 + (spki[1] as number)) {
    throw new DecodeError('type', 'expected a public key of secp256k1 by name');
  }
  return spki.slice(head.length / 2);
}

function readItem(
  bytes: Uint8Array,
  tag: number,
): { readonly content: Uint8Array; readonly rest: Uint8Array } {
  const [found, short] = bytes;
  if (found === undefined || short === undefined) throw new DecodeError('truncated', 'expected a DER item');
  if (found !== tag) throw new DecodeError('type', `expected the DER tag ${tag}, found ${found}`);
  const isLong = short === 0x81;
  if (short > 0x81 || short === 0x80) throw new DecodeError('size', 'no signature is so long');
  const length = isLong ? (bytes[2] ?? 0) : short;
  if (isLong && length < 0x80)
    throw new DecodeError('non-canonical', 'a DER length that is not the shortest');
  const from = isLong ? 3 : 2;
  if (from + length > bytes.length) throw new DecodeError('truncated', 'a DER item is cut off');
  return { content: bytes.subarray(from, from + length), rest: bytes.subarray(from + length) };
}

function put(out: Uint8Array, end: number, integer: Uint8Array): void {
  const [first, second = 0] = integer;
  if (first === undefined) throw new DecodeError('truncated', 'a DER integer without bytes');
  if (first >= 0x80) throw new DecodeError('signature-range', 'a negative number');
  if (first === 0 && integer.length > 1 && second < 0x80)
    throw new DecodeError('non-canonical', 'a DER integer with a leading zero');
  const bytes = first === 0 ? integer.subarray(1) : integer;
  if (bytes.length > 32) throw new DecodeError('signature-range', 'a number over 256 bits');
  out.set(bytes, end - bytes.length);
}
