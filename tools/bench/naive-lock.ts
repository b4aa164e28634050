import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import {
  type Address,
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  type LocalAccount,
  parseAbi,
} from 'viem';
import { parseHex } from '../../firmware/protocol/hex.js';

export const NAIVE_ABI = parseAbi([
  'function setLocked(bool locked)',
  'function isLocked() view returns (bool)',
]);

const FILE = 'NaiveLock.sol';
const CONTRACT = 'NaiveLock';
const TOGGLE_MS_MAX = 30_000;

/** Compiles the naive lock with solc-js. @returns its creation code */
export function compileNaiveLock(): Uint8Array {
  const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };
  // Two folders up out of dist, then where the source lies.
  const path = fileURLToPath(new URL(`../../../tools/bench/${FILE}`, import.meta.url));
  const input = {
    language: 'Solidity',
    sources: { [FILE]: { content: readFileSync(path, 'utf8') } },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 1_000_000 },
      outputSelection: { [FILE]: { [CONTRACT]: ['evm.bytecode.object'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const code = output.contracts?.[FILE]?.[CONTRACT]?.evm.bytecode.object;
  if (!code) throw new Error(output.errors?.[0]?.formattedMessage ?? `solc answered no ${CONTRACT}`);
  return parseHex(`0x${code}`);
}

interface SolcOutput {
  readonly errors?: readonly { readonly formattedMessage: string }[];
  readonly contracts?: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly evm: { readonly bytecode: { readonly object: string } } }>>
    >
  >;
}

/** When a naive toggle was sent, and when the device read the change: it would drive its relay at once. */
export interface NaiveToggle {
  readonly hash: Hex;
  readonly sentUnixMs: number;
  readonly seenUnixMs: number;
}

export interface NaiveLockOptions {
  /** What the owner's wallet asks. */
  readonly rpcUrl: string;
  /** What the device asks. */
  readonly deviceRpcUrl: string;
  readonly account: LocalAccount;
  readonly code: Uint8Array;
  readonly pollMs: number;
}

/** The naive device and its owner: the device believes what `readContract` tells it. */
export class NaiveLock {
  readonly #options: NaiveLockOptions;
  readonly #reader;
  readonly #wallet;
  readonly #device;
  #address: Address | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isLocked = true;
  #onRead: () => void = () => {};

  constructor(options: NaiveLockOptions) {
    this.#options = options;
    const { rpcUrl, deviceRpcUrl, account } = options;
    this.#reader = createPublicClient({ transport: http(rpcUrl), pollingInterval: 50, cacheTime: 0 });
    this.#wallet = createWalletClient({ account, transport: http(rpcUrl) });
    this.#device = createPublicClient({ transport: http(deviceRpcUrl, { retryCount: 0 }) });
  }

  /** Deploys the contract and starts to poll. */
  async start(): Promise<void> {
    const { code } = this.#options;
    const bytecode: Hex = `0x${Buffer.from(code).toString('hex')}`;
    const hash = await this.#wallet.deployContract({ abi: NAIVE_ABI, bytecode, chain: null });
    const receipt = await this.#reader.waitForTransactionReceipt({ hash });
    if (!receipt.contractAddress) throw new Error('the naive lock was not deployed');
    this.#address = receipt.contractAddress;
    void this.#poll();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** @throws Error where the device does not read the change in time */
  async toggle(): Promise<NaiveToggle> {
    const { account } = this.#options;
    const locked = !this.#isLocked;
    const data = encodeFunctionData({ abi: NAIVE_ABI, functionName: 'setLocked', args: [locked] });
    const chainId = await this.#reader.getChainId();
    const call = { account, to: this.#address as Address, data, chain: null, chainId };
    const request = await this.#wallet.prepareTransactionRequest(call);
    const serializedTransaction = await account.signTransaction({ ...request, chainId } as never);
    const seen = this.#untilRead(locked);
    const sentUnixMs = Date.now();
    const hash = await this.#reader.sendRawTransaction({ serializedTransaction });
    return { hash, sentUnixMs, seenUnixMs: await seen };
  }

  #untilRead(locked: boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error('the naive lock did not see its change')),
        TOGGLE_MS_MAX,
      );
      this.#onRead = () => {
        if (this.#isLocked !== locked) return;
        this.#onRead = () => {};
        clearTimeout(late);
        resolve(Date.now());
      };
    });
  }

  async #poll(): Promise<void> {
    const startedMs = performance.now();
    try {
      const call = { address: this.#address as Address, abi: NAIVE_ABI, functionName: 'isLocked' } as const;
      this.#isLocked = await this.#device.readContract(call);
      this.#onRead();
    } catch {
      // As in the tutorial: the next poll will do.
    }
    if (this.#isStopped) return;
    const restMs = Math.max(0, this.#options.pollMs - (performance.now() - startedMs));
    this.#timer = setTimeout(() => void this.#poll(), restMs);
  }
}
