import { DebouncedPin } from './debounce.js';
import type { DigitalConstructor, InputSink, TimerIo } from './io.js';

export interface TamperOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  /** Low while the case is closed: a cut wire reads as open. */
  readonly pin: number;
  readonly settleMs?: number;
  readonly onInput: InputSink;
}

const SETTLE_MS_DEFAULT = 20;

/** The switch under the lid of the case: gives `tamper-sensed` at each settled change. */
export class Tamper {
  readonly #input: DebouncedPin;
  readonly #onInput: InputSink;

  constructor(options: TamperOptions) {
    this.#onInput = options.onInput;
    this.#input = new DebouncedPin({
      io: options.io,
      timer: options.timer,
      pin: options.pin,
      settleMs: options.settleMs ?? SETTLE_MS_DEFAULT,
      onLevel: () => this.sense(),
    });
  }

  get isOpen(): boolean {
    return this.#input.level === 1;
  }

  /** Says whether the case is open, changed or not. */
  sense(): void {
    this.#onInput({ kind: 'tamper-sensed', open: this.isOpen });
  }

  close(): void {
    this.#input.close();
  }
}
