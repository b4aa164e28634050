import { DecodeError } from '../protocol/errors.js';
import { RELOCK_MS_DEFAULT } from '../protocol/limits.js';
import type { Door } from '../protocol/report.js';
import { readNumberSettings } from '../protocol/setting.js';
import type { OwedLock } from './lock-state.js';

/** How long an opened bolt stays open. */
export interface RelockTimes {
  /** After action 3, milliseconds. */
  readonly relockMs: number;
  /** After any opening, milliseconds; undefined is off. */
  readonly autoRelockMs: number | undefined;
}

/** Reads the times from the settings' texts; texts that cannot be read leave the defaults. */
export function relockTimesOf(texts: ReadonlyMap<string, string> | undefined): RelockTimes {
  try {
    if (texts !== undefined) return readNumberSettings(texts);
  } catch (error) {
    // Texts of another firmware must not keep the lock from its work.
    if (!(error instanceof DecodeError)) throw error;
  }
  return { relockMs: RELOCK_MS_DEFAULT, autoRelockMs: undefined };
}

/** @returns how long the bolt stays open with this owed, or undefined where nothing is owed after a time */
export function relockWaitMs(owed: OwedLock, { relockMs, autoRelockMs }: RelockTimes): number | undefined {
  switch (owed) {
    case 'no':
      return undefined;
    case 'now':
    case 'later':
      return relockMs;
    case 'auto':
      return autoRelockMs;
  }
}

/** The time until an opened bolt is locked again. It stands still while the door is open, and starts anew when it closes. */
export class RelockTimer {
  #waitMs: number | undefined;
  #endMs = 0;
  #checkMs = 0;
  #isDoorOpen = false;

  get isRunning(): boolean {
    return this.#waitMs !== undefined;
  }

  /** The uptime at which to look again, or undefined: nothing runs, or it waits for the door. */
  get dueMs(): number | undefined {
    return this.isRunning && !this.#isDoorOpen ? Math.max(this.#endMs, this.#checkMs) : undefined;
  }

  /** Starts; a time that runs already runs on. */
  start(waitMs: number, uptimeMs: number): void {
    if (this.isRunning) return;
    this.#waitMs = waitMs;
    this.#endMs = uptimeMs + waitMs;
    this.#checkMs = 0;
  }

  clear(): void {
    this.#waitMs = undefined;
  }

  /** Something else holds the relock back; it is over all the same. */
  checkAgainAt(uptimeMs: number): void {
    this.#checkMs = uptimeMs;
  }

  senseDoor(door: Door, uptimeMs: number): void {
    const wasOpen = this.#isDoorOpen;
    this.#isDoorOpen = door === 'open';
    if (wasOpen && !this.#isDoorOpen && this.#waitMs !== undefined) this.#endMs = uptimeMs + this.#waitMs;
  }

  isOver(uptimeMs: number): boolean {
    return this.isRunning && !this.#isDoorOpen && uptimeMs >= this.#endMs;
  }
}
