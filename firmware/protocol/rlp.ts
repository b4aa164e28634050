import { writeUint } from './bytes.js';
import { DecodeError } from './errors.js';
import { RLP_BYTES_MAX, RLP_DEPTH_MAX } from './limits.js';

/** A byte string, or a list of items. */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** Encodes an item of our own making. @see yellow paper, appendix B */
export function encodeRlp(item: RlpItem): Uint8Array {
  const out = new Uint8Array(encodedSize(item));
  writeItem(out, 0, item);
  return out;
}

/** Writes an unsigned integer as RLP has it: big-endian, no leading zeros, zero is the empty string. */
export function rlpUint(value: bigint | number): Uint8Array {
  if (value < 0) throw new RangeError('rlpUint: negative value');
  const digits = value.toString(16);
  return digits === '0' ? new Uint8Array(0) : writeUint(value, (digits.length + 1) >> 1);
}

/** Drops leading zero bytes, so that a fixed-width integer becomes an RLP one. */
export function trimLeadingZeros(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length && bytes[from] === 0) from++;
  return bytes.subarray(from);
}

/**
 * Decodes exactly one item, in its only canonical form. The byte strings are views into the input.
 * @param bytes - untrusted
 * @throws DecodeError `size` | `depth` | `truncated` | `trailing` | `non-canonical`
 * @see yellow paper, appendix B
 */
export function decodeRlp(bytes: Uint8Array, bytesMax = RLP_BYTES_MAX, depthMax = RLP_DEPTH_MAX): RlpItem {
  if (bytes.length > bytesMax) {
    throw new DecodeError('size', `expected at most ${bytesMax} bytes of RLP, found ${bytes.length}`);
  }
  const { item, end } = decodeItem(bytes, 0, bytes.length, depthMax);
  if (end !== bytes.length) throw new DecodeError('trailing', `RLP ends at ${end} of ${bytes.length} bytes`);
  return item;
}

interface Decoded {
  readonly item: RlpItem;
  readonly end: number;
}

function decodeItem(bytes: Uint8Array, at: number, limit: number, depthLeft: number): Decoded {
  if (at >= limit) throw new DecodeError('truncated', `expected an RLP item at ${at}`);
  const head = bytes[at] as number;
  if (head < 0x80) return { item: bytes.subarray(at, at + 1), end: at + 1 };

  const isList = head >= 0xc0;
  const { from, length } = readLength(bytes, at, limit, head - (isList ? 0xc0 : 0x80));
  const end = from + length;
  if (end > limit) throw new DecodeError('truncated', `RLP item at ${at} ends at ${end}, past ${limit}`);
  if (isList) return { item: decodeList(bytes, from, end, depthLeft), end };

  if (length === 1 && (bytes[from] as number) < 0x80) {
    throw new DecodeError('non-canonical', `RLP byte below 0x80 with a length at ${at}`);
  }
  return { item: bytes.subarray(from, end), end };
}

function decodeList(bytes: Uint8Array, from: number, end: number, depthLeft: number): readonly RlpItem[] {
  if (depthLeft === 0) throw new DecodeError('depth', `RLP nested too deep at ${from}`);
  const items: RlpItem[] = [];
  let at = from;
  while (at < end) {
    const next = decodeItem(bytes, at, end, depthLeft - 1);
    items.push(next.item);
    at = next.end;
  }
  return items;
}

function readLength(
  bytes: Uint8Array,
  at: number,
  limit: number,
  short: number,
): { from: number; length: number } {
  if (short <= 55) return { from: at + 1, length: short };
  const width = short - 55;
  // Four bytes of length are far past every limit here, and keep the number exact.
  if (width > 4) throw new DecodeError('size', `RLP length of ${width} bytes at ${at}`);
  if (at + 1 + width > limit) throw new DecodeError('truncated', `RLP length cut off at ${at}`);
  if (bytes[at + 1] === 0) throw new DecodeError('non-canonical', `RLP length with a leading zero at ${at}`);
  let length = 0;
  for (let i = 1; i <= width; i++) length = length * 256 + (bytes[at + i] as number);
  if (length <= 55) throw new DecodeError('non-canonical', `RLP long form for ${length} bytes at ${at}`);
  return { from: at + 1 + width, length };
}

function encodedSize(item: RlpItem): number {
  if (item instanceof Uint8Array && isOwnEncoding(item)) return 1;
  const size = contentSize(item);
  return headSize(size) + size;
}

function contentSize(item: RlpItem): number {
  if (item instanceof Uint8Array) return item.length;
  const count = item.length;
  let size = 0;
  for (let i = 0; i < count; i++) size += encodedSize(item[i] as RlpItem);
  return size;
}

function headSize(size: number): number {
  if (size <= 55) return 1;
  return size < 0x100 ? 2 : size < 0x1_0000 ? 3 : size < 0x100_0000 ? 4 : 5;
}

/** @returns where the next item goes */
function writeItem(out: Uint8Array, at: number, item: RlpItem): number {
  if (item instanceof Uint8Array) {
    const from = isOwnEncoding(item) ? at : writeHead(out, at, 0x80, item.length);
    out.set(item, from);
    return from + item.length;
  }
  let next = writeHead(out, at, 0xc0, contentSize(item));
  const count = item.length;
  for (let i = 0; i < count; i++) next = writeItem(out, next, item[i] as RlpItem);
  return next;
}

function writeHead(out: Uint8Array, at: number, offset: number, size: number): number {
  if (size <= 55) {
    out[at] = offset + size;
    return at + 1;
  }
  const width = headSize(size) - 1;
  out[at] = offset + 55 + width;
  for (let i = width, rest = size; i > 0; i--, rest >>>= 8) out[at + i] = rest & 0xff;
  return at + 1 + width;
}

function isOwnEncoding(bytes: Uint8Array): boolean {
  return bytes.length === 1 && (bytes[0] as number) < 0x80;
}
