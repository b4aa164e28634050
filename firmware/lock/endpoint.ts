import { formatHex } from '../protocol/hex.js';
import {
  BACKOFF_MS_MAX,
  BLOCK_RANGE_MAX,
  DOUBT_MS_MAX,
  DOUBTS_MAX,
  HEAD_FRESH_MS,
  HEAD_WINDOW_BLOCKS,
  LOW_HEADS_MAX,
  REORG_BLOCKS,
  RETRY_AFTER_SECONDS_MAX,
  SEEN_HASHES_MAX,
  TRANSACTIONS_PER_ROUND_MAX,
} from '../protocol/limits.js';
import type { RegistryEvent } from '../protocol/registry-event.js';
import { backoffMs } from './backoff.js';
import { CatchUp } from './catch-up.js';
import { type Fault, Health } from './health.js';
import type { Jitter } from './jitter.js';
import { OwnersSearch } from './owners-search.js';

/** When a transaction in doubt is asked for again first; then twice as late each time, up to a minute. */
const DOUBT_FIRST_MS = 1_000;
/** Ranges answered in a row, after which a node that refused a wider one is asked for it again. */
const SPAN_TRIAL = 64;

/** Blocks that one `eth_getLogs` asks for; `to` undefined means the node's newest. */
export interface BlockRange {
  readonly from: number;
  readonly to: number | undefined;
  /** Only what the owner alone can cause is asked of these blocks. */
  readonly ownersOnly: boolean;
  /** The newest blocks, read before the backlog: no cursor moves over them, and they are read again in their turn. */
  readonly isPreview?: boolean;
  /** Blocks of the past that are searched for a handover: no cursor moves over them either. */
  readonly isSearch?: boolean;
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
  readonly health = new Health();
  readonly #catchUp = new CatchUp();
  readonly #search = new OwnersSearch();
  #isSearchNext = false;
  /** Hashes of what was signed for an epoch that was still to come. */
  readonly #ahead = new Set<string>();
  #cursor: number;
  #head: number | undefined;
  /** When the node told of its head last, and when that rose last. */
  #headMs = 0;
  #headRoseMs = 0;
  #lowHeads = 0;
  /** The range before reached so near to the head that its blocks may be others by now. */
  #mayReorganise = true;
  /** Blocks that are read again; fewer where so much happens that they do not fit an answer. */
  #lookBack = REORG_BLOCKS;
  #span = BLOCK_RANGE_MAX;
  /** The widest range that this node has not refused; it is tried with more from time to time. */
  #spanMax = BLOCK_RANGE_MAX;
  #answeredCount = 0;
  #ownersSpan = BLOCK_RANGE_MAX;
  #ownersOnly = false;
  /** A block that alone is too large; it is passed over once the owner's part was read. */
  #tooLarge: number | undefined;
  #failures = 0;
  #failedMs = 0;
  #backoffMs = 0;
  #silentUntilMs = 0;
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

  /** When its newest block was a new one last. */
  get headRoseMs(): number {
    return this.#headRoseMs;
  }

  /** Whether its head is known well enough to ask for all from there on in the same breath. */
  isHeadFresh(uptimeMs: number): boolean {
    return this.#head !== undefined && uptimeMs - this.#headMs < HEAD_FRESH_MS;
  }

  /** Whether its last round went well. */
  get answers(): boolean {
    return this.#failures === 0 && this.#head !== undefined;
  }

