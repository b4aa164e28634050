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
  readonly addresses?: readonly string[] | undefined;
  /** At each place one of these; anything where null. */
  readonly topics?: readonly (readonly string[] | null)[] | undefined;
  readonly fromBlock: number;
  readonly toBlock: number;
}

interface Entry {
  /** Rises along the chain. */
  readonly order: number;
  readonly block: number;
  readonly log: RpcLog;
}

/** The logs of a chain, found by block and by topic 1, in which the registry has the lock. */
export class LogIndex {
  readonly #all: Entry[] = [];
  readonly #byTopic1 = new Map<string, Entry[]>();

  /** @param block - not below the block of any log before */
  add(block: number, log: RpcLog): void {
    const entry = { order: this.#all.length, block, log };
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

  /** @returns them in the chain's order */
  find(filter: LogsFilter): readonly RpcLog[] {
    const found: Entry[] = [];
    const lists = this.#lists(filter.topics?.[1] ?? null);
    for (const list of lists) {
      for (let at = firstFrom(list, filter.fromBlock); at < list.length; at++) {
        const entry = list[at] as Entry;
        if (entry.block > filter.toBlock) break;
        if (fits(entry.log, filter)) found.push(entry);
      }
    }
    if (lists.length > 1) found.sort((a, b) => a.order - b.order);
    return found.map(({ log }) => log);
  }

  #lists(topic1: readonly string[] | null): readonly (readonly Entry[])[] {
    if (topic1 === null) return [this.#all];
    const [only] = topic1;
    if (only !== undefined && topic1.length === 1) {
      const list = this.#byTopic1.get(only);
      return list === undefined ? [] : [list];
    }
    const lists = [...new Set(topic1)].map((topic) => this.#byTopic1.get(topic));
    return lists.filter((list) => list !== undefined);
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
