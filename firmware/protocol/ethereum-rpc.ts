import { formatHex, formatQuantity, parseQuantity } from './hex.js';
import type { RpcRequest } from './json-rpc.js';
import { expectArray } from './json-value.js';
import { BLOCK_NUMBER_BITS_MAX } from './limits.js';
import { type RegistryEvent, registryEventFromLog } from './registry-event.js';

/** Which logs to ask for: any event of one contract about one lock, both ends of the range included. */
export interface LogFilter {
  /** Address of the registry as 0x hex: a lock that polls all day formats it once. */
  readonly address: string;
  /** The lockId, or a tag: 32 bytes as 0x hex. */
  readonly topic1: string;
  /** Kinds of event, as 0x hex; absent means every kind. */
  readonly topics0?: readonly string[];
  readonly fromBlock: number;
  readonly toBlock: number | 'latest';
}

export function blockNumberRequest(): RpcRequest {
  return { method: 'eth_blockNumber', params: [] };
}

/** `latest` is left out: it is what a node takes for an absent `toBlock`, and an idle lock sends this all day. */
export function logsRequest(filter: LogFilter): RpcRequest {
  const range = {
    address: filter.address,
    fromBlock: formatQuantity(filter.fromBlock),
    topics: [filter.topics0 ?? null, filter.topic1],
  };
  if (filter.toBlock === 'latest') return { method: 'eth_getLogs', params: [range] };
  return { method: 'eth_getLogs', params: [{ ...range, toBlock: formatQuantity(filter.toBlock) }] };
}

export function transactionByHashRequest(hash32: Uint8Array): RpcRequest {
  return { method: 'eth_getTransactionByHash', params: [formatHex(hash32)] };
}

/**
 * Parses the answer to `eth_blockNumber`.
 * @throws DecodeError `hex` | `range` past 2^48 - 1
 */
export function parseBlockNumber(result: unknown): number {
  return Number(parseQuantity(result, BLOCK_NUMBER_BITS_MAX));
}

/**
 * Parses the answer to `eth_getLogs`. One malformed log refuses them all: half an answer must not move a cursor.
 * @throws DecodeError `type`, and as `registryEventFromLog`
 */
export function parseLogs(result: unknown): readonly RegistryEvent[] {
  return expectArray(result, 'logs').map(registryEventFromLog);
}
