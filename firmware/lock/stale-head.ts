import { REORG_BLOCKS } from '../protocol/limits.js';

/** A head that stands still for this long while another's rises is old, milliseconds. */
const STILL_MS = 120_000;

export interface HeadTold {
  readonly head: number | undefined;
  /** When it rose last, uptime. */
  readonly headRoseMs: number;
}

/**
 * Whether one node's newest block is old news at others. It costs a little health and nothing else: heights are hearsay.
 * Against the middle of three or more, so that one absurd height makes nobody look old; of two, against movement alone.
 */
export function isStale(own: HeadTold, all: readonly HeadTold[], uptimeMs: number): boolean {
  if (own.head === undefined || all.length < 2) return false;
  const sinceMs = uptimeMs - STILL_MS;
  if (own.headRoseMs <= sinceMs && all.some(({ headRoseMs }) => headRoseMs > sinceMs)) return true;
  const heads = all.flatMap(({ head }) => (head === undefined ? [] : [head])).sort((a, b) => a - b);
  return own.head < (heads[(heads.length - 1) >> 1] ?? 0) - REORG_BLOCKS;
}
