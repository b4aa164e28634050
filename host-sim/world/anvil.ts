import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Address, type Hex, toHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { EXIT_CODES, Failure } from '../../tools/latchkey/owner/failure.js';

export interface AnvilOptions {
  /** A free one where absent. */
  readonly port?: number;
  /** One block this often, seconds; absent or 0 mines each transaction at once. */
  readonly blockTimeSeconds?: number;
  readonly chainId?: number;
  /** How many accounts are funded. */
  readonly accounts?: number;
}

export interface AnvilAccount {
  readonly address: Address;
  readonly privateKey: Hex;
}

export interface Anvil {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Keys that the whole world knows: for throw-away chains alone. */
  readonly accounts: readonly AnvilAccount[];
  stop(): Promise<void>;
}

const MNEMONIC = 'test test test test test test test test test test test junk';
const START_MS_MAX = 20_000;

/**
 * Starts a throw-away EVM node on loopback; it ends with `stop`, and with this process.
 * @throws Failure where there is no anvil, the port is taken or the node does not answer
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const binary = findAnvil();
  const port = options.port ?? (await freePort());
  if (options.port !== undefined && !(await isFree(port))) {
    throw new Failure(
      EXIT_CODES.network,
      `port ${port} is taken: choose another with --port, or leave --port out`,
    );
  }
  const chainId = options.chainId ?? 31_337;
  const count = options.accounts ?? 10;
  const words = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(chainId)];
  words.push('--accounts', String(count), '--mnemonic', MNEMONIC, '--silent');
  if (options.blockTimeSeconds) words.push('--block-time', String(options.blockTimeSeconds));
  const child = spawn(binary, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = endWithUs(child);
  let complaint = '';
  child.stderr?.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-2_000);
  });
  child.on('error', (error) => {
    complaint = error.message;
  });
  const rpcUrl = `http://127.0.0.1:${port}`;
  try {
    await answers(rpcUrl, chainId, child);
  } catch {
    await stop();
    const why = complaint.trim().split('\n').pop() || 'it does not answer';
    throw new Failure(
      EXIT_CODES.network,
      `anvil did not start (${why}): try \`${binary} --port ${port}\` by hand`,
    );
  }
  const accounts = Array.from({ length: count }, (_, addressIndex) => {
    const account = mnemonicToAccount(MNEMONIC, { addressIndex });
    return { address: account.address, privateKey: toHex(account.getHdKey().privateKey ?? new Uint8Array()) };
  });
  return { rpcUrl, chainId, accounts, stop };
}

/** The binary from npm beside this package first, then one on PATH. */
function findAnvil(): string {
  const name = process.platform === 'win32' ? 'anvil.exe' : 'anvil';
  for (
    let folder = dirname(fileURLToPath(import.meta.url));
    folder !== dirname(folder);
    folder = dirname(folder)
  ) {
    const candidate = join(folder, 'node_modules', '.bin', name);
    if (existsSync(candidate)) return candidate;
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder && existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Failure(
    EXIT_CODES.network,
    'anvil was not found: install Foundry (https://getfoundry.sh), or use a running node with --rpc URL --key-file FILE',
  );
}

/** @returns a function that ends the child; the end of this process does so too */
function endWithUs(child: ChildProcess): () => Promise<void> {
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  };
  const onSignal = (signal: NodeJS.Signals) => {
    kill();
    // Where nobody else listens, the signal would have ended this process: let it.
    if (process.listenerCount(signal) <= 1) process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('exit', kill);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  void gone.then(() => {
    process.off('exit', kill);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  });
  return async () => {
    kill();
    const slow = setTimeout(() => child.kill('SIGKILL'), 3_000);
    await gone;
    clearTimeout(slow);
  };
}

async function answers(rpcUrl: string, chainId: number, child: ChildProcess): Promise<void> {
  const untilMs = Date.now() + START_MS_MAX;
  while (Date.now() < untilMs) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error('gone');
    try {
      const response = await fetch(rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
        signal: AbortSignal.timeout(1_000),
      });
      const answer = (await response.json()) as { result?: unknown };
      if (answer.result === toHex(chainId)) return;
      throw new Error(`another node answers at ${rpcUrl}`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  throw new Error('timeout');
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
