import { type Address, BaseError, type Hex, numberToHex } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { type Domain, examineTransaction } from '../../firmware/lock/examiner.js';
import { compareBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { logsRequest, parseLogs } from '../../firmware/protocol/ethereum-rpc.js';
import { formatHex, parseHex, parseQuantity } from '../../firmware/protocol/hex.js';
import { BLOCK_RANGE_MAX } from '../../firmware/protocol/limits.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import type { RefusalReason } from '../../firmware/protocol/refusal.js';
import type { RegistryEvent } from '../../firmware/protocol/registry-event.js';
import type { SignedEvent } from './access-history.js';
import { explainChainError } from './chain-errors.js';
import type { ChainLink } from './chain-link.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import type { Tool } from './tool.js';

/** What the chain tells of one lock. */
export interface RegistryHistory {
  /** Commands whose signatures hold, in the chain's order. */
  readonly events: readonly SignedEvent[];
  /** Transactions that emitted an event and that a lock would not read. */
  readonly unreadable: readonly { readonly tx: Hex; readonly reason: RefusalReason }[];
}

/** Kinds of event that say who may open; the others move the bolt and no list. */
const ACCESS_TOPICS: readonly string[] = Object.freeze([TOPIC.granted, TOPIC.handedOver]);
const CONCURRENT = 8;

/**
 * Reads every event of a lock and verifies the transactions behind them by the lock's own code. A node can hide
 * events, and block times are its word; it can add nothing.
 * @param kinds - `access`: grants, revocations and handovers alone; `all`: orders too
 * @throws Failure `network`
 */
export async function readHistory(
  { output }: Tool,
  engine: CryptoEngine,
  chain: ChainLink,
  lock: { readonly address: Address; readonly registry: Address; readonly startBlock: number },
  kinds: 'access' | 'all',
): Promise<RegistryHistory> {
  try {
    const found = await readEvents(chain, lock, kinds, (text) => output.progress(text));
    const pointers = distinct(found.filter(({ name, removed }) => isCommand(name) && !removed));
    const domain = domainOf(chain, lock);
    const events: SignedEvent[] = [];
    const unreadable: { tx: Hex; reason: RefusalReason }[] = [];
    for (let i = 0; i < pointers.length; i += CONCURRENT) {
      if (pointers.length > CONCURRENT) output.progress(`checking signatures: ${i} of ${pointers.length}`);
      const part = pointers.slice(i, i + CONCURRENT);
      const shown = await Promise.all(part.map((event) => fetchCommand(chain, event)));
      shown.forEach(({ json, atSeconds }, at) => {
        const hash32 = part[at]?.transactionHash32 ?? new Uint8Array(32);
        const examination = examineTransaction(engine, domain, hash32, json);
        if (examination.ok) events.push({ signed: examination.signed, tx: hash32, atSeconds });
        else unreadable.push({ tx: formatHex(hash32) as Hex, reason: examination.reason });
      });
    }
    return { events, unreadable };
  } catch (error) {
    throw historyFailure(error, chain);
  } finally {
    output.endProgress();
  }
}

/** What is pinned in a lock of that registry. */
export function domainOf(
  { chainId }: Pick<ChainLink, 'chainId'>,
  lock: { readonly address: Address; readonly registry: Address },
): Domain {
  return {
    chainId: BigInt(chainId),
    registry20: parseHex(lock.registry, 20),
    lock20: parseHex(lock.address, 20),
  };
}

/** A transaction as the node shows it; null where it knows none. */
export function fetchTransaction({ reader }: ChainLink, tx: Hex): Promise<unknown> {
  return reader.request({ method: 'eth_getTransactionByHash', params: [tx] });
}

/** Who registered a lock, 20 bytes: a node's word. @throws Failure where the registry told of no such thing */
export async function firstOwner(
  chain: ChainLink,
  lock: { readonly address: Address; readonly registry: Address; readonly startBlock: number },
): Promise<Uint8Array> {
  const [log] = await chain.reader
    .getContractEvents({
      address: lock.registry,
      abi: LOCK_REGISTRY_ABI,
      eventName: 'Registered',
      args: { lockId: BigInt(lock.address) },
      fromBlock: BigInt(lock.startBlock),
    })
    .catch((error: unknown) => {
      throw explainChainError(error, chain.rpcUrl);
    });
  const owner = log?.args.owner;
  if (owner === undefined)
    throw new Failure(EXIT_CODES.failed, 'the node shows no registration of this lock: say another --rpc');
  return parseHex(owner.toLowerCase(), 20);
}

/** The time of a block, Unix seconds. */
export async function blockSeconds({ reader }: ChainLink, block: number): Promise<number> {
  const answer = await reader.request({
    method: 'eth_getBlockByNumber',
    params: [numberToHex(block), false],
  });
  return Number(parseQuantity((answer as { timestamp?: unknown } | null)?.timestamp, 48));
}

async function fetchCommand(chain: ChainLink, { transactionHash32, blockNumber }: RegistryEvent) {
  const [json, atSeconds] = await Promise.all([
    fetchTransaction(chain, formatHex(transactionHash32) as Hex),
    blockSeconds(chain, blockNumber),
  ]);
  return { json, atSeconds };
}

async function readEvents(
  chain: ChainLink,
  { address, registry, startBlock }: { address: Address; registry: Address; startBlock: number },
  kinds: 'access' | 'all',
  progress: (text: string) => void,
): Promise<readonly RegistryEvent[]> {
  const head = Number(await chain.reader.getBlockNumber());
  const events: RegistryEvent[] = [];
  let size = head - startBlock + 1;
  for (let from = startBlock; from <= head; ) {
    const to = Math.min(head, from + size - 1);
    try {
      const { method, params } = logsRequest({
        address: registry,
        topic1: `0x${address.slice(2).padStart(64, '0')}`,
        ...(kinds === 'access' && { topics0: ACCESS_TOPICS }),
        fromBlock: from,
        toBlock: to,
      });
      events.push(...parseLogs(await chain.reader.request({ method, params } as never)));
      from = to + 1;
    } catch (error) {
      // Many nodes answer no range that is wide: from then on, the one that all answer.
      if (!(error instanceof BaseError) || size <= BLOCK_RANGE_MAX) throw error;
      size = BLOCK_RANGE_MAX;
    }
    if (from <= head) progress(`reading events: block ${from} of ${head}`);
  }
  return events;
}

/** One transaction may emit several events: a handover also raises the epoch. */
function distinct(events: readonly RegistryEvent[]): readonly RegistryEvent[] {
  const sorted = [...events].sort(
    (a, b) =>
      a.blockNumber - b.blockNumber ||
      a.transactionIndex - b.transactionIndex ||
      compareBytes(a.transactionHash32, b.transactionHash32),
  );
  const seen = new Set<string>();
  return sorted.filter(({ transactionHash32 }) => {
    const hash = formatHex(transactionHash32);
    if (seen.has(hash)) return false;
    seen.add(hash);
    return true;
  });
}

function isCommand(name: RegistryEvent['name']): boolean {
  return name === 'commanded' || name === 'granted' || name === 'handedOver';
}

function historyFailure(error: unknown, { rpcUrl }: ChainLink): Failure {
  if (error instanceof DecodeError)
    return new Failure(
      EXIT_CODES.network,
      `${new URL(rpcUrl).origin} answers what no log is: say another --rpc`,
    );
  return explainChainError(error, rpcUrl);
}
