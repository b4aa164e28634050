import {
  BLOCK_RANGE_MAX,
  CATCH_UP_REFILL_MS,
  SEARCH_BLOCKS_MAX,
  SEARCH_PAUSE_MS,
  SEARCH_POLLS_MAX,
} from '../protocol/limits.js';
import { Allowance } from './allowance.js';

/** Blocks that are read again for what only the owner can cause. */
export interface SearchRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The search for a handover that one endpoint has hidden until no cursor came back to it: somebody signs for an epoch
 * of which the lock has not heard. Newest blocks first, each once; what a liar makes of it is bounded in polls.
 */
export class OwnersSearch {
  readonly #polls = new Allowance(SEARCH_POLLS_MAX, CATCH_UP_REFILL_MS);
  /** The highest block to be read next, undefined while nothing is searched. */
  #to: number | undefined;
  #lowest = 0;
  #span = BLOCK_RANGE_MAX;
  #begunMs: number | undefined;

  /** @returns false while it is searched, and for a while after */
  begin(head: number, startBlock: number, uptimeMs: number): boolean {
    if (this.#to !== undefined) return false;
    if (this.#begunMs !== undefined && uptimeMs - this.#begunMs < SEARCH_PAUSE_MS) return false;
    this.#begunMs = uptimeMs;
    this.#to = head;
    this.#lowest = Math.max(startBlock, head - SEARCH_BLOCKS_MAX + 1);
    return true;
  }

  /** Whether the next poll may follow at once, and read on. */
  mayGoOn(uptimeMs: number): boolean {
    return this.#to !== undefined && this.#polls.hasAny(uptimeMs);
  }

  /** The next poll reads on: one is used up. @returns undefined where nothing is searched */
  take(): SearchRange | undefined {
    if (this.#to === undefined) return undefined;
    this.#polls.take();
    return { from: Math.max(this.#lowest, this.#to - this.#span + 1), to: this.#to };
  }

  /** A range was read whole. @returns whether that was the last */
  advanced({ from }: Pick<SearchRange, 'from'>): boolean {
    this.#span = Math.min(BLOCK_RANGE_MAX, this.#span * 2);
    this.#to = from > this.#lowest ? from - 1 : undefined;
    return this.#to === undefined;
  }

  /** Its answer was too large, or the node refuses it: half of it, past a block that is too large even so. */
  shrink({ from }: Pick<SearchRange, 'from'>): void {
    if (this.#span === 1) this.advanced({ from });
    this.#span = Math.max(1, this.#span >> 1);
  }

  /** The node refuses a range: it has thrown these blocks away, or it answers fewer at a time. */
  refused(range: Pick<SearchRange, 'from'>): void {
    if (this.#span === 1) this.#to = undefined;
    else this.shrink(range);
  }
}
