import { BACKOFF_MS_MAX, CURSOR_POLLS_UNWRITTEN } from '../protocol/limits.js';
import { BACKOFF_ALONE_MS_MAX } from './backoff.js';
import type { Endpoint } from './endpoint.js';
import type { PollInterval } from './poll-interval.js';
import { Turns } from './turns.js';

/** When the next round is due, and at which endpoint. */
export class PollPace {
  readonly #endpoints: readonly Endpoint[];
  readonly #interval: PollInterval;
  readonly #turns: Turns;
  #dueMs = 0;
  /** When a poll is due, whoever has more to tell. */
  #pollMs = 0;
  #roundMs = 0;
  #hasPolled = false;
  #unwrittenCount = 0;

  constructor(endpoints: readonly Endpoint[], interval: PollInterval) {
    this.#endpoints = endpoints;
    this.#interval = interval;
    this.#turns = new Turns(endpoints.length);
  }

  /** The uptime of the next round. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** The uptime at which the round under way began. */
  get roundMs(): number {
    return this.#roundMs;
  }

  /** Whether so much was caught up with that the cursors should be written, lest a cut repeats it. */
  get outruns(): boolean {
    return this.#unwrittenCount >= CURSOR_POLLS_UNWRITTEN;
  }

  /** The cursors are being written. */
  noteWritten(): void {
    this.#unwrittenCount = 0;
  }

  /** Somebody is at the lock: polls come fast from here on, and the next one soon. */
  wake(uptimeMs: number): void {
    this.#interval.wake(uptimeMs);
    this.#pollBy(uptimeMs + this.#interval.fastMs);
  }

  /** Begins a round, where one is due. @returns the endpoint whose turn it is */
  begin(uptimeMs: number): Endpoint | undefined {
    if (uptimeMs < this.#dueMs) return undefined;
    // New settings, a new owner or a boot: somebody has just been here.
    if (!this.#hasPolled) this.#interval.wake(uptimeMs);
    this.#hasPolled = true;
    const longestMs = this.#longestBackoffMs(uptimeMs);
    const isPoll = uptimeMs >= this.#pollMs;
    const index = this.#turns.take((i) => {
      const endpoint = this.#endpoints[i];
      if (endpoint === undefined || endpoint.readyMs(longestMs) > uptimeMs) return undefined;
      return isPoll || endpoint.mayHasten(uptimeMs) ? endpoint.health.stride(uptimeMs) : undefined;
    });
    const endpoint = index === undefined ? undefined : this.#endpoints[index];
    if (isPoll) {
      const firstMs = Math.min(...this.#endpoints.map((each) => each.readyMs(longestMs)));
      this.#pollMs = endpoint === undefined ? firstMs : uptimeMs + this.#interval.waitMs(uptimeMs);
    }
    this.#dueMs = this.#pollMs;
    if (endpoint === undefined) return undefined;
    this.#roundMs = uptimeMs;
    if (endpoint.mayHasten(uptimeMs)) this.#unwrittenCount++;
    if (!isPoll) endpoint.hasten();
    return endpoint;
  }

  /** A round has failed: another endpoint may answer, or this one in a moment, so nobody waits for an idle poll. */
  failed(uptimeMs: number): void {
    this.#pollBy(uptimeMs + this.#interval.fastMs);
    this.over(uptimeMs);
  }

  /** A round has ended: where an endpoint has more to tell, the next one comes soon. */
  over(uptimeMs: number): void {
    if (!this.#endpoints.some((endpoint) => endpoint.mayHasten(uptimeMs))) return;
    this.#dueMs = Math.min(this.#dueMs, this.#roundMs + this.#interval.catchUpMs());
  }

  #pollBy(dueMs: number): void {
    this.#pollMs = Math.min(this.#pollMs, dueMs);
    this.#dueMs = Math.min(this.#dueMs, dueMs);
  }

  /** While another does the work, nobody waits for one that fails; while none does, somebody may stand at the door. */
  #longestBackoffMs(uptimeMs: number): number {
    if (this.#endpoints.some(({ answers }) => answers)) return BACKOFF_MS_MAX;
    return Math.max(BACKOFF_ALONE_MS_MAX, this.#interval.longestMs(uptimeMs));
  }
}
