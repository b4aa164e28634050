import { DecodeError } from '../protocol/errors.js';
import type { LockSettings } from '../protocol/pairing.js';
import { readNumberSettings } from '../protocol/setting.js';

/** When the next heartbeat is due, as the setting `heartbeat` says now: `configure` may change it. */
export class Heartbeat {
  readonly #settings: () => LockSettings | undefined;
  readonly #fixedMs: number | undefined;
  #sinceMs = 0;
  /** Reading costs more than every step may. */
  #read: { readonly of: LockSettings | undefined; readonly intervalMs: number } | undefined;

  /** @param fixedMs - in place of the setting's */
  constructor(settings: () => LockSettings | undefined, fixedMs?: number) {
    this.#settings = settings;
    this.#fixedMs = fixedMs;
  }

  /** Uptime, milliseconds. */
  get dueMs(): number {
    return this.#sinceMs + (this.#fixedMs ?? this.#intervalMs);
  }

  /** A heartbeat is made. */
  beat(uptimeMs: number): void {
    this.#sinceMs = uptimeMs;
  }

  get #intervalMs(): number {
    const of = this.#settings();
    if (this.#read === undefined || this.#read.of !== of) this.#read = { of, intervalMs: intervalMsOf(of) };
    return this.#read.intervalMs;
  }
}

/** A text that another firmware let in unread must not silence the lock: the default holds. */
function intervalMsOf(settings: LockSettings | undefined): number {
  const text = settings?.texts.get('heartbeat');
  try {
    return readNumberSettings(new Map(text === undefined ? [] : [['heartbeat', text]])).heartbeatMs;
  } catch (error) {
    if (error instanceof DecodeError) return readNumberSettings(new Map()).heartbeatMs;
    throw error;
  }
}