  /**
   * The uptime from which it may be asked again.
   * @param backoffMsMax - the longest wait after failures; the silence that it asked for itself is kept in any case
   */
  readyMs(backoffMsMax: number): number {
    return Math.max(this.#failedMs + Math.min(this.#backoffMs, backoffMsMax), this.#silentUntilMs);
  }

  /** Whether it has more to tell, and may be asked for it at the pace of catching up. */
  mayHasten(uptimeMs: number): boolean {
    if (this.#lowHeads > 0) return false;
    return this.#unread > 0 ? this.#catchUp.mayHasten(uptimeMs) : this.#search.mayGoOn(uptimeMs);
  }

  /** It is asked for more at that pace. */
  hasten(): void {
    if (this.#unread > 0) this.#catchUp.hasten();
    else this.#isSearchNext = true;
  }

  /** It shows what somebody signed for an epoch that the lock has not heard of: it may have hidden a handover. */
  searchOwners(hash: string, uptimeMs: number): void {
    this.#ahead.add(hash);
    if (this.#ahead.size > TRANSACTIONS_PER_ROUND_MAX) forgetOldest(this.#ahead);
    this.#search.begin(Math.min(this.#head ?? 0, this.#cursor), this.#startBlock, uptimeMs);
  }

  /** Takes the node's newest block. Far below the cursor, and again and again: another chain, so start over. */
  sawHead(head: number, uptimeMs: number): void {
    if (head > (this.#head ?? 0)) this.#headRoseMs = uptimeMs;
    this.#head = head;
    this.#headMs = uptimeMs;
    if (head >= this.#cursor - REORG_BLOCKS) {
      this.#lowHeads = 0;
      return;
    }
    this.health.fault('lie', uptimeMs);
    this.#lowHeads++;
    if (this.#lowHeads < LOW_HEADS_MAX) return;
    this.#cursor = this.#startBlock - 1;
    this.#lowHeads = 0;
  }

  /** Blocks between what was read and the head. */
  get #unread(): number {
    return (this.#head ?? 0) - this.#cursor;
  }

  /** Whether the newest blocks lie beyond the next range: there is a backlog. */
  get #isFarBehind(): boolean {
    return !this.#ownersOnly && this.#unread > BLOCK_RANGE_MAX + HEAD_WINDOW_BLOCKS;
  }

  /** The range to ask for next, or undefined while the node's head is unknown, or below all that matters. */
  nextRange(uptimeMs: number): BlockRange | undefined {
    const head = this.#head;
    if (head === undefined || head < this.#startBlock || this.#lowHeads > 0) return undefined;
    const searched = this.#isSearchNext ? this.#search.take() : undefined;
    this.#isSearchNext = false;
    if (searched !== undefined) return { ...searched, ownersOnly: true, isSearch: true };
    if (this.#isFarBehind && this.#catchUp.isPreviewNext(uptimeMs)) {
      return { ...this.#catchUp.preview(head), ownersOnly: false, isPreview: true };
    }
    if (this.#ownersOnly) {
      const from = Math.max(this.#startBlock, Math.min(this.#cursor + 1, head));
      return { from, to: Math.min(head, from + this.#ownersSpan - 1), ownersOnly: true };
    }
    const isShrunk = this.#span < BLOCK_RANGE_MAX;
    // Back from the lower of the two: a head that was told too high must not hide the newest blocks.
    // A shrunk range does not look back, or it could never get past the blocks that were too much.
    const next = Math.min(this.#cursor, head) + 1;
    const lookBack = this.#mayReorganise ? this.#lookBack : 0;
    const from = Math.max(this.#startBlock, isShrunk ? Math.min(next, head) : next - lookBack);
    const to = from + this.#span - 1;
    // What was judged before the backlog is judged again behind it: by then another may be the owner.
    if (this.#catchUp.overtakes(to)) this.#seen.clear();
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
    if (range.isPreview === true) {
      this.#catchUp.previewed();
      return;
    }
    if (range.isSearch === true) {
      this.#searched(range, block);
      return;
    }
    if (range.to !== undefined && !range.ownersOnly) this.#catchUp.advanced();
    if (range.ownersOnly) {
      this.#ownersOnly = false;
      this.#ownersSpan = BLOCK_RANGE_MAX;
      if (this.#tooLarge !== undefined) this.#cursor = Math.max(this.#cursor, this.#tooLarge);
      this.#tooLarge = undefined;
      return;
    }
    this.#cursor = Math.max(this.#cursor, block);
    this.#mayReorganise = block > (this.#head ?? 0) - REORG_BLOCKS;
    this.#lookBack = Math.min(REORG_BLOCKS, this.#lookBack + 1);
    this.#answeredCount++;
    if (block >= (this.#head ?? 0)) this.#spanMax = BLOCK_RANGE_MAX;
    else if (this.#answeredCount % SPAN_TRIAL === 0)
      this.#spanMax = Math.min(BLOCK_RANGE_MAX, this.#spanMax * 2);
    this.#span = Math.min(this.#spanMax, this.#span * 2);
  }

  /** What did not fit the round is asked for again. After the last range what was refused for its epoch is judged again. */
  #searched(range: BlockRange, block: number): void {
    if (block < (range.to ?? 0) || !this.#search.advanced(range)) return;
    for (const hash of this.#ahead) this.#seen.delete(hash);
    this.#ahead.clear();
  }

  /** The range was too wide for the node, or so it says: half of it next time, but at least one block. */
  shrink(range: BlockRange): void {
    const blocks = Math.max(0, this.reached(range) - range.from + 1);
    if (range.isPreview === true) {
      this.#catchUp.shrinkPreview();
      return;
    }
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
    if (range.isSearch === true) this.#search.shrink(range);
    if (range.isPreview === true) this.shrink(range);
    if (range.isPreview === true || range.isSearch === true) return true;
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
  isCaughtUp({ ownersOnly, isPreview }: BlockRange, block: number): boolean {
    if (ownersOnly || isPreview === true || this.#head === undefined || block < this.#head) return false;
    return ![...this.#doubts.values()].some(({ event }) => isOwners(event));
  }

  /** Its round has ended well. */
  succeed(): void {
    this.#failures = 0;
    this.#backoffMs = 0;
  }

  /**
   * Its round has failed: it is left alone for a while, ever longer.
   * @param retryAfterSeconds - how long it asks to be left alone; 0 where it does not say
   */
  fail(fault: Fault, uptimeMs: number, jitter: Jitter, retryAfterSeconds = 0): void {
    this.health.fault(fault, uptimeMs);
    this.#failures++;
    this.#failedMs = uptimeMs;
    this.#backoffMs = jitter.shorten(backoffMs(this.#failures, BACKOFF_MS_MAX));
    const silentMs = 1_000 * Math.min(RETRY_AFTER_SECONDS_MAX, retryAfterSeconds);
    this.#silentUntilMs = uptimeMs + silentMs;
  }

  /**
   * It answered an error for this range, which may be too wide for it, or a part of the past that it has thrown away.
   * Half of it next time; nothing is passed over.
   * @returns whether its newest blocks are as good as another's meanwhile: a backlog is asked for ever less often
   */
  refused(range: BlockRange, uptimeMs: number): boolean {
    if (range.isSearch === true) {
      this.#search.refused(range);
      return true;
    }
    this.shrink(range);
    if (range.isPreview === true || range.ownersOnly) return false;
    this.#spanMax = this.#span;
    if (!this.#isFarBehind) return false;
    this.health.fault('error', uptimeMs);
    this.#catchUp.refused(uptimeMs);
    return true;
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
    if (this.#seen.size > SEEN_HASHES_MAX) forgetOldest(this.#seen);
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

function forgetOldest(hashes: Set<string>): void {
  for (const oldest of hashes) {
    hashes.delete(oldest);
    return;
  }
}

/** Whether only the owner can cause such an event. */
export function isOwners({ name }: RegistryEvent): boolean {
  return name === 'granted' || name === 'handedOver';
}
