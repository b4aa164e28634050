import { PinBank } from '../io/digital.js';
import type { Clock } from './clock.js';

/** Which wire leads where, as on the reference board. */
export const PINS = Object.freeze({
  extend: 4,
  retract: 5,
  locked: 6,
  unlocked: 7,
  contact: 8,
  button: 9,
  tamper: 10,
  outsideButton: 12,
} as const);

export type PhysicalBolt = 'locked' | 'unlocked' | 'between';

export interface DoorWorldOptions {
  readonly clock: Clock;
  /** Time of the bolt from end to end, milliseconds. */
  readonly travelMs?: number;
  readonly bolt?: 'locked' | 'unlocked';
  /** How the door stood when it was last looked at, in place of `bolt`. */
  readonly state?: DoorState;
}

/** What of a door does not change because nobody looks: all but a movement under way. */
export interface DoorState {
  /** 0 is unlocked, 1 locked. */
  readonly extension: number;
  readonly doorOpen: boolean;
  readonly jammed: boolean;
  readonly switchesDead: boolean;
  /** The lid is off the lock's case. */
  readonly caseOpen: boolean;
}

const TRAVEL_MS_DEFAULT = 400;
/** How long a finger stays on the button, milliseconds. */
const PRESS_MS = 120;
/** Where a jammed bolt sticks, as a share of its way. */
const JAM_AT = 0.5;

/** The physical door behind the pins: a bolt with a motor, a thumb-turn, a contact, a button on each side and a case. */
export class DoorWorld {
  readonly pins = new PinBank();
  readonly #clock: Clock;
  readonly #travelMs: number;
  #extension: number;
  #direction: -1 | 0 | 1 = 0;
  #movedAtMs = 0;
  #cancelMove: (() => void) | undefined;
  #jammed = false;
  #doorOpen = false;
  #switchesDead = false;
  #moves = 0;
  #onChange: () => void = () => {};

  constructor(options: DoorWorldOptions) {
    this.#clock = options.clock;
    this.#travelMs = options.travelMs ?? TRAVEL_MS_DEFAULT;
    const { state } = options;
    this.#extension = state?.extension ?? ((options.bolt ?? 'locked') === 'locked' ? 1 : 0);
    this.#jammed = state?.jammed ?? false;
    this.#doorOpen = state?.doorOpen ?? false;
    this.#switchesDead = state?.switchesDead ?? false;
    this.pins.drive(PINS.button, 1);
    this.pins.drive(PINS.tamper, state?.caseOpen ? 1 : 0);
    this.pins.drive(PINS.outsideButton, 1);
    this.pins.watch(PINS.extend, () => this.#motor());
    this.pins.watch(PINS.retract, () => this.#motor());
    this.#wire();
  }

  /** Where the bolt truly is, whatever the lock says. */
  get bolt(): PhysicalBolt {
    const extension = this.#extensionNow();
    if (extension >= 1) return 'locked';
    return extension <= 0 ? 'unlocked' : 'between';
  }

  get door(): 'open' | 'closed' {
    return this.#doorOpen ? 'open' : 'closed';
  }

  get state(): DoorState {
    return {
      extension: this.#extensionNow(),
      doorOpen: this.#doorOpen,
      jammed: this.#jammed,
      switchesDead: this.#switchesDead,
      caseOpen: this.pins.level(PINS.tamper) === 1,
    };
  }

  /** How often the motor began to run; a refused order must leave it as it was. */
  get moves(): number {
    return this.#moves;
  }

  /** Is called after each change that an onlooker could see. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** A stuck bolt stops halfway, however long the motor runs. */
  setJammed(jammed: boolean): void {
    this.#stopAt(this.#extensionNow());
    this.#jammed = jammed;
    this.#motor();
  }

  /** The wires of both end switches are cut: neither says that the bolt is there. */
  setSwitchesDead(dead: boolean): void {
    this.#switchesDead = dead;
    this.#wire();
  }

  /** A bolt that stands out holds the door. */
  openDoor(): void {
    if (this.#extensionNow() > 0) return;
    this.#doorOpen = true;
    this.#wire();
  }

  /** A shoulder, or a jemmy: the door is open and the bolt still out. */
  forceDoor(): void {
    this.#doorOpen = true;
    this.#wire();
  }

  /** A bolt that stands out keeps the door from closing. */
  closeDoor(): void {
    if (this.#extensionNow() > 0) return;
    this.#doorOpen = false;
    this.#wire();
  }

  /** Somebody takes the lid off the case, or puts it back. */
  setTamper(open: boolean): void {
    this.pins.drive(PINS.tamper, open ? 1 : 0);
    this.#onChange();
  }

  /** A hand turns the bolt from inside, faster than the motor. */
  turnThumb(to: 'locked' | 'unlocked'): void {
    this.#stopAt(to === 'locked' ? 1 : 0);
    this.#motor();
  }

  /** @param heldMs - how long the finger stays */
  pressButton(heldMs = PRESS_MS): void {
    this.pins.drive(PINS.button, 0);
    this.#clock.after(heldMs, () => this.pins.drive(PINS.button, 1));
  }

  pressOutsideButton(): void {
    this.pins.drive(PINS.outsideButton, 0);
    this.#clock.after(PRESS_MS, () => this.pins.drive(PINS.outsideButton, 1));
  }

  /** The motor loses its current and the board its ears; the bolt stays where it is. */
  cutPower(): void {
    this.pins.release([PINS.extend, PINS.retract]);
  }

  #motor(): void {
    const direction = (this.pins.level(PINS.extend) - this.pins.level(PINS.retract)) as -1 | 0 | 1;
    this.#stopAt(this.#extensionNow());
    if (direction === 0) return;
    const goal = this.#goal(direction);
    const way = Math.abs(goal - this.#extension);
    if (way === 0) return;
    this.#moves++;
    this.#direction = direction;
    this.#movedAtMs = this.#clock.monotonicMs();
    this.#cancelMove = this.#clock.after(Math.ceil(way * this.#travelMs), () => this.#stopAt(goal));
    this.#wire();
  }

  #goal(direction: -1 | 1): number {
    const end = direction > 0 ? 1 : 0;
    if (!this.#jammed) return end;
    // It sticks on the way, or where it is when it is past that point already.
    return (JAM_AT - this.#extension) * direction > 0 ? JAM_AT : this.#extension;
  }

  #extensionNow(): number {
    if (this.#direction === 0) return this.#extension;
    const way = (this.#clock.monotonicMs() - this.#movedAtMs) / this.#travelMs;
    const moved = this.#extension + this.#direction * way;
    // Only the timer brings it to an end: the switch closes when the bolt is there, not a rounding before.
    return Math.min(0.999, Math.max(0.001, moved));
  }

  #stopAt(extension: number): void {
    this.#cancelMove?.();
    this.#cancelMove = undefined;
    this.#direction = 0;
    this.#extension = extension;
    this.#wire();
  }

  #wire(): void {
    // The switch that opens goes first: both closed at once would read as a fault.
    const bolt = this.#switchesDead ? 'between' : this.bolt;
    if (bolt !== 'locked') this.pins.drive(PINS.locked, 0);
    if (bolt !== 'unlocked') this.pins.drive(PINS.unlocked, 0);
    if (bolt === 'locked') this.pins.drive(PINS.locked, 1);
    if (bolt === 'unlocked') this.pins.drive(PINS.unlocked, 1);
    this.pins.drive(PINS.contact, this.#doorOpen ? 1 : 0);
    this.#onChange();
  }
}
