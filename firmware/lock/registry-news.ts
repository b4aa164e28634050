import { DecodeError } from '../protocol/errors.js';
import { parseLogs } from '../protocol/ethereum-rpc.js';
import { formatHex } from '../protocol/hex.js';
import type { RegistryEvent } from '../protocol/registry-event.js';

/** Events whose transactions can carry a command or, under a tag, a veto. */
const COMMANDING: readonly RegistryEvent['name'][] = Object.freeze([
  'commanded',
  'granted',
  'handedOver',
  'posted',
]);

/**
 * What is new among a node's logs: one event for each transaction that can carry a command, in the chain's order.
 * @param result - untrusted
 * @param fromBlock - the first block that was asked for
 * @throws DecodeError `malformed` and others on what is no list of logs, `range` on an event of an earlier block
 */
export function readNews(
  result: unknown,
  fromBlock: number,
  isNews: (hash: string, hash32: Uint8Array) => boolean,
): readonly RegistryEvent[] {
  const news = new Map<string, RegistryEvent>();
  for (const event of parseLogs(result)) {
    if (event.removed || !COMMANDING.includes(event.name)) continue;
    if (event.blockNumber < fromBlock) throw new DecodeError('range', 'an event outside the range');
    const hash = formatHex(event.transactionHash32);
    if (!isNews(hash, event.transactionHash32)) continue;
    const other = news.get(hash);
    if (other === undefined || compareEvents(event, other) < 0) news.set(hash, event);
  }
  return [...news.values()].sort(compareEvents);
}

function compareEvents(a: RegistryEvent, b: RegistryEvent): number {
  return a.blockNumber - b.blockNumber || a.transactionIndex - b.transactionIndex || a.logIndex - b.logIndex;
}
