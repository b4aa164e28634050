import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { asciiBytes, equalBytes } from '../../firmware/protocol/bytes.js';
import { formatHex, formatQuantity, parseHex } from '../../firmware/protocol/hex.js';
import {
  type AddressHex,
  type ChainTransaction,
  chainTransaction,
  decodeRawTransaction,
  type Hash,
  type MinedPlace,
  type RpcTransactionJson,
  transactionToRpc,
} from './chain-transaction.js';
import { LogIndex, type LogsFilter, type RpcLog } from './log-index.js';
import { Mempool, PoolRefusal } from './mempool.js';
import { applyCall, type RegistryErrorName, type RegistryRules } from './registry-model.js';
import { guestTerms, lockState, type StorageUndo, undo, write } from './registry-storage.js';

export interface MemoryChainOptions {
  readonly chainId: number | bigint;
  /** 20-byte address; the contract is there from block 0 on. */
  readonly registry20: Uint8Array;
  /** Of block 0, Unix seconds. */
  readonly startSeconds: number;
  /** A block this often; where absent each `mine` makes one block. */
  readonly blockSeconds?: number;
  /** A guarded one. */
  readonly engine: CryptoEngine;
  /** Transactions that a block has room for; 1,000 where absent. */
  readonly blockTransactionsMax?: number;
  /** Wei a gas; 1 where absent. */
  readonly baseFeePerGas?: bigint;
}

/**
 * What becomes of the transactions in the blocks that a reorganisation takes back: mined again at their heights
 * (`keep`), mined again in the lowest of those in the reverse order of senders (`reorder`), waiting again (`delay`), or
 * forgotten (`drop`).
 */
export type ReorgKind = 'keep' | 'reorder' | 'delay' | 'drop';

/** What became of a transaction; `dropped` is one that was replaced or forgotten. */
export type Fate =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'mined'; readonly block: number }
  | { readonly kind: 'reverted'; readonly block: number; readonly error: RegistryErrorName | '' };

interface Entry {
  readonly sent: ChainTransaction;
  fate: Fate;
  place: MinedPlace | null;
}

/** Of blocks with transactions alone: a year of empty ones costs nothing. */
interface Block {
  readonly number: number;
  readonly entries: Entry[];
  readonly undos: StorageUndo[];
}

const BLOCK_TRANSACTIONS_MAX = 1_000;
const CALLDATA_BYTES_MAX = 65_536;

/**
 * An EVM chain with a LockRegistry and nothing else, in memory: no clock, no randomness, no network, and everybody has
 * coins. What it serves is what a node serves. Gas is not counted.
 */
export class MemoryChain {
  readonly chainId: bigint;
  readonly registry: AddressHex;
  readonly #options: MemoryChainOptions;
  readonly #rules: RegistryRules;
  readonly #storage = new Map<string, bigint>();
  readonly #logs = new LogIndex();
  readonly #pool = new Mempool();
  /** All that was ever submitted. */
  readonly #entries = new Map<Hash, Entry>();
  readonly #nonces = new Map<AddressHex, bigint>();
  readonly #blocks: Block[] = [];
  /** Of blocks without a fixed interval. */
  readonly #timestamps: number[];
  #head = 0;
  #branch = 0;
  #baseFeePerGas: bigint;

  constructor(options: MemoryChainOptions) {
    this.#options = options;
    this.chainId = BigInt(options.chainId);
    this.registry = formatHex(options.registry20) as AddressHex;
    this.#rules = { chainId: this.chainId, registry20: options.registry20, engine: options.engine };
    this.#timestamps = [options.startSeconds];
    this.#baseFeePerGas = options.baseFeePerGas ?? 1n;
  }

  /** Number of the newest block. */
  get head(): number {
    return this.#head;
  }

  /** Transactions that wait. */
  get waiting(): number {
    return this.#pool.size;
  }

