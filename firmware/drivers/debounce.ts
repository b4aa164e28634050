import type { DigitalConstructor, DigitalPin, TimerIo, TimerToken } from './io.js';

export interface DebouncedPinOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  readonly pin: number;
  /** The level must hold this long to count. */
  readonly settleMs: number;
  readonly onLevel: (level: number) => void;
}

/** A pulled-up input whose level counts only once it has held; `onLevel` is called at each settled change. */
export class DebouncedPin {
  readonly #options: DebouncedPinOptions;
  readonly #pin: DigitalPin;
  #settled: number;
  #waiting: TimerToken;

  constructor(options: DebouncedPinOptions) {
    const { io } = options;
    this.#options = options;
    this.#pin = new io({
      pin: options.pin,
      mode: io.InputPullUp,
      edge: io.Rising | io.Falling,
      onReadable: () => this.#restart(),
    });
    this.#settled = this.#pin.read();
  }

  /** The last level that held. */
  get level(): number {
    return this.#settled;
  }

  /** The level at this instant, settled or not. */
  read(): number {
    return this.#pin.read();
  }

  close(): void {
    if (this.#waiting !== undefined) this.#options.timer.clear(this.#waiting);
    this.#waiting = undefined;
    this.#pin.close();
  }

  #restart(): void {
    const { timer, settleMs } = this.#options;
    if (this.#waiting !== undefined) timer.clear(this.#waiting);
    this.#waiting = timer.set(() => {
      this.#waiting = undefined;
      const level = this.#pin.read();
      if (level === this.#settled) return;
      this.#settled = level;
      this.#options.onLevel(level);
    }, settleMs);
  }
}
