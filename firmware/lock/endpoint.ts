import { BLOCK_RANGE_MAX, REORG_BLOCKS, SEEN_HASHES_MAX } from '../protocol/limits.js';
import { backoffMs } from './backoff.js';

/** Blocks that one `eth_getLogs` asks for; `to` undefined means the node's newest. */
export interface BlockRange {
  readonly from: number;
  readonly to: number | undefined;
  /** One block that was too large: only what the owner alone can emit is asked of it. */
  readonly ownersOnly: boolean;
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
  #span = BLOCK_RANGE_MAX;
  #ownersOnly = false;
  #failures = 0;
  #readyMs = 0;
  #missing: { hash: string; count: number } | undefined;
  readonly #seen = new Set<string>();

  constructor(url: string, startBlock: number, cursor: number) {
    this.url = url;
    this.#startBlock = startBlock;
    this.#cursor = Math.max(cursor, startBlock - 1);
  }

  /** The last block that was read and judged. */
  get cursor(): number {
    return this.#cursor;
  }

  get head(): number | undefined {
    return this.#head;
  }

  /** The uptime from which it may be asked again. */
  get readyMs(): number {
    return this.#readyMs;
  }

  /** Takes the node's newest block. Far below the cursor it is another chain or an old copy: start over. */
  sawHead(head: number): void {
    this.#head = head;
    if (head < this.#cursor - REORG_BLOCKS) this.#cursor = this.#startBlock - 1;
  }

  /** The range to ask for next, or undefined while the node's head is unknown or below all that matters. */
  nextRange(): BlockRange | undefined {
    const head = this.#head;
    if (head === undefined || head < this.#startBlock) return undefined;
    const isShrunk = this.#span < BLOCK_RANGE_MAX;
    // A shrunk range does not look back, or it could never get past the blocks that were too much.
    const wanted = isShrunk ? this.#cursor + 1 : this.#cursor + 1 - REORG_BLOCKS;
    const from = Math.max(this.#startBlock, Math.min(wanted, head));
    const to = from + this.#span - 1;
    if (to < head) return { from, to, ownersOnly: this.#ownersOnly };
    // Beyond its head some nodes answer an error; and a shrunk range must not grow with the chain.
    return { from, to: isShrunk ? head : undefined, ownersOnly: this.#ownersOnly };
  }

  /** How far a range that was answered reaches: never past the head, never over more than was asked for. */
  reached(range: BlockRange): number {
    return Math.min(this.#head ?? 0, range.to ?? range.from + BLOCK_RANGE_MAX - 1);
  }

  /** The range was answered and all of it judged up to this block. */
  advance(block: number): void {
    if (block > this.#cursor) this.#cursor = block;
    this.#span = Math.min(BLOCK_RANGE_MAX, this.#span * 2);
    this.#ownersOnly = false;
    this.#failures = 0;
    this.#missing = undefined;
  }

  /** The range was too wide for the node, or so it says: half of it next time, but at least one block. */
  shrink(range: BlockRange): void {
    const blocks = Math.max(0, this.reached(range) - range.from + 1);
    this.#span = Math.max(1, Math.floor(Math.min(this.#span, blocks) / 2));
  }

  /** The answer was too large: less next time, and past a block that is too large even so. */
  overflowed(range: BlockRange): void {
    if (this.#span > 1) this.shrink(range);
    else if (!this.#ownersOnly) this.#ownersOnly = true;
    else this.advance(range.from);
  }

  fail(uptimeMs: number): void {
    this.#failures++;
    this.#readyMs = uptimeMs + backoffMs(this.#failures);
  }

  hasSeen(hash: string): boolean {
    return this.#seen.has(hash);
  }

  markSeen(hash: string): void {
    this.#seen.add(hash);
    if (this.#seen.size <= SEEN_HASHES_MAX) return;
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      break;
    }
  }

  /** The node told of this transaction and then did not have it. @returns true at the third time in a row */
  missed(hash: string): boolean {
    const count = this.#missing?.hash === hash ? this.#missing.count + 1 : 1;
    this.#missing = { hash, count };
    return count >= 3;
  }
}
