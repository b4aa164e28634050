const FIRST_MS = 1_000;
const LAST_MS = 10_000;

/**
 * How long to wait after a run of failures: 1 s, 2 s, 4 s … and never over 10 s, so that an owner at the door
 * does not wait longer for a node that has recovered.
 * @param failures - failures in a row, 1 or more
 * @returns milliseconds
 */
export function backoffMs(failures: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
}
