import { hexToBytes, type TransactionReceipt } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { formatHex, formatQuantity } from '../../firmware/protocol/hex.js';
import { type Anvil, startAnvil } from '../../host-sim/world/anvil.js';
import { floorGas, type Gas, intrinsicGas, iotexGas } from './gas-schedule.js';
import { askNode } from './node-rpc.js';

/** A second far ahead of any clock and always the same, because a zero byte in a word costs less than others. */
const FIRST_SECOND = 0xee_6b_28_11;
/** A fixed limit: an estimate would run at another second. */
const GAS_LIMIT = 5_000_000n;
const FEE_WEI = 10n ** 11n;
const RECEIPT_MS_MAX = 10_000;

/** A chain on which each transaction is a block of its own, one second after the one before. */
export class GasChain {
  readonly anvil: Anvil;
  /** The second of the newest block that was sent here. */
  now = FIRST_SECOND;
  readonly #nonces = new Map<string, number>();

  constructor(anvil: Anvil) {
    this.anvil = anvil;
  }

  static async start(): Promise<GasChain> {
    return new GasChain(await startAnvil());
  }

  /** One of the funded accounts. */
  person(index: number): PrivateKeyAccount {
    const account = this.anvil.accounts[index];
    if (!account) throw new Error(`anvil has no account ${index}`);
    return privateKeyToAccount(account.privateKey);
  }

  /** What the node says of itself: its rules set the price. */
  async hardFork(): Promise<string> {
    const info = (await askNode(this.anvil.rpcUrl, 'anvil_nodeInfo', [])) as { hardFork?: unknown };
    return String(info.hardFork);
  }

  /** Sends a transaction that must succeed; without `to` it deploys. @returns the receipt */
  async send(
    from: PrivateKeyAccount,
    to: Uint8Array | undefined,
    data: Uint8Array,
  ): Promise<TransactionReceipt> {
    this.now++;
    const rpc = (method: string, params: readonly unknown[]) => askNode(this.anvil.rpcUrl, method, params);
    await rpc('evm_setNextBlockTimestamp', [this.now]);
    const nonce = this.#nonces.get(from.address) ?? (await this.#nonceOf(from));
    this.#nonces.set(from.address, nonce + 1);
    const signed = await from.signTransaction({
      type: 'eip1559',
      chainId: this.anvil.chainId,
      nonce,
      gas: GAS_LIMIT,
      maxFeePerGas: FEE_WEI,
      maxPriorityFeePerGas: 0n,
      data: formatHex(data) as `0x${string}`,
      ...(to && { to: formatHex(to) as `0x${string}` }),
    });
    const hash = await rpc('eth_sendRawTransaction', [signed]);
    const untilMs = Date.now() + RECEIPT_MS_MAX;
    while (Date.now() < untilMs) {
      const receipt = (await rpc('eth_getTransactionReceipt', [hash])) as TransactionReceipt | null;
      if (!receipt) continue;
      if (Number(receipt.status) !== 1) throw new Error(`${String(hash)} was reverted`);
      return receipt;
    }
    throw new Error(`${String(hash)} has no receipt`);
  }

  /** Sends a call and prices it on both schedules. */
  async price(from: PrivateKeyAccount, to: Uint8Array, data: Uint8Array): Promise<Gas> {
    const receipt = await this.send(from, to, data);
    const ethereum = Number(receipt.gasUsed);
    // Where the floor binds, the receipt does not tell what ran.
    const execution =
      ethereum > floorGas(data) ? ethereum - intrinsicGas(data) : await this.#tracedExecution(receipt, data);
    return { ethereum, iotex: iotexGas(data, execution) };
  }

  /** Gas from the first instruction to the last, run again on the block before: the node keeps no traces. */
  async #tracedExecution({ from, to, blockNumber }: TransactionReceipt, data: Uint8Array): Promise<number> {
    const call = { from, to, data: formatHex(data), gas: formatQuantity(GAS_LIMIT) };
    const before = formatQuantity(BigInt(blockNumber) - 1n);
    const trace = (await askNode(this.anvil.rpcUrl, 'debug_traceCall', [call, before, {}])) as {
      readonly structLogs: readonly { readonly gas: number; readonly gasCost: number }[];
    };
    const [first] = trace.structLogs;
    const last = trace.structLogs.at(-1);
    if (!first || !last) throw new Error(`the node cannot trace a call to ${to}`);
    return first.gas - (last.gas - last.gasCost);
  }

  async #nonceOf(from: PrivateKeyAccount): Promise<number> {
    return Number(await askNode(this.anvil.rpcUrl, 'eth_getTransactionCount', [from.address, 'latest']));
  }
}

/** The contract that a receipt says was deployed, 20 bytes. */
export function deployedAt(receipt: TransactionReceipt): Uint8Array {
  if (!receipt.contractAddress) throw new Error('the receipt names no contract');
  return hexToBytes(receipt.contractAddress);
}
