import type { DigitalConstructor, DigitalLevel, DigitalPin, TimerIo, TimerToken } from './io.js';

export type LedSign = 'off' | 'unpaired' | 'offline' | 'fault' | 'pairing';

export interface LedOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  readonly pin: number;
  /** The level that lights it. */
  readonly on: DigitalLevel;
}

/** Milliseconds lit and dark in turn, over and over. A lock that is well stays dark: light costs battery. */
export const LED_SIGNS: Readonly<Record<LedSign, readonly number[]>> = Object.freeze({
  off: Object.freeze([]),
  unpaired: Object.freeze([100, 1_900]),
  offline: Object.freeze([50, 150, 50, 4_750]),
  fault: Object.freeze([250, 250]),
  pairing: Object.freeze([500, 500]),
});

/** The status light. */
export class Led {
  readonly #options: LedOptions;
  readonly #pin: DigitalPin;
  #sign: LedSign = 'off';
  #next: TimerToken;

  constructor(options: LedOptions) {
    this.#options = options;
    this.#pin = new options.io({ pin: options.pin, mode: options.io.Output });
    this.#light(false);
  }

  show(sign: LedSign): void {
    if (sign === this.#sign) return;
    this.#sign = sign;
    this.#dark();
    this.#step(0);
  }

  close(): void {
    this.#dark();
    this.#pin.close();
  }

  #step(index: number): void {
    const pattern = LED_SIGNS[this.#sign];
    const lasts = pattern[index % pattern.length];
    if (lasts === undefined) return;
    this.#light(index % 2 === 0);
    this.#next = this.#options.timer.set(() => this.#step((index + 1) % pattern.length), lasts);
  }

  #dark(): void {
    if (this.#next !== undefined) this.#options.timer.clear(this.#next);
    this.#next = undefined;
    this.#light(false);
  }

  #light(on: boolean): void {
    const { on: level } = this.#options;
    this.#pin.write(on ? level : level === 1 ? 0 : 1);
  }
}
