import { DebouncedPin } from './debounce.js';
import type { DigitalConstructor, TimerIo } from './io.js';

export interface TamperOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  /** Low while the case is closed: a cut wire reads as open. */
  readonly pin: number;
  readonly settleMs?: number;
  /** Called at each settled change. */
  readonly onTamper: (open: boolean) => void;
}

const SETTLE_MS_DEFAULT = 20;

/** The switch under the lid of the case. */
export class Tamper {
  readonly #input: DebouncedPin;

  constructor(options: TamperOptions) {
    this.#input = new DebouncedPin({
      ...options,
      settleMs: options.settleMs ?? SETTLE_MS_DEFAULT,
      onLevel: (level) => options.onTamper(level === 1),
    });
  }

  get isOpen(): boolean {
    return this.#input.level === 1;
  }

  close(): void {
    this.#input.close();
  }
}
