import { formatHex } from '../protocol/hex.js';
import {
  BLOCK_RANGE_MAX,
  DOUBT_MS_MAX,
  DOUBTS_MAX,
  LOW_HEADS_MAX,
  REORG_BLOCKS,
  SEEN_HASHES_MAX,
} from '../protocol/limits.js';
import type { RegistryEvent } from '../protocol/registry-event.js';
import { backoffMs } from './backoff.js';

/** When a transaction in doubt is asked for again first; then twice as late each time, up to a minute. */
const DOUBT_FIRST_MS = 1_000;

/** Blocks that one `eth_getLogs` asks for; `to` undefined means the node's newest. */
export interface BlockRange {
  readonly from: number;
  readonly to: number | undefined;
  /** Only what the owner alone can cause is asked of these blocks. */
  readonly ownersOnly: boolean;
}

/** A transaction of which the node told, but whose true bytes it has not shown yet. */
interface Doubt {
  readonly event: RegistryEvent;
  readonly sinceMs: number;
  readonly tries: number;
  readonly retryMs: number;
}

/**
 * What the lock knows of one RPC endpoint: how far it has read there, and how it behaves.
 * All of it comes from this endpoint alone, so a node that lies about heights hurts only what it says itself.
 */
export class Endpoint {
  readonly url: string;
  readonly #startBlock: number;
  /** Answers batches; some nodes do not. */
  takesBatches = true;
  #cursor: number;
  #head: number | undefined;
  #lowHeads = 0;
  /** Blocks that are read again; fewer where so much happens that they do not fit an answer. */
  #lookBack = REORG_BLOCKS;
  #span = BLOCK_RANGE_MAX;
  #ownersSpan = BLOCK_RANGE_MAX;
  #ownersOnly = false;
  /** A block that alone is too large; it is passed over once the owner's part was read. */
  #tooLarge: number | undefined;
  #failures = 0;
  #readyMs = 0;
  readonly #seen = new Set<string>();
  readonly #doubts = new Map<string, Doubt>();

  constructor(url: string, startBlock: number, cursor: number) {
    this.url = url;
    this.#startBlock = startBlock;
    this.#cursor = Math.max(cursor, startBlock - 1);
  }

