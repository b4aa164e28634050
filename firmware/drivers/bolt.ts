import type { SensedBolt } from '../protocol/report.js';
import type { DigitalConstructor, DigitalPin, InputSink, TimerIo, TimerToken } from './io.js';

export interface BoltOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  /** Outputs of the H-bridge: one pushes the bolt out, the other draws it in; both low is the brake. */
  readonly extendPin: number;
  readonly retractPin: number;
  /** Inputs of the end switches, high while the bolt is there. */
  readonly lockedPin: number;
  readonly unlockedPin: number;
  /** The motor is cut after this long whatever the lock says, so that a stalled one does not burn. */
  readonly runMsMax?: number;
  readonly onInput: InputSink;
}

const RUN_MS_MAX_DEFAULT = 8_000;

/**
 * A motor bolt with two end switches: gives `bolt-sensed` at each change and stops itself at the end position.
 * Does not check who asked.
 */
export class Bolt {
  readonly #options: BoltOptions;
  readonly #extend: DigitalPin;
  readonly #retract: DigitalPin;
  readonly #locked: DigitalPin;
  readonly #unlocked: DigitalPin;
  #target: 'locked' | 'unlocked' | undefined;
  #cutoff: TimerToken;
  #told: SensedBolt | undefined;

  constructor(options: BoltOptions) {
    const { io } = options;
    this.#options = options;
    this.#extend = new io({ pin: options.extendPin, mode: io.Output });
    this.#retract = new io({ pin: options.retractPin, mode: io.Output });
    this.#brake();
    const edges = { mode: io.Input, edge: io.Rising | io.Falling, onReadable: () => this.#changed() };
    this.#locked = new io({ ...edges, pin: options.lockedPin });
    this.#unlocked = new io({ ...edges, pin: options.unlockedPin });
  }

  /** Runs the motor to an end position; where the bolt is there already, it only says so. */
  drive(target: 'locked' | 'unlocked'): void {
    this.stop();
    if (this.#position() === target) {
      this.sense();
      return;
    }
    this.#target = target;
    this.#cutoff = this.#options.timer.set(() => {
      this.#cutoff = undefined;
      this.stop();
      this.sense();
    }, this.#options.runMsMax ?? RUN_MS_MAX_DEFAULT);
    (target === 'locked' ? this.#extend : this.#retract).write(1);
  }

  /** Brakes at once. */
  stop(): void {
    this.#brake();
    this.#target = undefined;
    if (this.#cutoff !== undefined) this.#options.timer.clear(this.#cutoff);
    this.#cutoff = undefined;
  }

  /** Says where the bolt is, changed or not. */
  sense(): void {
    this.#told = this.#position();
    this.#options.onInput({ kind: 'bolt-sensed', bolt: this.#told });
  }

  close(): void {
    this.stop();
    for (const pin of [this.#extend, this.#retract, this.#locked, this.#unlocked]) pin.close();
  }

  #brake(): void {
    this.#extend.write(0);
    this.#retract.write(0);
  }

  #changed(): void {
    const position = this.#position();
    if (position === this.#target) this.stop();
    if (position !== this.#told) this.sense();
  }

  /** Both switches at once is a broken wire, not a position. */
  #position(): SensedBolt {
    const locked = this.#locked.read() === 1;
    const unlocked = this.#unlocked.read() === 1;
    if (locked && unlocked) return 'unknown';
    if (locked) return 'locked';
    return unlocked ? 'unlocked' : 'between';
  }
}
