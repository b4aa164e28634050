import { DebouncedPin } from './debounce.js';
import type { DigitalConstructor, InputSink, TimerIo } from './io.js';

export interface ContactOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  /** Low while the magnet is near, that is while the door is closed: a cut wire reads as open. */
  readonly pin: number;
  readonly settleMs?: number;
  readonly onInput: InputSink;
}

const SETTLE_MS_DEFAULT = 50;

/** The magnetic contact of the door: gives `door-sensed` at each settled change. */
export class Contact {
  readonly #input: DebouncedPin;
  readonly #onInput: InputSink;

  constructor(options: ContactOptions) {
    this.#onInput = options.onInput;
    this.#input = new DebouncedPin({
      io: options.io,
      timer: options.timer,
      pin: options.pin,
      settleMs: options.settleMs ?? SETTLE_MS_DEFAULT,
      onLevel: () => this.sense(),
    });
  }

  /** Says whether the door is open, changed or not. */
  sense(): void {
    this.#onInput({ kind: 'door-sensed', door: this.#input.level === 0 ? 'closed' : 'open' });
  }

  close(): void {
    this.#input.close();
  }
}
