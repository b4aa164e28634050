import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Address, bytesToHex, type Hex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

export interface Anvil {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly accounts: readonly { readonly address: Address; readonly privateKey: Hex }[];
  stop(): Promise<void>;
}

export interface AnvilOptions {
  readonly port?: number;
  readonly blockTimeSeconds?: number;
  readonly chainId?: number;
}

const MNEMONIC = 'test test test test test test test test test test test junk';
const START_MS_MAX = 15_000;

/**
 * Starts anvil on a loopback port and waits for its first answer; without a block time each transaction is its own block.
 * @throws Error where the binary is missing or does not answer within 15 s
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { port = await freePort(), chainId = 31_337, blockTimeSeconds } = options;
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--chain-id',
    `${chainId}`,
    '--mnemonic',
    MNEMONIC,
  ];
  // The hard fork that the contracts are compiled for, and that IoTeX runs.
  args.push('--hardfork', 'cancun', '--silent');
  if (blockTimeSeconds !== undefined) args.push('--block-time', `${blockTimeSeconds}`);
  const child = spawn(binary('anvil'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let failure = '';
  child.stderr.on('data', (chunk) => {
    failure += chunk;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure += error.message;
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const rpcUrl = `http://127.0.0.1:${port}`;
  const deadlineMs = Date.now() + START_MS_MAX;
  while (!(await answers(rpcUrl))) {
    if (child.exitCode !== null || failure !== '' || Date.now() > deadlineMs) {
      await stop();
      throw new Error(`anvil did not start: ${failure}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { rpcUrl, chainId, accounts: testAccounts(10), stop };
}

/** The program from npm where this system has one, else the one on PATH. */
export function binary(name: string): string {
  const local = fileURLToPath(new URL(`../../../node_modules/.bin/${name}`, import.meta.url));
  return existsSync(local) ? local : name;
}

function testAccounts(count: number): Anvil['accounts'] {
  return Array.from({ length: count }, (_, addressIndex) => {
    const account = mnemonicToAccount(MNEMONIC, { addressIndex });
    return {
      address: account.address,
      privateKey: bytesToHex(account.getHdKey().privateKey ?? new Uint8Array(0)),
    };
  });
}

async function answers(url: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  try {
    return (await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
