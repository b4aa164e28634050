import { concatBytes } from '../../firmware/protocol/bytes.js';
import type { Random } from './random.js';

/** Bytes at which formats change their mind: ends of ranges, heads of lengths, signs. */
const EDGES: readonly number[] = Object.freeze([
  0x00, 0x01, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1f, 0x20, 0x37, 0x38, 0x40, 0x7f, 0x80, 0x81, 0xb7, 0xb8, 0xbf,
  0xc0, 0xc2, 0xd2, 0xe0, 0xf4, 0xf6, 0xf7, 0xf8, 0xfb, 0xfe, 0xff,
]);

/**
 * Changes bytes that nobody looks into.
 * @param other - another input, to take a part of
 */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return random.bytes(random.size(40));
  const at = random.below(bytes.length);
  switch (random.below(9)) {
    case 0:
      return withByte(bytes, at, (bytes[at] as number) ^ (1 << random.below(8)));
    case 1:
      return withByte(bytes, at, random.pick(EDGES));
    case 2:
      return withByte(bytes, at, ((bytes[at] as number) + random.pick([-1, 1, 2, 16, -16])) & 0xff);
    case 3:
      return bytes.slice(0, at);
    case 4:
      return cut(bytes, at, 1 + random.size(bytes.length - at));
    case 5:
      return insert(bytes, at, random.bytes(1 + random.size(16)));
    case 6:
      return insert(bytes, at, bytes.slice(at, at + 1 + random.size(64)));
    case 7: {
      const from = random.below(other.length);
      return insert(bytes, at, other.slice(from, from + 1 + random.size(64)));
    }
    default:
      return concatBytes(bytes.subarray(0, at), other.subarray(random.below(other.length)));
  }
}

function withByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const out = bytes.slice();
  out[at] = byte;
  return out;
}

function cut(bytes: Uint8Array, at: number, count: number): Uint8Array {
  return concatBytes(bytes.subarray(0, at), bytes.subarray(at + count));
}

function insert(bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array {
  return concatBytes(bytes.subarray(0, at), more, bytes.subarray(at));
}
