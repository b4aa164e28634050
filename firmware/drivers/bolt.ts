import type { SensedBolt } from '../protocol/report.js';
import { EndSwitches } from './end-switches.js';
import type { DigitalConstructor, DigitalPin, InputSink, TimerIo, TimerToken } from './io.js';

/** What moves a bolt, whichever way it does: a motor, a servo or the relay of a strike. */
export interface BoltDriver {
  /** Moves to an end position; where the bolt is there already, it only says so. */
  drive(target: 'locked' | 'unlocked'): void;
  /** Ends the movement at once. */
  stop(): void;
  /** Says where the bolt is, changed or not. */
  sense(): void;
  close(): void;
}

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
  /** Both outputs stay low this long before the motor turns round: a bridge that is still on would be shorted. */
  readonly deadTimeMs?: number;
  readonly onInput: InputSink;
}

const RUN_MS_MAX_DEFAULT = 8_000;

/**
 * A motor bolt with two end switches: gives `bolt-sensed` at each change and stops itself at the end position.
 * Does not check who asked.
 */
export class Bolt implements BoltDriver {
  readonly #options: BoltOptions;
  readonly #extend: DigitalPin;
  readonly #retract: DigitalPin;
  readonly #switches: EndSwitches;
  #target: 'locked' | 'unlocked' | undefined;
  #running: DigitalPin | undefined;
  /** The output that ran last and the dead time that its end began. */
  #resting: { readonly from: DigitalPin; readonly over: TimerToken } | undefined;
  #start: TimerToken;
  #cutoff: TimerToken;
  #told: SensedBolt | undefined;

  constructor(options: BoltOptions) {
    const { io } = options;
    this.#options = options;
    this.#extend = new io({ pin: options.extendPin, mode: io.Output });
    this.#retract = new io({ pin: options.retractPin, mode: io.Output });
    this.#brake();
    this.#switches = new EndSwitches({ ...options, onChange: () => this.#changed() });
  }

  /** Runs the motor to an end position; where the bolt is there already, it only says so. */
  drive(target: 'locked' | 'unlocked'): void {
    this.stop();
    if (this.#switches.position === target) {
      this.sense();
      return;
    }
    this.#target = target;
    this.#cutoff = this.#options.timer.set(() => {
      this.#cutoff = undefined;
      this.stop();
      this.sense();
    }, this.#options.runMsMax ?? RUN_MS_MAX_DEFAULT);
    const output = target === 'locked' ? this.#extend : this.#retract;
    if (this.#resting === undefined || this.#resting.from === output) this.#run(output);
    else this.#start = this.#options.timer.set(() => this.#run(output), this.#options.deadTimeMs ?? 0);
  }

  /** Brakes at once. */
  stop(): void {
    this.#brake();
    this.#target = undefined;
    this.#clear(this.#cutoff);
    this.#clear(this.#start);
    this.#cutoff = undefined;
    this.#start = undefined;
  }

  /** Says where the bolt is, changed or not. */
  sense(): void {
    this.#told = this.#switches.position;
    this.#options.onInput({ kind: 'bolt-sensed', bolt: this.#told });
  }

  close(): void {
    this.stop();
    this.#clear(this.#resting?.over);
    this.#extend.close();
    this.#retract.close();
    this.#switches.close();
  }

  #run(output: DigitalPin): void {
    this.#start = undefined;
    this.#running = output;
    output.write(1);
  }

  #brake(): void {
    this.#extend.write(0);
    this.#retract.write(0);
    const from = this.#running;
    this.#running = undefined;
    const { deadTimeMs = 0, timer } = this.#options;
    if (from === undefined || deadTimeMs === 0) return;
    this.#clear(this.#resting?.over);
    const over = timer.set(() => {
      this.#resting = undefined;
    }, deadTimeMs);
    this.#resting = { from, over };
  }

  #changed(): void {
    const position = this.#switches.position;
    if (position === this.#target) this.stop();
    if (position !== this.#told) this.sense();
  }

  #clear(token: TimerToken): void {
    if (token !== undefined) this.#options.timer.clear(token);
  }
}
