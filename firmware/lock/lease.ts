import type { Clock } from './clock.js';
import { readGuestSettings } from './guest-settings.js';
import type { Identity } from './identity.js';
import type { LockState } from './lock-state.js';

export interface LeaseOptions {
  readonly clock: Pick<Clock, 'read'>;
  readonly memory: {
    readonly identity: Pick<Identity, 'settings'>;
    readonly state: Pick<LockState, 'contactSeconds'>;
  };
}

/**
 * How long ago the lock last heard all that the owner has said, as far as nodes tell: guests open only while that is
 * recent. Contact is when half of the endpoints, rounded up, were read to their head: a single liar that answers
 * politely and hides revocations does not hold it where there are three, and a single dead one does not end it.
 */
export class Lease {
  readonly #options: LeaseOptions;
  /** When each endpoint was last read to its head, uptime. */
  readonly #readMs = new Map<string, number>();
  /** Endpoints whose last round, or the one under way, has brought all that the owner has said. */
  readonly #caughtUp = new Set<string>();

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** An endpoint was asked: it was read to its head, or something is still to come. */
  note(url: string, isCaughtUp: boolean, uptimeMs: number): void {
    if (!isCaughtUp) {
      this.#caughtUp.delete(url);
      return;
    }
    const { settings } = this.#options.memory.identity;
    for (const known of this.#readMs.keys()) {
      if (settings?.endpoints.includes(known) !== true) this.#readMs.delete(known);
    }
    this.#caughtUp.add(url);
    this.#readMs.set(url, uptimeMs);
  }

  /** Whether nothing that the owner has said is known to be missing at this endpoint. */
  isCaughtUp(url: string): boolean {
    return this.#caughtUp.has(url);
  }

  /** The last contact, Unix seconds of authenticated time; what flash holds where this boot had none. */
  contactSeconds(uptimeMs: number): number {
    const { clock, memory } = this.#options;
    const { contactSeconds } = memory.state;
    const { nowSeconds } = clock.read(uptimeMs);
    const contactMs = this.#contactMs;
    if (nowSeconds === undefined || contactMs === undefined) return contactSeconds;
    return Math.max(contactSeconds, nowSeconds - Math.ceil((uptimeMs - contactMs) / 1000));
  }

  /** Whether guests' rights are suspended. Without authenticated time they are refused for the want of that. */
  isOver(uptimeMs: number): boolean {
    const { clock, memory } = this.#options;
    const { settings } = memory.identity;
    const { nowSeconds } = clock.read(uptimeMs);
    if (settings === undefined || nowSeconds === undefined) return false;
    return nowSeconds - this.contactSeconds(uptimeMs) > readGuestSettings(settings).leaseSeconds;
  }

  get #contactMs(): number | undefined {
    const { settings } = this.#options.memory.identity;
    const urls = [...new Set(settings?.endpoints)];
    const readMs = urls.map((url) => this.#readMs.get(url)).filter((at) => at !== undefined);
    return readMs.sort((a, b) => b - a)[Math.ceil(urls.length / 2) - 1];
  }
}