  /** The newest block as `eth_blockNumber` answers. */
  blockNumber(): string {
    return formatQuantity(this.#head);
  }

  /** @throws RangeError of a block that is not there */
  timestampOf(block: number): number {
    const { blockSeconds, startSeconds } = this.#options;
    if (block < 0 || block > this.#head) throw new RangeError(`timestampOf: no block ${block}`);
    if (blockSeconds !== undefined) return startSeconds + Math.floor(block * blockSeconds);
    return this.#timestamps[block] as number;
  }

  /**
   * Takes a transaction into the mempool. Mine up to the present first: what is submitted goes into the next block due.
   * @param sent - the bytes that a wallet sends, or what `signTransaction` gave, whose signer is not recovered again
   * @throws PoolRefusal as nodes refuse: wrong chain, nonce too low, replacement underpriced
   * @throws DecodeError where bytes are no transaction
   */
  submit(sent: Uint8Array | ChainTransaction): Hash {
    const { engine } = this.#options;
    const known = sent instanceof Uint8Array ? chainTransaction(engine, decodeRawTransaction(sent)) : sent;
    const { transaction } = known;
    if (transaction.chainId !== this.chainId) throw new PoolRefusal('invalid chain id');
    if (transaction.nonce < this.#minedCount(known.from)) throw new PoolRefusal('nonce too low');
    if (transaction.data.length > CALLDATA_BYTES_MAX) throw new PoolRefusal('oversized data');
    const replaced = this.#pool.add(known);
    if (replaced !== undefined) this.#drop(replaced.hash);
    this.#entries.set(known.hash, { sent: known, fate: { kind: 'waiting' }, place: null });
    return known.hash;
  }

  /** Forgets a waiting transaction, as every node may. @returns whether it was waiting */
  forget(hash: Hash): boolean {
    const entry = this.#entries.get(hash);
    if (entry?.fate.kind !== 'waiting') return false;
    this.#pool.remove(entry.sent);
    this.#drop(hash);
    return true;
  }

  /** Base fee of the blocks to come, wei a gas: what offers less waits. */
  setBaseFee(baseFeePerGas: bigint): void {
    this.#baseFeePerGas = baseFeePerGas;
  }

  /** The nonce that a wallet takes next: after all that is mined or waits in a row. */
  nextNonce(address20: Uint8Array): bigint {
    const from = formatHex(address20) as AddressHex;
    return this.#pool.nextNonce(from, this.#minedCount(from));
  }

  /**
   * Makes the blocks that are due at a time, or one block where no interval is set. What waits goes into the first with
   * room.
   * @throws RangeError where a block without interval would be older than the one before
   */
  mine(unixSeconds: number): void {
    const { blockSeconds, startSeconds } = this.#options;
    if (blockSeconds === undefined) {
      if (unixSeconds < this.timestampOf(this.#head)) throw new RangeError('mine: time goes back');
      this.#timestamps.push(unixSeconds);
      this.#head++;
      this.#fill(this.#takeWaiting());
      return;
    }
    const due = Math.floor((unixSeconds - startSeconds) / blockSeconds);
    while (this.#head < due) {
      const taken = this.#takeWaiting();
      if (taken.length === 0) {
        this.#head = due;
        return;
      }
      this.#head++;
      this.#fill(taken);
    }
  }

  /**
   * Takes the newest blocks back and puts others in their place; their hashes change, their timestamps do not.
   * @param depth - blocks, at most all above block 0
   * @param headDrop - how much lower the chain's height is until the next `mine`, at most `depth`
   * @returns the transactions that were in those blocks
   */
  reorg(depth: number, how: ReorgKind, headDrop = 0): readonly Hash[] {
    if (headDrop > depth) throw new RangeError('reorg: the height drops by more than the depth');
    const newHead = this.#head - headDrop;
    const first = Math.max(1, this.#head - depth + 1);
    const taken = this.#takeBack(first);
    this.#branch++;
    this.#timestamps.length = Math.min(this.#timestamps.length, newHead + 1);
    const sents = taken.flatMap(({ entries }) => entries.map(({ sent }) => sent));
    if (how === 'drop') for (const { hash } of sents) this.#drop(hash);
    else if (how === 'delay' || newHead < first) this.#wait(sents);
    else if (how === 'reorder') this.#fillAt(first, reordered(sents));
    else
      for (const { number, entries } of taken) {
        const again = entries.map(({ sent }) => sent);
        if (number <= newHead) this.#fillAt(number, again);
        else this.#wait(again);
      }
    this.#head = newHead;
    return sents.map(({ hash }) => hash);
  }

  /** Logs as `eth_getLogs` answers, in the chain's order. */
  logs(filter: LogsFilter): readonly RpcLog[] {
    return this.#logs.find(filter);
  }

  /** A transaction as `eth_getTransactionByHash` answers: null where it is unknown, replaced or forgotten. */
  transactionByHash(hash: string): RpcTransactionJson | null {
    return this.fateOf(hash)?.kind === 'dropped' ? null : this.recall(hash);
  }

  /** The same of all that was ever submitted: what somebody kept who listened. */
  recall(hash: string): RpcTransactionJson | null {
    const entry = this.#entries.get(hash as Hash);
    return entry === undefined ? null : transactionToRpc(entry.sent, entry.place, this.#baseFeePerGas);
  }

  /** @returns undefined where it was never submitted */
  fateOf(hash: string): Fate | undefined {
    return this.#entries.get(hash as Hash)?.fate;
  }

  /** `lockState(lockId)` at the newest block. */
  lockState(lockId: bigint): bigint {
    return lockState(this.#storage, lockId);
  }

  /** `guestTerms(lockId, guest)` at the newest block. */
  guestTerms(lockId: bigint, guest: bigint): bigint {
    return guestTerms(this.#storage, lockId, guest);
  }

  #minedCount(from: AddressHex): bigint {
    return this.#nonces.get(from) ?? 0n;
  }

  #drop(hash: Hash): void {
    const entry = this.#entries.get(hash);
    if (entry === undefined) return;
    entry.fate = { kind: 'dropped' };
    entry.place = null;
  }

  #wait(sents: readonly ChainTransaction[]): void {
    for (const sent of sents) {
      this.#pool.add(sent);
      const entry = this.#entryOf(sent);
      entry.fate = { kind: 'waiting' };
      entry.place = null;
    }
  }

  #takeWaiting(): readonly ChainTransaction[] {
    const countMax = this.#options.blockTransactionsMax ?? BLOCK_TRANSACTIONS_MAX;
    return this.#pool.take(this.#baseFeePerGas, countMax, (from) => this.#minedCount(from));
  }

  #fill(sents: readonly ChainTransaction[]): void {
    this.#fillAt(this.#head, sents);
  }

  #fillAt(number: number, sents: readonly ChainTransaction[]): void {
    if (sents.length === 0) return;
    const block: Block = { number, entries: [], undos: [] };
    this.#blocks.push(block);
    const name = `${this.chainId} ${this.registry} ${this.#branch} ${number}`;
    const blockHash = formatHex(this.#options.engine.keccak256(asciiBytes(name))) as Hash;
    const blockTimestamp = this.timestampOf(number);
    const baseFeePerGas = this.#baseFeePerGas;
    let logIndex = 0;
    for (const sent of sents) {
      const transactionIndex = block.entries.length;
      const place = { blockHash, blockNumber: number, blockTimestamp, transactionIndex, baseFeePerGas };
      logIndex += this.#execute(block, sent, place, logIndex);
    }
  }

  /** @returns how many logs the transaction left */
  #execute(block: Block, sent: ChainTransaction, place: MinedPlace, logIndex: number): number {
    const { transaction, from, hash } = sent;
    const entry = this.#entryOf(sent);
    entry.place = place;
    entry.fate = { kind: 'mined', block: block.number };
    block.entries.push(entry);
    this.#nonces.set(from, transaction.nonce + 1n);
    if (!equalBytes(transaction.to, this.#options.registry20)) return 0;
    const outcome = applyCall(
      this.#storage,
      {
        from20: parseHex(from, 20),
        calldata: transaction.data,
        timestamp: place.blockTimestamp,
        value: transaction.value,
      },
      this.#rules,
    );
    if (!outcome.ok) {
      entry.fate = { kind: 'reverted', block: block.number, error: outcome.error };
      return 0;
    }
    block.undos.push(write(this.#storage, outcome.writes));
    outcome.events.forEach(({ topics, data }, i) => {
      this.#logs.add(block.number, {
        address: this.registry,
        topics,
        data,
        blockHash: place.blockHash,
        blockNumber: formatQuantity(block.number),
        blockTimestamp: formatQuantity(place.blockTimestamp),
        transactionHash: hash,
        transactionIndex: formatQuantity(place.transactionIndex),
        logIndex: formatQuantity(logIndex + i),
        removed: false,
      });
    });
    return outcome.events.length;
  }

  /** Undoes the blocks from a height on. @returns them, lowest first */
  #takeBack(first: number): readonly Block[] {
    const taken: Block[] = [];
    for (let block = this.#blocks.at(-1); block !== undefined && block.number >= first; ) {
      this.#blocks.pop();
      for (const undos of block.undos.toReversed()) undo(this.#storage, undos);
      for (const { sent } of block.entries.toReversed()) this.#nonces.set(sent.from, sent.transaction.nonce);
      taken.unshift(block);
      block = this.#blocks.at(-1);
    }
    this.#logs.cut(first);
    return taken;
  }

  #entryOf(sent: ChainTransaction): Entry {
    const known = this.#entries.get(sent.hash);
    if (known !== undefined) return known;
    const entry: Entry = { sent, fate: { kind: 'waiting' }, place: null };
    this.#entries.set(sent.hash, entry);
    return entry;
  }
}

/** The last sender first, each sender's own by nonce. */
function reordered(sents: readonly ChainTransaction[]): readonly ChainTransaction[] {
  const bySender = new Map<AddressHex, ChainTransaction[]>();
  for (const sent of sents.toReversed()) bySender.set(sent.from, [sent, ...(bySender.get(sent.from) ?? [])]);
  return [...bySender.values()].flat();
}
