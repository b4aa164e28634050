import { BOLT_TRAVEL_MS_MAX, BOLT_TRIES_MAX } from '../protocol/limits.js';
import type { Bolt, Door, SensedBolt } from '../protocol/report.js';

export type BoltState = 'unknown' | 'locked' | 'unlocked' | 'locking' | 'unlocking' | 'waiting' | 'jammed';

export type BoltEvent =
  | 'sensed-locked'
  | 'sensed-unlocked'
  | 'sensed-between'
  | 'sensed-unknown'
  | 'want-lock'
  | 'want-lock-open' // to lock is wanted while the door stands open
  | 'want-unlock'
  | 'want-nothing' // a wish to lock that waits is taken back
  | 'released' // the opening of a strike has ended by itself: it falls back
  | 'door-opened'
  | 'door-closed'
  | 'try-over' // the travel time is over, tries are left
  | 'tries-over'
  | 'blind-over'; // the travel time is over, and the sensor is silent: more tries would tell no more

export type BoltAct = 'lock' | 'unlock' | 'stop' | undefined;

type Row = Readonly<Partial<Record<BoltEvent, readonly [BoltState, BoltAct?]>>>;

/**
 * Every transition of the bolt. An event that a row does not name changes nothing.
 * `waiting` is a wish to lock that waits for the door: a bolt is never thrown into the air.
 */
export const BOLT_TRANSITIONS: Readonly<Record<BoltState, Row>> = Object.freeze({
  unknown: {
    'sensed-locked': ['locked'],
    'sensed-unlocked': ['unlocked'],
    'want-lock': ['locking', 'lock'],
    'want-lock-open': ['waiting'],
    'want-unlock': ['unlocking', 'unlock'],
    released: ['locking'],
  },
  locked: {
    'sensed-unlocked': ['unlocked'],
    'sensed-between': ['unknown'],
    'sensed-unknown': ['unknown'],
    'want-unlock': ['unlocking', 'unlock'],
  },
  unlocked: {
    'sensed-locked': ['locked'],
    'sensed-between': ['unknown'],
    'sensed-unknown': ['unknown'],
    'want-lock': ['locking', 'lock'],
    'want-lock-open': ['waiting'],
    released: ['locking'],
  },
  locking: {
    'sensed-locked': ['locked', 'stop'],
    'want-unlock': ['unlocking', 'unlock'],
    'door-opened': ['waiting', 'stop'],
    'try-over': ['locking', 'lock'],
    'tries-over': ['jammed', 'stop'],
    'blind-over': ['unknown', 'stop'],
  },
  unlocking: {
    'sensed-unlocked': ['unlocked', 'stop'],
    'want-lock': ['locking', 'lock'],
    'want-lock-open': ['waiting', 'stop'],
    'try-over': ['unlocking', 'unlock'],
    'tries-over': ['jammed', 'stop'],
    'blind-over': ['unknown', 'stop'],
  },
  waiting: {
    'sensed-locked': ['locked'],
    'want-lock': ['locking', 'lock'],
    'want-unlock': ['unlocking', 'unlock'],
    'want-nothing': ['unknown'],
    'door-closed': ['locking', 'lock'],
  },
  jammed: {
    'sensed-locked': ['locked'],
    'sensed-unlocked': ['unlocked'],
    'sensed-unknown': ['unknown'],
    'want-lock': ['locking', 'lock'],
    'want-lock-open': ['waiting'],
    'want-unlock': ['unlocking', 'unlock'],
    released: ['locking'],
  },
});

/** What a step of the bolt means to the rest of the lock. */
export interface BoltStep {
  readonly act: BoltAct;
  /** The state before and after. */
  readonly from: BoltState;
  readonly to: BoltState;
}

/** The bolt: one transition table, a travel time, and what the sensor said last. Drives nothing itself. */
export class BoltMachine {
  #state: BoltState = 'unknown';
  #sensed: SensedBolt = 'unknown';
  #door: Door = 'unknown';
  #tries = 0;
  #dueMs: number | undefined;

  get state(): BoltState {
    return this.#state;
  }

  get door(): Door {
    return this.#door;
  }

  /** The uptime at which a try is over, or undefined while nothing moves. */
  get dueMs(): number | undefined {
    return this.#dueMs;
  }

  /** What a report says of the bolt: `locked` only where the sensor says so, `unknown` where it is silent. */
  get position(): Bolt {
    switch (this.#state) {
      case 'locking':
      case 'unlocking':
        return this.#sensed === 'unknown' ? 'unknown' : 'moving';
      case 'waiting':
        return this.#sensed === 'unlocked' ? 'unlocked' : 'unknown';
      default:
        return this.#state;
    }
  }

  want(target: 'locked' | 'unlocked', uptimeMs: number): BoltStep {
    this.#tries = 0;
    if (target === 'unlocked') return this.#step('want-unlock', uptimeMs);
    return this.#step(this.#door === 'open' ? 'want-lock-open' : 'want-lock', uptimeMs);
  }

  /** Takes back a wish to lock that waits for the door; the bolt is where the sensor says. */
  wantNothing(uptimeMs: number): BoltStep {
    const { from } = this.#step('want-nothing', uptimeMs);
    return { ...this.#step(`sensed-${this.#sensed}`, uptimeMs), from };
  }

  /** The driver has let go of what it held open: the bolt falls back without being driven. */
  release(uptimeMs: number): BoltStep {
    this.#tries = 0;
    return this.#step('released', uptimeMs);
  }

  sense(sensed: SensedBolt, uptimeMs: number): BoltStep {
    this.#sensed = sensed;
    return this.#step(`sensed-${sensed}`, uptimeMs);
  }

  senseDoor(door: Door, uptimeMs: number): BoltStep {
    const before = this.#door;
    this.#door = door;
    if (door === before || door === 'unknown') return this.#stay();
    return this.#step(door === 'open' ? 'door-opened' : 'door-closed', uptimeMs);
  }

  tick(uptimeMs: number): BoltStep {
    if (this.#dueMs === undefined || uptimeMs < this.#dueMs) return this.#stay();
    return this.#step(this.#eventAfterTry(), uptimeMs);
  }

  #eventAfterTry(): BoltEvent {
    if (this.#sensed === 'unknown') return 'blind-over';
    // A strike falls back while its door stands open; to lock it again would be a bolt thrown into the air.
    const mayTry = this.#state === 'unlocking' || this.#door !== 'open';
    return mayTry && this.#tries < BOLT_TRIES_MAX ? 'try-over' : 'tries-over';
  }

  #step(event: BoltEvent, uptimeMs: number): BoltStep {
    const row = BOLT_TRANSITIONS[this.#state][event];
    if (row === undefined) return this.#stay();
    const from = this.#state;
    const [to, act] = row;
    this.#state = to;
    const moves = to === 'locking' || to === 'unlocking';
    if (moves) this.#tries = event === 'try-over' ? this.#tries + 1 : 1;
    this.#dueMs = moves ? uptimeMs + BOLT_TRAVEL_MS_MAX : undefined;
    return { act, from, to };
  }

  #stay(): BoltStep {
    return { act: undefined, from: this.#state, to: this.#state };
  }
}
