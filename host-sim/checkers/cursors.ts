import { BLOCK_RANGE_MAX, HEAD_WINDOW_BLOCKS, REORG_BLOCKS } from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';
import { type AnsweredCall, RpcExchanges } from './rpc-exchange.js';

const QUANTITY = /^0x(?:0|[1-9a-f][0-9a-f]{0,11})$/;

interface Read {
  /** The block up to which this endpoint has answered for all, without a gap. */
  block: number;
  /** The same since it was asked from far back again. */
  againTo: number;
  /** Where the range before began: its answer moves no cursor while a transaction of it is still to be fetched. */
  askedFrom: number;
}

/**
 * Each endpoint is asked for its events from no later block on than the one after those for which it has answered
 * itself; but for the newest blocks, which may be read before a backlog.
 */
export function cursors(scene: Scene, fail: (found: string) => void): Checker {
  const exchanges = new RpcExchanges();
  /** By URL and topic 1. */
  const reads = new Map<string, Read>();
  const heads = new Map<string, number>();
  /** Whether the lock has said in this boot that it has a clock. */
  let hasTime = false;
  const beginAnew = () => {
    for (const read of reads.values()) read.againTo = -Infinity;
  };
  /** An endpoint far below where it was is another chain, once it says so again and again: all is read anew. */
  const fellTo = (url: string, head: number) => {
    for (const [key, read] of reads)
      if (key.startsWith(`${url} `) && head < read.block - REORG_BLOCKS) read.againTo = -Infinity;
  };
  return {
    says: 'A cursor moves only over blocks for which its own endpoint has answered.',
    boot() {
      exchanges.boot();
      hasTime = false;
      // What flash says of a cursor may be old, and the newest blocks are read first then.
      beginAnew();
    },
    report({ report: { seq, issuedAtSeconds } }) {
      if (issuedAtSeconds === undefined || hasTime || scene.witness.madeOf(seq)?.boot !== scene.boot) return;
      hasTime = true;
      beginAnew();
    },
    output(output) {
      // Endpoints that are told anew are read from where the slowest of them was.
      if (scene.witness.ownership.isConfigured) beginAnew();
      const asked = exchanges.ask(output);
      for (const call of asked?.calls ?? []) {
        const range = rangeOf(call);
        if (asked === undefined || range === undefined) continue;
        const key = `${asked.url} ${range.topic1}`;
        const read = reads.get(key);
        const head = heads.get(asked.url) ?? 0;
        const isPreview = isPreviewSize(head - range.from + 1);
        // A look at the newest blocks says nothing of where the rest will begin.
        const againTo = isPreview ? -Infinity : range.from - 1;
        if (read === undefined) reads.set(key, { block: range.from - 1, againTo, askedFrom: range.from });
        else if (!range.isOwnersOnly) {
          // After a boot, or on another chain, the lock may begin far back, and has a backlog from there.
          const isFarBack = range.from < Math.min(read.againTo, head) + 1 - REORG_BLOCKS;
          const isFirst = read.againTo === -Infinity && range.from <= read.block + 1 && !isPreview;
          if (isFarBack || isFirst) read.againTo = range.from - 1;
          const mayBeAt = Math.min(read.againTo, read.askedFrom - 1);
          const isBacklog = head - mayBeAt > BLOCK_RANGE_MAX + HEAD_WINDOW_BLOCKS;
          const isKnown = range.from <= read.block + 1;
          if (isKnown) read.askedFrom = range.from;
          if (isKnown || isBacklog) continue;
          fail(`${asked.url} is asked from block ${range.from} on, and has answered up to ${read.block}`);
        }
      }
    },
    input(input) {
      // What was refused for want of a clock is judged again, however far back it lies.
      if (input.kind === 'clock' && !hasTime) beginAnew();
      const exchange = exchanges.answer(input);
      for (const call of exchange?.calls ?? []) {
        const url = exchange?.url ?? '';
        if (call.method === 'eth_blockNumber' && QUANTITY.test(String(call.result))) {
          const head = Number(call.result);
          if (head < (heads.get(url) ?? 0)) fellTo(url, head);
          heads.set(url, head);
        }
        const range = rangeOf(call);
        const read = range === undefined ? undefined : reads.get(`${url} ${range.topic1}`);
        if (range === undefined || read === undefined) continue;
        const reached = Math.min(heads.get(url) ?? 0, range.to ?? range.from + BLOCK_RANGE_MAX - 1);
        // A block whose events of the owner alone are too large is passed over.
        const isPassedOver = exchange?.isTooLarge === true && range.isOwnersOnly && reached <= range.from;
        if (!Array.isArray(call.result) && !isPassedOver) continue;
        if (range.from <= read.block + 1) read.block = Math.max(read.block, reached);
        if (range.from <= read.againTo + 1) read.againTo = Math.max(read.againTo, reached);
      }
    },
  };
}

/** Whether this may be a look at so many of the newest blocks, which says nothing of the cursor. */
function isPreviewSize(blocks: number): boolean {
  for (let size = HEAD_WINDOW_BLOCKS; size >= 1; size >>= 1) if (blocks === size) return true;
  return false;
}

function rangeOf({ method, params }: Pick<AnsweredCall, 'method' | 'params'>) {
  if (method !== 'eth_getLogs') return undefined;
  const [{ fromBlock, toBlock, topics }] = params as [
    { readonly fromBlock: string; readonly toBlock?: string; readonly topics: readonly unknown[] },
  ];
  return {
    from: Number(fromBlock),
    to: toBlock === undefined ? undefined : Number(toBlock),
    topic1: String(topics[1]),
    // What the owner alone can cause, asked of blocks that were read, or are read again: no cursor goes back for it.
    isOwnersOnly: Array.isArray(topics[0]) && toBlock !== undefined,
  };
}
