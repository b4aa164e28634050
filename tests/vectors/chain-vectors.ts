import { readFileSync } from 'node:fs';

/** Reads a vector file of this folder; the compiled tests lie one folder deeper than the sources. */
export function readChainVectors<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../../tests/vectors/${file}`, import.meta.url), 'utf8')) as T;
}

export const hexToBytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
export const bytesToHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
