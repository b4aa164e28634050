import { POLL_AWAKE_MS } from '../protocol/limits.js';
import type { Jitter } from './jitter.js';
import type { Input } from './ports.js';

/** Inputs that say that somebody is at the lock; the bolt's own end is told apart by what moved it. */
const ACTIVITY: readonly Input['kind'][] = Object.freeze([
  'button-pressed',
  'outside-pressed',
  'door-sensed',
  'pairing-opened',
  'pairing-received',
  'pairing-closed',
]);

/** Whether an input says that somebody is at the lock. */
export function isActivity({ kind }: Input): boolean {
  return ACTIVITY.includes(kind);
}

export interface PollIntervalOptions {
  /** Between two polls while somebody is at the lock, or is expected. */
  readonly fastMs: number;
  /** Between two polls once nothing has happened for long. */
  readonly idleMs: number;
  readonly jitter: Jitter;
  /** Whether the owner is expected at this uptime. */
  readonly isExpected: (uptimeMs: number) => boolean;
}

/**
 * How long to wait between two polls: the fast interval for POLL_AWAKE_MS after anything happened, then twice as long
 * with each POLL_AWAKE_MS more, up to the idle interval.
 */
export class PollInterval {
  readonly #options: PollIntervalOptions;
  #activeMs = 0;

  constructor(options: PollIntervalOptions) {
    this.#options = options;
  }

  get fastMs(): number {
    return this.#options.fastMs;
  }

  /** Somebody is there: a known key's order, the door, the bolt, the button, a pairing tool. */
  wake(uptimeMs: number): void {
    this.#activeMs = uptimeMs;
  }

  /** The longest wait at this uptime, milliseconds. */
  longestMs(uptimeMs: number): number {
    const { fastMs, idleMs, isExpected } = this.#options;
    const doublings = Math.floor((uptimeMs - this.#activeMs) / POLL_AWAKE_MS);
    if (doublings <= 0 || idleMs <= fastMs || isExpected(uptimeMs)) return fastMs;
    return Math.min(idleMs, fastMs * 2 ** Math.min(doublings, 16));
  }

  /** The wait from this uptime to the next poll, with jitter. */
  waitMs(uptimeMs: number): number {
    return this.#options.jitter.shorten(this.longestMs(uptimeMs));
  }

  /** The same while blocks are to be caught up with: twice as fast as ever, since each poll brings something. */
  catchUpMs(): number {
    return this.#options.jitter.shorten(this.#options.fastMs / 2);
  }
}
