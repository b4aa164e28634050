import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { readJsonFile, writePrivateFile } from './files.js';

/** The last transaction of a key, so that a later run can replace it with one that the lock prefers. */
export interface SentRecord {
  readonly nonce: number;
  readonly hash: Hex;
  readonly kind: CallKind;
  readonly lock: Address;
  readonly registry: Address;
  /** Of an order. */
  readonly notAfterSeconds?: number;
  /** What it offers for a unit of gas at most, wei in decimal; the tip where the chain knows one. */
  readonly feePerGas: string;
  readonly tipPerGas?: string;
}

/** Only an order is ever replaced: who cancels a grant has signed it all the same. */
export type CallKind = 'order' | 'grant' | 'handover' | 'register' | 'post';

const FILE = 'sent.json';

export function lastSent(home: string, chainId: number, from: Address): SentRecord | undefined {
  const book = readJsonFile(join(home, FILE)) as Record<string, SentRecord | undefined> | undefined;
  return book?.[keyOf(chainId, from)];
}

export function rememberSent(home: string, chainId: number, from: Address, record: SentRecord): void {
  const path = join(home, FILE);
  const book = { ...readJsonFile(path), [keyOf(chainId, from)]: record };
  writePrivateFile(path, `${JSON.stringify(book, null, 2)}\n`);
}

function keyOf(chainId: number, from: Address): string {
  return `${chainId}:${from.toLowerCase()}`;
}
