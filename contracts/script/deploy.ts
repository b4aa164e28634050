import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import {
  type Account,
  type Address,
  BaseError,
  createPublicClient,
  createWalletClient,
  type Hex,
  HttpRequestError,
  http,
  InsufficientFundsError,
  keccak256,
  TimeoutError,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { LOCK_REGISTRY_ABI, LOCK_REGISTRY_BYTECODE } from '../generated/lock-registry.js';

/** Where a registry lives, as a deployment file holds it. */
export interface Deployment {
  readonly contract: 'LockRegistry';
  readonly chainId: number;
  /** In lowercase, as all hex of ours. */
  readonly address: Address;
  /** The block that holds the contract: no event of the registry is older. */
  readonly blockNumber: number;
  readonly transactionHash: Hex;
  /** keccak256 of the code at the address. Chain id and address are baked in, so it differs between deployments. */
  readonly codeHash: Hex;
}

export interface DeployOptions {
  /** HTTP or HTTPS URL of a JSON-RPC node. */
  readonly rpcUrl: string;
  /** A local account (it signs here), with coins for about 2.4 million gas. */
  readonly account: Account;
  /** How often the receipt is asked for, milliseconds. */
  readonly pollIntervalMs?: number;
  /** How long the transaction may take to be mined, milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Deploys a LockRegistry, waits for its receipt and reads its code back.
 * @returns where it is
 * @throws DeployError in one line that says what to do next
 */
export async function deployLockRegistry(options: DeployOptions): Promise<Deployment> {
  const { rpcUrl, account, pollIntervalMs = 500, timeoutMs = 120_000 } = options;
  const transport = http(checkUrl(rpcUrl), { retryCount: 1 });
  const reader = createPublicClient({ transport, pollingInterval: pollIntervalMs });
  const wallet = createWalletClient({ account, transport });
  try {
    const chainId = await reader.getChainId();
    if ((await reader.getBalance({ address: account.address })) === 0n) throw noFunds(account.address);
    const hash = await wallet.deployContract({
      abi: LOCK_REGISTRY_ABI,
      bytecode: LOCK_REGISTRY_BYTECODE,
      chain: null,
    });
    const receipt = await reader.waitForTransactionReceipt({ hash, timeout: timeoutMs });
    const address = receipt.contractAddress;
    if (receipt.status !== 'success' || !address)
      throw new DeployError(`the deployment ${hash} was reverted`);
    const code = await reader.getCode({ address, blockNumber: receipt.blockNumber });
    if (!code) throw new DeployError(`there is no code at ${address}: ask another node before you use it`);
    return {
      contract: 'LockRegistry',
      chainId,
      address: address.toLowerCase() as Address,
      blockNumber: Number(receipt.blockNumber),
      transactionHash: hash,
      codeHash: keccak256(code),
    };
  } catch (error) {
    throw explain(error, rpcUrl, account.address);
  }
}

/**
 * Reads a private key from a file that holds one, 32 bytes in hex, with or without 0x.
 * @throws DeployError that names the file and never its content
 */
export function readKeyFile(path: string): Account {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch {
    throw new DeployError(`cannot read the key file ${path}`);
  }
  if (!/^(0x)?[0-9a-fA-F]{64}$/.test(text))
    throw new DeployError(`${path}: expected one private key of 64 hex digits`);
  try {
    return privateKeyToAccount(text.startsWith('0x') ? (text as Hex) : `0x${text}`);
  } catch {
    throw new DeployError(`${path}: the number is no secp256k1 private key`);
  }
}

/** A deployment failed; the message is one line for a person. */
export class DeployError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeployError';
  }
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new DeployError(`expected an http or https URL of a JSON-RPC node, found "${text}"`);
  }
  return text;
}

function noFunds(address: Address): DeployError {
  return new DeployError(`${address} has no funds for the deployment: send it coins of this chain`);
}

function explain(error: unknown, rpcUrl: string, address: Address): Error {
  if (error instanceof DeployError || !(error instanceof BaseError)) return error as Error;
  // The path of a node's URL is often its password.
  const { origin } = new URL(rpcUrl);
  const is = (kind: new (...args: never[]) => Error): boolean =>
    error.walk((cause) => cause instanceof kind) !== null;
  if (is(InsufficientFundsError)) return noFunds(address);
  if (is(TimeoutError) || error.name.includes('Timeout'))
    return new DeployError(`${origin} did not answer in time`);
  if (is(HttpRequestError)) return new DeployError(`no JSON-RPC node answers at ${origin}`);
  return new DeployError(`${origin}: ${error.shortMessage.replaceAll(/\s+/g, ' ')}`);
}

async function main(): Promise<void> {
  const program = new Command('deploy')
    .description('Deploys a LockRegistry and writes where it is.')
    .requiredOption('--rpc <url>', 'JSON-RPC node')
    .requiredOption('--key-file <file>', 'file with one hex private key, which pays')
    .option('--out <file>', 'deployment file to write')
    .option('--json', 'print the deployment as one line of JSON')
    .parse();
  const options = program.opts<{ rpc: string; keyFile: string; out?: string; json?: boolean }>();
  try {
    const account = readKeyFile(options.keyFile);
    process.stderr.write(`deploy: sending from ${account.address}, waiting for the receipt\n`);
    const deployment = await deployLockRegistry({ rpcUrl: options.rpc, account });
    if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(deployment, null, 2)}\n`);
    process.stdout.write(
      options.json
        ? `${JSON.stringify(deployment)}\n`
        : `LockRegistry ${deployment.address} on chain ${deployment.chainId}, block ${deployment.blockNumber}\n`,
    );
  } catch (error) {
    process.stderr.write(`deploy: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** True where Node was started with this file: importers get the functions alone. */
function isProgram(): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url);
}

if (isProgram()) await main();
