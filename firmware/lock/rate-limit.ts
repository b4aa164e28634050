import { formatHex } from '../protocol/hex.js';

/**
 * Counts what each principal did within a sliding window, in RAM.
 * Its size is bounded by the number of principals: strangers never get a place here.
 */
export class RateLimit {
  readonly #perWindow: number;
  readonly #windowMs: number;
  readonly #taken = new Map<string, readonly number[]>();

  constructor(perWindow: number, windowSeconds: number) {
    this.#perWindow = perWindow;
    this.#windowMs = windowSeconds * 1000;
  }

  /** Takes one turn, of one principal or of a budget that all share. @returns false where the principal has none left in this window; nothing is counted then */
  take(principal: Uint8Array | 'everyone', uptimeMs: number): boolean {
    this.#forget(uptimeMs);
    const key = principal === 'everyone' ? principal : formatHex(principal);
    const recent = this.#taken.get(key) ?? [];
    if (recent.length >= this.#perWindow) return false;
    this.#taken.set(key, [...recent, uptimeMs]);
    return true;
  }

  #forget(uptimeMs: number): void {
    for (const [key, times] of this.#taken) {
      const recent = times.filter((at) => uptimeMs - at < this.#windowMs);
      if (recent.length === 0) this.#taken.delete(key);
      else if (recent.length < times.length) this.#taken.set(key, recent);
    }
  }
}
