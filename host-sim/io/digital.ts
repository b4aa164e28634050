import type {
  DigitalConstructor,
  DigitalLevel,
  DigitalOptions,
  DigitalPin,
} from '../../firmware/drivers/io.js';

const INPUT = 0;
const INPUT_PULL_UP = 1;
const OUTPUT = 8;
const RISING = 1;
const FALLING = 2;

/** The pins of one board, seen from both sides: the firmware's `Digital` and the world that the wires lead to. */
export class PinBank {
  readonly #levels = new Map<number, DigitalLevel>();
  readonly #inputs = new Map<number, DigitalOptions>();
  readonly #watchers = new Map<number, (level: DigitalLevel) => void>();

  level(pin: number): DigitalLevel {
    return this.#levels.get(pin) ?? 0;
  }

  /** The world's side: sets the level of a wire, and wakes the firmware where it asked for that edge. */
  drive(pin: number, level: DigitalLevel): void {
    if (this.level(pin) === level) return;
    this.#levels.set(pin, level);
    const input = this.#inputs.get(pin);
    if (input?.onReadable && ((input.edge ?? 0) & (level === 1 ? RISING : FALLING)) !== 0) input.onReadable();
  }

  /** The world's side: is told when the firmware changes an output. */
  watch(pin: number, watcher: (level: DigitalLevel) => void): void {
    this.#watchers.set(pin, watcher);
  }

  /** What a power cut does: outputs fall to 0, and no edge reaches the firmware any more. */
  release(outputs: readonly number[]): void {
    this.#inputs.clear();
    for (const pin of outputs) this.write(pin, 0);
  }

  /** The firmware's side. */
  claim(options: DigitalOptions): void {
    if (options.mode !== OUTPUT) this.#inputs.set(options.pin, options);
  }

  unclaim(pin: number): void {
    this.#inputs.delete(pin);
  }

  write(pin: number, level: DigitalLevel): void {
    if (this.level(pin) === level) return;
    this.#levels.set(pin, level);
    this.#watchers.get(pin)?.(level);
  }
}

/** @returns a look-alike of `embedded:io/digital` whose pins are those of `bank` */
export function createDigital(bank: PinBank): DigitalConstructor {
  return class Digital implements DigitalPin {
    static readonly Input = INPUT;
    static readonly InputPullUp = INPUT_PULL_UP;
    static readonly Output = OUTPUT;
    static readonly Rising = RISING;
    static readonly Falling = FALLING;
    readonly #options: DigitalOptions;

    constructor(options: DigitalOptions) {
      this.#options = options;
      bank.claim(options);
    }

    read(): number {
      return bank.level(this.#options.pin);
    }

    write(level: DigitalLevel): void {
      if (this.#options.mode !== OUTPUT) throw new Error(`pin ${this.#options.pin} is an input`);
      bank.write(this.#options.pin, level);
    }

    close(): void {
      if (this.#options.mode !== OUTPUT) bank.unclaim(this.#options.pin);
    }
  };
}
