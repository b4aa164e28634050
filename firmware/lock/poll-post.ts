import { logsRequest } from '../protocol/ethereum-rpc.js';
import { encodeRpcBatch, encodeRpcCall, type RpcRequest } from '../protocol/json-rpc.js';
import { HTTP_BODY_BYTES_MAX, HTTP_TIMEOUT_MS } from '../protocol/limits.js';
import { TOPIC } from '../protocol/lock-registry.js';
import type { BlockRange } from './endpoint.js';
import type { Output } from './ports.js';

/** Each exchange is a connection's question and answer, so its calls are numbered from 1: short, and the same length. */
export const RPC_ID = 1;

/** Events that only the owner can cause: a guest's flood cannot hide them. */
const OWNERS_TOPICS = Object.freeze([TOPIC.granted, TOPIC.handedOver]);

/** The call for this lock's events in a range. @param registry - as 0x hex @param topic1 - the lockId, 32 bytes as 0x hex */
export function logsOf(registry: string, topic1: string, range: BlockRange): RpcRequest {
  return logsRequest({
    address: registry,
    topic1,
    fromBlock: range.from,
    toBlock: range.to ?? 'latest',
    ...(range.ownersOnly ? { topics0: OWNERS_TOPICS } : {}),
  });
}

/** The exchange that asks a node for these calls: one, or a batch of several. */
export function postOf(
  id: number,
  url: string,
  requests: readonly RpcRequest[],
): Extract<Output, { kind: 'http-post' }> {
  const [only] = requests;
  const body =
    requests.length === 1 && only !== undefined
      ? encodeRpcCall(RPC_ID, only)
      : encodeRpcBatch(RPC_ID, requests);
  return {
    kind: 'http-post',
    id,
    url,
    body,
    contentType: 'application/json',
    timeoutMs: HTTP_TIMEOUT_MS,
    bodyBytesMax: HTTP_BODY_BYTES_MAX,
  };
}
