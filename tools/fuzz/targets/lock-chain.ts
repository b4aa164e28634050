import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { REGISTRY, type ShownTransaction } from './people.js';
import { jsonBytes } from './seed-bytes.js';

interface Mined extends ShownTransaction {
  readonly block: number;
  readonly topic: string;
  readonly topic1: Uint8Array;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

interface LogsParams {
  readonly fromBlock: string;
  readonly toBlock?: string;
  readonly topics: readonly [readonly string[] | null, string];
}

/** A chain with one registry, and a node that answers truly. */
export class LockChain {
  readonly #mined: Mined[] = [];
  head = 10;

  /** Puts a transaction into a block of its own. @param topic1 - 32 bytes: the lockId or a tag */
  mine(shown: ShownTransaction, topic: string, topic1: Uint8Array): void {
    this.head++;
    this.#mined.push({ ...shown, block: this.head, topic, topic1 });
  }

  has(hash32: Uint8Array): boolean {
    return this.#mined.some((mined) => formatHex(mined.hash32) === formatHex(hash32));
  }

  /** The body that an honest node answers. */
  answer(body: Uint8Array): Uint8Array {
    const request = JSON.parse(new TextDecoder().decode(body)) as Call | readonly Call[];
    const one = ({ id, method, params }: Call) => ({
      jsonrpc: '2.0',
      id,
      result: this.#result(method, params),
    });
    return jsonBytes(Array.isArray(request) ? (request as readonly Call[]).map(one) : one(request as Call));
  }

  #result(method: string, params: readonly unknown[]): unknown {
    if (method === 'eth_blockNumber') return formatQuantity(this.head);
    if (method === 'eth_getTransactionByHash') {
      return this.#mined.find(({ hash32 }) => formatHex(hash32) === params[0])?.json ?? null;
    }
    const { fromBlock, toBlock = 'latest', topics } = params[0] as LogsParams;
    const to = toBlock === 'latest' ? this.head : Number(toBlock);
    return this.#mined
      .filter(({ block, topic, topic1 }) => {
        if (block < Number(fromBlock) || block > to || formatHex(topic1) !== topics[1]) return false;
        return topics[0] === null || topics[0].includes(topic);
      })
      .map(logOf);
  }
}

function logOf({ hash32, block, topic, topic1 }: Mined): Record<string, unknown> {
  return {
    address: formatHex(REGISTRY),
    topics: [topic, formatHex(topic1)],
    data: formatHex(new Uint8Array(topic === TOPIC.commanded ? 32 : 64)),
    blockNumber: formatQuantity(block),
    transactionHash: formatHex(hash32),
    transactionIndex: '0x0',
    logIndex: '0x0',
    removed: false,
  };
}

/** The lockId as a topic. @param lock20 - its address */
export function lockTopic(lock20: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array(12), lock20);
}
