import { existsSync, readFileSync } from 'node:fs';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';

/** An input that once was a find, and stays mended. */
export interface CorpusEntry {
  readonly target: string;
  readonly hex: string;
  /** What was wrong with it, in a sentence. */
  readonly found: string;
}

/** @returns nothing where there is no such file */
export function readCorpus(path: string): readonly CorpusEntry[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly CorpusEntry[]) : [];
}

/** Inputs by the name of their target. */
export function inputsOf(entries: readonly CorpusEntry[]): ReadonlyMap<string, readonly Uint8Array[]> {
  const inputs = new Map<string, Uint8Array[]>();
  for (const { target, hex } of entries) inputs.set(target, [...(inputs.get(target) ?? []), parseHex(hex)]);
  return inputs;
}

/** The line that keeps a find. */
export function entryOf(target: string, input: Uint8Array, found: string): CorpusEntry {
  return { target, hex: formatHex(input), found };
}
