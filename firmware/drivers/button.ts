import { DebouncedPin } from './debounce.js';
import type { DigitalConstructor, InputSink, TimerIo, TimerToken } from './io.js';

export interface ButtonOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  /** Low while pressed. */
  readonly pin: number;
  readonly settleMs?: number;
  /** How long the inside button is held for `button-held`. */
  readonly holdMs?: number;
  /** What a press is to the lock; without it, that of the inside button. */
  readonly pressed?: 'button-pressed' | 'outside-pressed';
  readonly onInput: InputSink;
}

const SETTLE_MS_DEFAULT = 30;
const HOLD_MS_DEFAULT = 10_000;

/**
 * A button of the lock: one input for each settled press, at once, because somebody may have to get out; another where
 * the inside one is held; none for its release.
 */
export class Button {
  readonly #options: ButtonOptions;
  readonly #input: DebouncedPin;
  #holding: TimerToken;

  constructor(options: ButtonOptions) {
    this.#options = options;
    this.#input = new DebouncedPin({
      io: options.io,
      timer: options.timer,
      pin: options.pin,
      settleMs: options.settleMs ?? SETTLE_MS_DEFAULT,
      onLevel: (level) => {
        this.#letGo();
        if (level === 0) this.#press();
      },
    });
  }

  close(): void {
    this.#letGo();
    this.#input.close();
  }

  #press(): void {
    const { timer, pressed = 'button-pressed', holdMs = HOLD_MS_DEFAULT, onInput } = this.#options;
    if (pressed === 'button-pressed') {
      this.#holding = timer.set(() => {
        this.#holding = undefined;
        // A board that was busy may learn of the release later than of the time.
        if (this.#input.read() === 0) onInput({ kind: 'button-held' });
      }, holdMs);
    }
    onInput({ kind: pressed });
  }

  #letGo(): void {
    if (this.#holding !== undefined) this.#options.timer.clear(this.#holding);
    this.#holding = undefined;
  }
}
