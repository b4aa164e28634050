import { parseHex } from '../../../firmware/protocol/hex.js';

/** Characters of 8 bits, one a byte. */
export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function jsonBytes(value: unknown): Uint8Array {
  return utf8Bytes(JSON.stringify(value));
}

/** @param hexes - without 0x */
export function hexSeeds(...hexes: readonly string[]): readonly Uint8Array[] {
  return hexes.map((hex) => parseHex(`0x${hex}`));
}

/** Steps that rise with the bytes of an input, and no faster. */
export function linear(base: number, perByte: number): (bytes: number) => number {
  return (bytes) => base + perByte * bytes;
}
