import {
  BACKLOG_BACKOFF_MS_MAX,
  CATCH_UP_POLLS_MAX,
  CATCH_UP_REFILL_MS,
  HEAD_WINDOW_BLOCKS,
  HEAD_WINDOW_TURN,
} from '../protocol/limits.js';
import { Allowance } from './allowance.js';
import { backoffMs } from './backoff.js';

/** Previews in a row, after which one that was too much for the node is widened again. */
const PREVIEW_TRIAL = 16;

/**
 * How one endpoint's backlog is read: its newest blocks first and again and again, because that is where the order lies
 * for which somebody waits; between them the backlog, in order, at a pace that a lie about the height cannot keep up.
 */
export class CatchUp {
  #turn = 0;
  /** Blocks of a preview; fewer where so much happens that they do not fit an answer. */
  #blockCount = HEAD_WINDOW_BLOCKS;
  #previewCount = 0;
  /** The lowest block that a preview has asked for and the backlog has not. */
  #previewedFrom: number | undefined;
  #refusals = 0;
  #readyMs = 0;
  readonly #polls = new Allowance(CATCH_UP_POLLS_MAX, CATCH_UP_REFILL_MS);

  /** Whether the newest blocks come before the next range of the backlog. */
  isPreviewNext(uptimeMs: number): boolean {
    return this.#turn % HEAD_WINDOW_TURN === 0 || uptimeMs < this.#readyMs;
  }

  /** The newest blocks. */
  preview(head: number): { readonly from: number; readonly to: undefined } {
    const from = head - this.#blockCount + 1;
    this.#previewedFrom = Math.min(this.#previewedFrom ?? from, from);
    return { from, to: undefined };
  }

  previewed(): void {
    this.#turn++;
    this.#previewCount++;
    if (this.#previewCount % PREVIEW_TRIAL === 0)
      this.#blockCount = Math.min(HEAD_WINDOW_BLOCKS, this.#blockCount * 2);
  }

  /** Its answer was too large: fewer of the newest blocks next time, but the backlog first. */
  shrinkPreview(): void {
    this.#turn++;
    this.#blockCount = Math.max(1, this.#blockCount >> 1);
  }

  /** Whether a range of the backlog that ends here brings blocks that were seen before it. */
  overtakes(to: number): boolean {
    if (this.#previewedFrom === undefined || to < this.#previewedFrom) return false;
    this.#previewedFrom = undefined;
    return true;
  }

  /** A range of the backlog was read. */
  advanced(): void {
    this.#turn++;
    this.#refusals = 0;
  }

  /** A range of the backlog was refused. */
  refused(uptimeMs: number): void {
    this.#turn++;
    this.#refusals++;
    this.#readyMs = uptimeMs + backoffMs(this.#refusals, BACKLOG_BACKOFF_MS_MAX);
  }

  /** Whether the next poll may follow at once. */
  mayHasten(uptimeMs: number): boolean {
    return uptimeMs >= this.#readyMs && this.#polls.hasAny(uptimeMs);
  }

  /** The next poll follows at once, which uses up a little of what is allowed. */
  hasten(): void {
    this.#polls.take();
  }
}
