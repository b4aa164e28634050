import { DebouncedPin } from './debounce.js';
import type { DigitalConstructor, InputSink, TimerIo } from './io.js';

export interface ButtonOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  /** Low while pressed. */
  readonly pin: number;
  readonly settleMs?: number;
  /** What a press is to the lock; without it, that of the inside button. */
  readonly pressed?: 'button-pressed' | 'outside-pressed';
  readonly onInput: InputSink;
}

const SETTLE_MS_DEFAULT = 30;

/** A button of the lock: one input for each settled press, none for its release. */
export class Button {
  readonly #input: DebouncedPin;

  constructor(options: ButtonOptions) {
    this.#input = new DebouncedPin({
      io: options.io,
      timer: options.timer,
      pin: options.pin,
      settleMs: options.settleMs ?? SETTLE_MS_DEFAULT,
      onLevel: (level) => {
        if (level === 0) options.onInput({ kind: options.pressed ?? 'button-pressed' });
      },
    });
  }

  close(): void {
    this.#input.close();
  }
}
