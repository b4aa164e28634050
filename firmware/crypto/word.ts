/**
 * Reads 32 bytes as an unsigned big-endian integer, in four steps rather than 32: on XS each step costs.
 * @throws RangeError where fewer bytes are left: a caller's bug
 */
export function readWord(bytes: Uint8Array, at = 0): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
  return (
    (((((view.getBigUint64(0) << 64n) | view.getBigUint64(8)) << 64n) | view.getBigUint64(16)) << 64n) |
    view.getBigUint64(24)
  );
}

/** Writes an integer of 0..2^256-1 as 32 bytes, big-endian. */
export function writeWord(value: bigint): Uint8Array {
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  // A 64-bit element takes its value modulo 2^64.
  view.setBigUint64(0, value >> 192n);
  view.setBigUint64(8, value >> 128n);
  view.setBigUint64(16, value >> 64n);
  view.setBigUint64(24, value);
  return out;
}
