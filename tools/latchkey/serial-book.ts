import { join } from 'node:path';
import type { Address } from 'viem';
import { readJsonFile, writePrivateFile } from './files.js';

const FILE = 'serials.json';

interface SerialKey {
  readonly chainId: number;
  readonly lock: Address;
  readonly guest: Address;
}

/**
 * The next serial of a guest: the time, or one more than any that was signed before, also where no block holds it.
 * @param onChain - the guest's last serial by the chain, 0 for none
 */
export function nextSerial(home: string, key: SerialKey, onChain: number, nowSeconds: number): number {
  const noted = readJsonFile(join(home, FILE))?.[textOf(key)];
  const last = Math.max(onChain, typeof noted === 'number' ? noted : 0);
  return Math.max(nowSeconds, last + 1);
}

/** Notes a serial before it is sent: what is signed stays signed. */
export function noteSerial(home: string, key: SerialKey, serial: number): void {
  const path = join(home, FILE);
  writePrivateFile(path, `${JSON.stringify({ ...readJsonFile(path), [textOf(key)]: serial }, null, 2)}\n`);
}

function textOf({ chainId, lock, guest }: SerialKey): string {
  return `${chainId}:${lock}:${guest}`;
}
