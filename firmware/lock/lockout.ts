import { formatHex } from '../protocol/hex.js';
import { GUESTS_MAX, LOCKOUT_ATTEMPTS_MAX, LOCKOUT_MS, LOCKOUT_WINDOW_MS } from '../protocol/limits.js';
import type { AccessEntry } from './access-list.js';
import { type Guard, isAfterGuard } from './guard.js';

interface Attempts {
  /** Of the terms under which they were made: a new grant wipes them out. */
  readonly serial: number;
  /** The last one that counted: whoever shows it or an earlier one again adds nothing. */
  readonly last: Guard;
  readonly countedMs: readonly number[];
  readonly untilMs: number;
}

/**
 * Refuses a guest for a while whose own orders were refused too often, in RAM. Only a guest's key can bring that about,
 * only for itself, and never for the owner, who has no entry. Does not tell what is a guest's own doing.
 */
export class Lockout {
  readonly #attempts = new Map<string, Attempts>();

  isLockedOut({ guest, terms }: AccessEntry, uptimeMs: number): boolean {
    const attempts = this.#attempts.get(formatHex(guest));
    return attempts !== undefined && attempts.serial === terms.serial && uptimeMs < attempts.untilMs;
  }

  /** The same asked the other way round, for a second look. */
  isFree({ guest, terms }: AccessEntry, uptimeMs: number): boolean {
    const attempts = this.#attempts.get(formatHex(guest));
    return attempts === undefined || uptimeMs >= attempts.untilMs || attempts.serial !== terms.serial;
  }

  /**
   * Counts an order that was refused.
   * @returns whether the guest is locked out from now on
   */
  count({ guest, terms }: AccessEntry, order: Guard, uptimeMs: number): boolean {
    this.#forget(uptimeMs);
    const key = formatHex(guest);
    const known = this.#attempts.get(key);
    const before = known?.serial === terms.serial ? known : undefined;
    if (!isAfterGuard(before?.last, order)) return false;
    if (known === undefined && this.#attempts.size >= GUESTS_MAX) return false;
    const countedMs = [...(before?.countedMs ?? []), uptimeMs];
    const isFull = countedMs.length >= LOCKOUT_ATTEMPTS_MAX;
    this.#attempts.set(key, {
      serial: terms.serial,
      last: order,
      countedMs: isFull ? [] : countedMs,
      untilMs: isFull ? uptimeMs + LOCKOUT_MS : (before?.untilMs ?? 0),
    });
    return isFull;
  }

  /** An order that counted has expired before it is forgotten: the window is as long as an order can live. */
  #forget(uptimeMs: number): void {
    for (const [key, attempts] of this.#attempts) {
      const countedMs = attempts.countedMs.filter((at) => uptimeMs - at <= LOCKOUT_WINDOW_MS);
      const isOver = uptimeMs > attempts.untilMs + LOCKOUT_WINDOW_MS;
      if (countedMs.length === 0 && isOver) this.#attempts.delete(key);
      else if (countedMs.length < attempts.countedMs.length)
        this.#attempts.set(key, { ...attempts, countedMs });
    }
  }
}
