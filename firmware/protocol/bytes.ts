/** XS walks a string from its start to find a character, so long text is read in pieces. */
const CHARS_PER_PIECE = 32;

/** Joins byte strings into one. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const count = parts.length;
  let size = 0;
  for (let i = 0; i < count; i++) size += (parts[i] as Uint8Array).length;
  const out = new Uint8Array(size);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const part = parts[i] as Uint8Array;
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Compares two byte strings without an early exit, so that the time tells nothing of where they differ.
 * Unequal lengths are told at once: no length here is a secret.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  const size = a.length;
  if (size !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < size; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Orders byte strings lexicographically, a prefix first: negative, zero or positive as for `Array.sort`. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function isZeroBytes(bytes: Uint8Array): boolean {
  const size = bytes.length;
  for (let i = 0; i < size; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Reads an unsigned big-endian integer of any width. */
export function readUint(bytes: Uint8Array): bigint {
  const size = bytes.length;
  let value = 0n;
  let at = 0;
  // A first step makes the rest a multiple of three bytes, which a small integer holds.
  let limb = 0;
  for (const end = size % 3; at < end; at++) limb = (limb << 8) | (bytes[at] as number);
  value = BigInt(limb);
  for (; at < size; at += 3) {
    limb = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    value = (value << 24n) | BigInt(limb);
  }
  return value;
}

/**
 * Writes an unsigned big-endian integer of a fixed width.
 * @throws RangeError where the value is negative or does not fit: a caller's bug, never a peer's
 */
export function writeUint(value: bigint | number, width: number): Uint8Array {
  let rest = BigInt(value);
  if (rest < 0n) throw new RangeError('writeUint: negative value');
  const out = new Uint8Array(width);
  let at = width;
  while (at >= 3) {
    const limb = Number(rest & 0xff_ffffn);
    out[--at] = limb & 0xff;
    out[--at] = (limb >> 8) & 0xff;
    out[--at] = limb >> 16;
    rest >>= 24n;
  }
  while (at > 0) {
    out[--at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError(`writeUint: value does not fit ${width} bytes`);
  return out;
}

/** Encodes ASCII text; for protocol labels, not for people's words. @throws RangeError on any other character */
export function asciiBytes(text: string): Uint8Array {
  const size = text.length;
  const out = new Uint8Array(size);
  for (let from = 0; from < size; from += CHARS_PER_PIECE) {
    const piece = text.slice(from, from + CHARS_PER_PIECE);
    const end = piece.length;
    for (let i = 0; i < end; i++) {
      const code = piece.charCodeAt(i);
      if (code > 0x7f) throw new RangeError('asciiBytes: not ASCII');
      out[from + i] = code;
    }
  }
  return out;
}