  /** The last block up to which all was read and judged; a reboot asks again for what is in doubt. */
  get cursor(): number {
    let cursor = this.#cursor;
    for (const { event } of this.#doubts.values()) cursor = Math.min(cursor, event.blockNumber - 1);
    return cursor;
  }

  get head(): number | undefined {
    return this.#head;
  }

  /** The uptime from which it may be asked again. */
  get readyMs(): number {
    return this.#readyMs;
  }

  /** Takes the node's newest block. Far below the cursor, and again and again: another chain, so start over. */
  sawHead(head: number): void {
    this.#head = head;
    this.#lowHeads = head < this.#cursor - REORG_BLOCKS ? this.#lowHeads + 1 : 0;
    if (this.#lowHeads < LOW_HEADS_MAX) return;
    this.#cursor = this.#startBlock - 1;
    this.#lowHeads = 0;
  }

  /** The range to ask for next, or undefined while the node's head is unknown, or below all that matters. */
  nextRange(): BlockRange | undefined {
    const head = this.#head;
    if (head === undefined || head < this.#startBlock || this.#lowHeads > 0) return undefined;
    if (this.#ownersOnly) {
      const from = Math.max(this.#startBlock, Math.min(this.#cursor + 1, head));
      return { from, to: Math.min(head, from + this.#ownersSpan - 1), ownersOnly: true };
    }
    const isShrunk = this.#span < BLOCK_RANGE_MAX;
    // Back from the lower of the two: a head that was told too high must not hide the newest blocks.
    // A shrunk range does not look back, or it could never get past the blocks that were too much.
    const next = Math.min(this.#cursor, head) + 1;
    const from = Math.max(this.#startBlock, isShrunk ? Math.min(next, head) : next - this.#lookBack);
    const to = from + this.#span - 1;
    if (to < head) return { from, to, ownersOnly: false };
    // Beyond its head some nodes answer an error; and a shrunk range must not grow with the chain.
    return { from, to: isShrunk ? head : undefined, ownersOnly: false };
  }

  /** How far a range that was answered reaches: never past the head, never over more than was asked for. */
  reached(range: BlockRange): number {
    return Math.min(this.#head ?? 0, range.to ?? range.from + BLOCK_RANGE_MAX - 1);
  }

  /** The range was answered, and read up to this block. */
  advance(range: BlockRange, block: number): void {
    this.#failures = 0;
    if (range.ownersOnly) {
      this.#ownersOnly = false;
      this.#ownersSpan = BLOCK_RANGE_MAX;
      if (this.#tooLarge !== undefined) this.#cursor = Math.max(this.#cursor, this.#tooLarge);
      this.#tooLarge = undefined;
      return;
    }
    this.#cursor = Math.max(this.#cursor, block);
    this.#lookBack = Math.min(REORG_BLOCKS, this.#lookBack + 1);
    this.#span = Math.min(BLOCK_RANGE_MAX, this.#span * 2);
  }

  /** The range was too wide for the node, or so it says: half of it next time, but at least one block. */
  shrink(range: BlockRange): void {
    const blocks = Math.max(0, this.reached(range) - range.from + 1);
    const half = (span: number) => Math.max(1, Math.floor(Math.min(span, blocks) / 2));
    if (range.ownersOnly) this.#ownersSpan = half(this.#ownersSpan);
    else this.#span = half(this.#span);
  }

  /**
   * The answer was too large. What only the owner can cause is read first, over all that is unread: however many
   * orders a guest sends, they hide no revocation. Then the rest in smaller pieces, past a block too large even so.
   * @returns false where it was only the blocks read again that were too many
   */
  overflowed(range: BlockRange): boolean {
    if (range.from <= this.#cursor && !range.ownersOnly && this.#lookBack > 1) {
      this.#lookBack = Math.floor(this.#lookBack / 2);
      return false;
    }
    const isOneBlock = this.reached(range) <= range.from;
    if (!range.ownersOnly) {
      if (isOneBlock) this.#tooLarge = range.from;
      this.#ownersOnly = true;
    } else if (isOneBlock) this.advance(range, range.from);
    if (!isOneBlock) this.shrink(range);
    return true;
  }

  /** Whether a range that is read up to this block brings all that the owner has said, as far as the node tells. */
  isCaughtUp({ ownersOnly }: BlockRange, block: number): boolean {
    if (ownersOnly || this.#head === undefined || block < this.#head) return false;
    return ![...this.#doubts.values()].some(({ event }) => isOwners(event));
  }

  fail(uptimeMs: number): void {
    this.#failures++;
    this.#readyMs = uptimeMs + backoffMs(this.#failures);
  }

  /** Whether a transaction of which the node tells is news; what is in doubt has its own time. */
  isNews(hash: string): boolean {
    return !this.#seen.has(hash) && !this.#doubts.has(hash);
  }

  /** What is in doubt and to be asked for again now. */
  dueDoubts(uptimeMs: number): readonly RegistryEvent[] {
    const due = [...this.#doubts.values()].filter(({ retryMs }) => uptimeMs >= retryMs);
    return due.map(({ event }) => event);
  }

  /** Its true bytes were shown and judged: it need not be asked for again. */
  settle(hash: string): void {
    this.#doubts.delete(hash);
    this.#seen.add(hash);
    if (this.#seen.size <= SEEN_HASHES_MAX) return;
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      break;
    }
  }

  /**
   * The node did not have it, or showed other bytes: that may be a fault of one moment, or of somebody on the way.
   * It is asked for again, ever less often, and given up after DOUBT_MS_MAX.
   */
  doubt(event: RegistryEvent, uptimeMs: number): void {
    const hash = formatHex(event.transactionHash32);
    const { sinceMs, tries } = this.#doubts.get(hash) ?? { sinceMs: uptimeMs, tries: 0 };
    if (uptimeMs - sinceMs >= DOUBT_MS_MAX) {
      this.settle(hash);
      return;
    }
    const retryMs = uptimeMs + DOUBT_FIRST_MS * 2 ** Math.min(tries, 6);
    this.#doubts.set(hash, { event, sinceMs, tries: tries + 1, retryMs });
    if (this.#doubts.size <= DOUBTS_MAX) return;
    for (const oldest of this.#doubts.keys()) {
      this.settle(oldest);
      break;
    }
  }
}

/** Whether only the owner can cause such an event. */
export function isOwners({ name }: RegistryEvent): boolean {
  return name === 'granted' || name === 'handedOver';
}
