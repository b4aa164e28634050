import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './io/key-value.js';

/** What a factory burns into the chip, or prints for its box. */
export interface Chip {
  readonly journalKey32: Uint8Array;
  /** What a box would carry as a QR code. */
  readonly pairingSecret16: Uint8Array;
}

/** @returns whether no chip was ever made in this folder */
export function isFreshChip(folder: string): boolean {
  return !existsSync(join(folder, 'pairing-secret'));
}

/** Reads a chip's secrets from a folder; a new folder becomes a new chip. */
export function openChip(folder: string, random: (count: number) => Uint8Array): Chip {
  mkdirSync(folder, { recursive: true });
  return {
    journalKey32: secretIn(join(folder, 'journal-key'), 32, random),
    pairingSecret16: secretIn(join(folder, 'pairing-secret'), 16, random),
  };
}

function secretIn(path: string, count: number, random: (count: number) => Uint8Array): Uint8Array {
  try {
    const bytes = new Uint8Array(readFileSync(path));
    if (bytes.length === count) return bytes;
  } catch {
    // Not made yet.
  }
  const bytes = random(count);
  writeDurably(path, bytes);
  return bytes;
}
