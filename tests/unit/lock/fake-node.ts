import type { HttpFailure, Input, Output } from '../../../firmware/lock/ports.js';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { type Mined, REGISTRY } from './signer.js';

export type Post = Extract<Output, { kind: 'http-post' }>;

/** A lying node: its result for a call, or undefined for the honest one. */
export type Lie = (method: string, params: readonly unknown[], url: string) => unknown;

/** What a node does instead of answering. */
export type NodeFault =
  | { readonly status: number; readonly body: string }
  | { readonly failure: HttpFailure }
  | 'hangs';

/** What a node knows: the chain's head, and what was mined for one lock. */
export interface Ledger {
  readonly head: number;
  readonly chain: readonly Mined[];
  readonly lock: Uint8Array;
}

interface LogsParams {
  readonly fromBlock: string;
  readonly toBlock?: string;
  readonly topics: readonly [readonly string[] | null, string];
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** How an exchange with a node ends; undefined where it never does. */
export function exchange(
  ledger: Ledger,
  post: Post,
  fault: NodeFault | undefined,
  lie: Lie | undefined,
): Input | undefined {
  const { id } = post;
  if (fault === 'hangs') return undefined;
  if (fault !== undefined && 'failure' in fault) return { kind: 'http-failed', id, reason: fault.failure };
  const status = fault?.status ?? 200;
  const body = new TextEncoder().encode(fault?.body ?? answerPost(ledger, post, lie));
  return body.length > post.bodyBytesMax
    ? { kind: 'http-failed', id, reason: 'too-large' }
    : { kind: 'http-done', id, status, body };
}

/** The body that a node answers to a call or a batch. */
export function answerPost(ledger: Ledger, { body, url }: Post, lie: Lie | undefined): string {
  const request = JSON.parse(new TextDecoder().decode(body)) as Call | readonly Call[];
  const one = ({ id, method, params }: Call) => {
    const told = lie?.(method, params, url);
    const result = told === undefined ? honestAnswer(ledger, method, params) : told;
    return { jsonrpc: '2.0', id, result };
  };
  return JSON.stringify(Array.isArray(request) ? request.map(one) : one(request as Call));
}

/** What an honest node answers to the calls that a lock makes. */
function honestAnswer({ head, chain, lock }: Ledger, method: string, params: readonly unknown[]): unknown {
  if (method === 'eth_blockNumber') return formatQuantity(head);
  if (method === 'eth_getTransactionByHash') {
    return chain.find(({ hash }) => formatHex(hash) === params[0])?.json ?? null;
  }
  const { fromBlock, toBlock, topics } = params[0] as LogsParams;
  const to = toBlock === undefined || toBlock === 'latest' ? head : Number(toBlock);
  return chain
    .filter(({ block, topic, tag32 }) => {
      if (block < Number(fromBlock) || block > to) return false;
      if (formatHex(tag32 ?? concatBytes(new Uint8Array(12), lock)) !== topics[1]) return false;
      return topics[0] === null || topics[0].includes(topic);
    })
    .map((mined) => logOf(mined, lock));
}

/** The event log of a mined call, as a node shows it. */
export function logOf({ hash, block, topic, tag32 }: Mined, lock: Uint8Array): Record<string, unknown> {
  const words = topic === TOPIC.commanded ? 1 : 2;
  return {
    address: formatHex(REGISTRY),
    topics: [topic, formatHex(tag32 ?? concatBytes(new Uint8Array(12), lock))],
    data: formatHex(new Uint8Array(32 * words)),
    blockHash: formatHex(new Uint8Array(32)),
    blockNumber: formatQuantity(block),
    transactionHash: formatHex(hash),
    transactionIndex: '0x0',
    logIndex: '0x0',
    removed: false,
  };
}
