import { CLOCK_JUMP_SECONDS_MAX, ORDER_AHEAD_SECONDS_MAX, UNIX_SECONDS_MAX } from '../protocol/limits.js';
import type { ClockSource } from './ports.js';

/** How far a time from outside may lie behind the floor: a crystal's drift between two synchronisations. */
const BACKWARD_SECONDS_MAX = 300;

/** What the lock knows of the time, as the authorizer sees it. */
export interface Time {
  /** Unix seconds that have certainly passed; it can only refuse. */
  readonly floorSeconds: number;
  /** Authenticated Unix seconds, or undefined while this boot has none. */
  readonly nowSeconds: number | undefined;
}

export interface ClockOptions {
  /** The highest of build time, pairing time and what the journal remembers, Unix seconds. */
  readonly floorSeconds: number;
  /** Whether the floor is a time that an owner or a synchronisation vouched for. */
  readonly synchronisedBefore: boolean;
}

/**
 * Two times: a floor that never falls and only refuses, and an authenticated time that also admits.
 * Both run on with uptime. Does not check who vouches for a time: the composition root names the source.
 */
export class Clock {
  #floor: Anchor;
  #authenticated: Anchor | undefined;
  #suspect: Anchor | undefined;
  /** What the owner vouched for, or before pairing the first synchronisation: all later steps together go a day beyond it. */
  #vouched: Anchor | undefined;
  #synchronisedBefore: boolean;

  constructor(options: ClockOptions) {
    this.#floor = { seconds: options.floorSeconds, uptimeMs: 0 };
    this.#synchronisedBefore = options.synchronisedBefore;
    if (options.synchronisedBefore) this.#vouched = this.#floor;
  }

  get synchronisedBefore(): boolean {
    return this.#synchronisedBefore;
  }

  read(uptimeMs: number): Time {
    const nowSeconds = this.#authenticated && secondsAt(this.#authenticated, uptimeMs);
    return { floorSeconds: Math.max(secondsAt(this.#floor, uptimeMs), nowSeconds ?? 0), nowSeconds };
  }

  /** Raises the floor, for example to the owner's time at pairing; a lower value changes nothing. */
  raiseFloor(seconds: number, uptimeMs: number): void {
    if (seconds > secondsAt(this.#floor, uptimeMs)) this.#floor = { seconds, uptimeMs };
  }

  /**
   * Takes a time from outside.
   * @returns whether the lock now has authenticated time. A time behind the floor is refused; one that jumps
   * over a day beyond uptime waits for `confirm`, once anybody has vouched for the time.
   */
  synchronise(unixSeconds: number, source: ClockSource, uptimeMs: number): boolean {
    if (source === 'none' || !Number.isSafeInteger(unixSeconds) || unixSeconds < 0) return false;
    if (unixSeconds > UNIX_SECONDS_MAX) return false;
    if (unixSeconds < this.read(uptimeMs).floorSeconds - BACKWARD_SECONDS_MAX) return false;
    const told: Anchor = { seconds: unixSeconds, uptimeMs };
    if (
      this.#vouched !== undefined &&
      unixSeconds - secondsAt(this.#vouched, uptimeMs) > CLOCK_JUMP_SECONDS_MAX
    ) {
      this.#suspect = told;
      return false;
    }
    this.#vouched ??= told;
    this.#accept(told, uptimeMs);
    return true;
  }

  /**
   * The owner has signed an order with the current challenge: a jump that waited is believed where the order's own
   * window says the same, and forgotten where it does not.
   * @returns whether the lock now has that time
   */
  confirm(notAfterSeconds: number, uptimeMs: number): boolean {
    const suspect = this.#suspect;
    this.#suspect = undefined;
    if (suspect === undefined) return false;
    const seconds = secondsAt(suspect, uptimeMs);
    if (seconds > notAfterSeconds || seconds < notAfterSeconds - ORDER_AHEAD_SECONDS_MAX) return false;
    this.#vouched = suspect;
    this.#accept(suspect, uptimeMs);
    return true;
  }

  /**
   * At pairing: the owner who stands there says the time, and what any clock says later is measured by that; by the
   * floor where the owner's clock is behind even what has certainly passed.
   */
  vouch(unixSeconds: number, uptimeMs: number): void {
    this.raiseFloor(unixSeconds, uptimeMs);
    this.#vouched = { seconds: this.read(uptimeMs).floorSeconds, uptimeMs };
    this.#suspect = undefined;
    this.#synchronisedBefore = true;
  }

  #accept(told: Anchor, uptimeMs: number): void {
    this.#authenticated = told;
    this.#suspect = undefined;
    this.#synchronisedBefore = true;
    this.raiseFloor(secondsAt(told, uptimeMs), uptimeMs);
  }
}

interface Anchor {
  readonly seconds: number;
  readonly uptimeMs: number;
}

/** Stands still at the highest time that a field holds: a source that tells it must not break reports. */
function secondsAt(anchor: Anchor, uptimeMs: number): number {
  return Math.min(UNIX_SECONDS_MAX, anchor.seconds + Math.floor((uptimeMs - anchor.uptimeMs) / 1000));
}
