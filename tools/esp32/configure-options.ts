import { readFileSync } from 'node:fs';
import { IoError } from '../../firmware/protocol/errors.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import type { LockSettings } from '../../firmware/protocol/pairing.js';

/** What the command line says of a lock to configure; all text. */
export interface ConfigureFlags {
  readonly secretFile?: string;
  readonly owner?: string;
  readonly deployment?: string;
  readonly rpc?: string;
  readonly wifi?: string;
  readonly wifiPasswordFile?: string;
  readonly reportUrl?: string;
}

/** @returns what the flags mean @throws IoError with the name of the flag that is missing or wrong */
export function parseConfigureFlags(flags: ConfigureFlags): {
  readonly secret16: Uint8Array;
  readonly owner20: Uint8Array;
  readonly settings: LockSettings;
} {
  const { chainId, address, blockNumber } = readDeployment(required(flags.deployment, '--deployment FILE'));
  const texts = new Map<string, string>();
  if (flags.wifi !== undefined) texts.set('wifi-ssid', flags.wifi);
  // A password on the command line would stand in everybody's list of processes.
  if (flags.wifiPasswordFile !== undefined) texts.set('wifi-password', readLine(flags.wifiPasswordFile));
  if (flags.reportUrl !== undefined) texts.set('report-url', flags.reportUrl);
  return {
    secret16: bytesOf(readLine(required(flags.secretFile, '--secret-file FILE')), 16, 'the pairing secret'),
    owner20: bytesOf(required(flags.owner, '--owner ADDRESS'), 20, '--owner'),
    settings: {
      chainId: BigInt(chainId),
      registry: bytesOf(address, 20, 'the address in the deployment file'),
      startBlock: blockNumber,
      endpoints: required(flags.rpc, '--rpc URL[,URL…]').split(','),
      texts,
    },
  };
}

function readDeployment(path: string): { chainId: number; address: string; blockNumber: number } {
  const { chainId, address, blockNumber } = JSON.parse(readLine(path, true)) as Readonly<
    Record<string, unknown>
  >;
  if (typeof chainId !== 'number' || typeof address !== 'string' || typeof blockNumber !== 'number') {
    throw new IoError(`${path} is no deployment file: npm run deploy -- --out FILE writes one`);
  }
  return { chainId, address, blockNumber };
}

function readLine(path: string, whole = false): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new IoError(`cannot read ${path}`);
  }
  return whole ? text : (text.split('\n')[0] ?? '').replace(/\r$/, '');
}

function required(value: string | undefined, flag: string): string {
  if (value === undefined) throw new IoError(`say ${flag}`);
  return value;
}

function bytesOf(text: string, count: number, what: string): Uint8Array {
  try {
    const bytes = parseHex(text.toLowerCase());
    if (bytes.length === count) return bytes;
  } catch {
    // One message for all that is wrong with it.
  }
  throw new IoError(`expected ${count} bytes in 0x hex for ${what}`);
}
