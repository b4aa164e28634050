import type {
  DigitalConstructor,
  DigitalLevel,
  DigitalOptions,
  DigitalPin,
  TimerIo,
  TimerToken,
} from '../../drivers/io.js';
import type { Board } from '../esp32/boards/board.js';

const EXTEND = 0;
const RETRACT = 1;
const LOCKED = 2;
const UNLOCKED = 3;
const CONTACT = 4;
const BUTTON = 5;
const CASE = 6;
const OUTSIDE_BUTTON = 7;
const OUTPUT = 8;
const RISING = 1;
const FALLING = 2;
/** From wherever the bolt is to the end of its way. */
const TRAVEL_MS = 600;
const PRESS_MS = 120;

/** @returns a board with a motor bolt, a contact, a button and a switch under its lid; its serial port is a TCP port of this computer */
export function simulatedBoard(pairingPort: number): Board {
  return {
    name: 'simulator',
    bolt: {
      kind: 'motor',
      extendPin: EXTEND,
      retractPin: RETRACT,
      lockedPin: LOCKED,
      unlockedPin: UNLOCKED,
      deadTimeMs: 50,
    },
    contactPin: CONTACT,
    buttonPin: BUTTON,
    outsideButtonPin: OUTSIDE_BUTTON,
    tamperPin: CASE,
    battery: undefined,
    led: undefined,
    serials: [{ port: pairingPort, receive: 0, transmit: 0 }],
  };
}

/** The door behind the pins, closed and locked at first: a bolt that takes its time, a contact, a button and a case. */
export class SimulatedDoor {
  readonly digital: DigitalConstructor;
  readonly #timer: TimerIo;
  readonly #inputs = new Map<number, DigitalOptions>();
  // Button, contact and case are pulled up: low is pressed, and low is closed.
  readonly #levels = new Map<number, DigitalLevel>([
    [LOCKED, 1],
    [BUTTON, 1],
    [OUTSIDE_BUTTON, 1],
  ]);
  #arrival: TimerToken;
  #jammed = false;

  constructor(timer: TimerIo) {
    this.#timer = timer;
    this.digital = this.#createDigital();
  }

  /**
   * Does what a hand would: `press` and `press 11000` (milliseconds), `outside` (the button there), `open`, `close`,
   * `jam`, `free`, `case-open`, `case-close`.
   * @returns false where the line says none of these
   */
  handle(line: string): boolean {
    const [word, number] = line.trim().split(' ');
    if (word === 'press') this.#press(BUTTON, Number(number ?? PRESS_MS));
    else if (word === 'outside') this.#press(OUTSIDE_BUTTON, PRESS_MS);
    else if (word === 'open') this.#sense(CONTACT, 1);
    else if (word === 'close') this.#sense(CONTACT, 0);
    else if (word === 'case-open') this.#sense(CASE, 1);
    else if (word === 'case-close') this.#sense(CASE, 0);
    else if (word === 'jam') this.#jammed = true;
    else if (word === 'free') this.#jammed = false;
    else return false;
    return true;
  }

  #press(pin: number, forMs: number): void {
    this.#sense(pin, 0);
    this.#timer.set(() => this.#sense(pin, 1), forMs);
  }

  #level(pin: number): DigitalLevel {
    return this.#levels.get(pin) ?? 0;
  }

  #sense(pin: number, level: DigitalLevel): void {
    if (this.#level(pin) === level) return;
    this.#levels.set(pin, level);
    const input = this.#inputs.get(pin);
    if (((input?.edge ?? 0) & (level === 1 ? RISING : FALLING)) !== 0) input?.onReadable?.();
  }

  #output(pin: number, level: DigitalLevel): void {
    if (this.#level(pin) === level) return;
    this.#levels.set(pin, level);
    if (this.#arrival !== undefined) this.#timer.clear(this.#arrival);
    this.#arrival = undefined;
    const direction = this.#level(EXTEND) - this.#level(RETRACT);
    if (direction === 0) return;
    const [goal, other] = direction > 0 ? [LOCKED, UNLOCKED] : [UNLOCKED, LOCKED];
    if (this.#level(goal) === 1) return;
    this.#sense(other, 0);
    this.#arrival = this.#timer.set(() => {
      this.#arrival = undefined;
      if (!this.#jammed) this.#sense(goal, 1);
    }, TRAVEL_MS);
  }

  #claim(options: DigitalOptions): void {
    if (options.mode !== OUTPUT) this.#inputs.set(options.pin, options);
  }

  #createDigital(): DigitalConstructor {
    const claim = (options: DigitalOptions) => this.#claim(options);
    const level = (pin: number) => this.#level(pin);
    const output = (pin: number, value: DigitalLevel) => this.#output(pin, value);
    return class Digital implements DigitalPin {
      static readonly Input = 0;
      static readonly InputPullUp = 1;
      static readonly Output = OUTPUT;
      static readonly Rising = RISING;
      static readonly Falling = FALLING;
      readonly #pin: number;

      constructor(options: DigitalOptions) {
        this.#pin = options.pin;
        claim(options);
      }

      read(): number {
        return level(this.#pin);
      }

      write(value: DigitalLevel): void {
        output(this.#pin, value);
      }

      close(): void {}
    };
  }
}
