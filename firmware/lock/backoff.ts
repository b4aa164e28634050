const FIRST_MS = 1_000;

/** The longest wait where nobody else does the work, so that an owner at the door does not wait long for a recovery. */
export const BACKOFF_ALONE_MS_MAX = 10_000;

/**
 * How long to wait after a run of failures: 1 s, 2 s, 4 s …
 * @param failures - failures in a row, 1 or more
 * @param lastMs - the longest wait
 * @returns milliseconds
 */
export function backoffMs(failures: number, lastMs = BACKOFF_ALONE_MS_MAX): number {
  return Math.min(lastMs, FIRST_MS * 2 ** Math.min(failures - 1, 16));
}
