import type { AddressHex, Hash } from './chain-transaction.js';

/** A log as `eth_getLogs` answers it. */
export interface RpcLog {
  readonly address: AddressHex;
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockHash: Hash;
  readonly blockNumber: string;
  readonly blockTimestamp: string;
  readonly transactionHash: Hash;
  readonly transactionIndex: string;
  readonly logIndex: string;
  readonly removed: boolean;
}

/** Which logs: both ends of the range included; hex in lower case. */
export interface LogsFilter {
  /** One of these; any where absent. */
  readonly addresses?: readonly string[];
  /** At each place one of these; anything where null. */
  readonly topics?: readonly (readonly string[] | null)[];
  readonly fromBlock: number;
  readonly toBlock: number;
}

interface Entry {
  readonly block: number;
  readonly log: RpcLog;
}

/** The logs of a chain, found by block and by topic 1, in which the registry has the lock. */
export class LogIndex {
  readonly #all: Entry[] = [];
  readonly #byTopic1 = new Map<string, Entry[]>();

  /** @param block - not below the block of any log before */
  add(block: number, log: RpcLog): void {
    const entry = { block, log };
    this.#all.push(entry);
    const topic1 = log.topics[1];
    if (topic1 === undefined) return;
    const list = this.#byTopic1.get(topic1);
    if (list === undefined) this.#byTopic1.set(topic1, [entry]);
    else list.push(entry);
  }

  /** Forgets the logs of a block and of all above it. */
  cut(block: number): void {
    for (let last = this.#all.at(-1); last !== undefined && last.block >= block; last = this.#all.at(-1)) {
      this.#all.pop();
      const topic1 = last.log.topics[1];
      if (topic1 !== undefined) this.#byTopic1.get(topic1)?.pop();
    }
  }

  find(filter: LogsFilter): readonly RpcLog[] {
    const found: RpcLog[] = [];
    for (const list of this.#lists(filter.topics?.[1] ?? null)) {
      for (let at = firstFrom(list, filter.fromBlock); at < list.length; at++) {
        const { block, log } = list[at] as Entry;
        if (block > filter.toBlock) break;
        if (fits(log, filter)) found.push(log);
      }
    }
    return found;
  }

  #lists(topic1: readonly string[] | null): readonly (readonly Entry[])[] {
    if (topic1 === null) return [this.#all];
    const [only] = topic1;
    // Several lists would have to be merged to keep the chain's order, and nobody asks so all day.
    if (only === undefined || topic1.length > 1) return [this.#all];
    const list = this.#byTopic1.get(only);
    return list === undefined ? [] : [list];
  }
}

/** @returns the first place whose block is not below */
function firstFrom(list: readonly Entry[], block: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Entry).block < block) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fits(log: RpcLog, { addresses, topics = [] }: LogsFilter): boolean {
  if (addresses !== undefined && !addresses.includes(log.address)) return false;
  if (topics.length > log.topics.length) return false;
  return topics.every((wanted, i) => wanted === null || wanted.includes(log.topics[i] as string));
}
