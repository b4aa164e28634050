import type { SensedBolt } from '../protocol/report.js';
import type { BoltDriver } from './bolt.js';
import { EndSwitches } from './end-switches.js';
import type {
  DigitalConstructor,
  DigitalPin,
  InputSink,
  PwmConstructor,
  PwmPin,
  TimerIo,
  TimerToken,
} from './io.js';

export interface ServoOptions {
  readonly pwm: PwmConstructor;
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  readonly servoPin: number;
  /** Switches the servo's supply, high is on: a servo without pulses but with supply may still twitch at boot. */
  readonly powerPin: number;
  readonly lockedPin: number;
  readonly unlockedPin: number;
  /** Widths of the pulse that mean the two ends, microseconds. */
  readonly lockedMicros: number;
  readonly unlockedMicros: number;
  /** The servo is let go after this long, wherever the bolt is: a stalled one draws an ampere. */
  readonly runMsMax?: number;
  readonly onInput: InputSink;
}

/** Hobby servos take 50 pulses a second. */
const HZ = 50;
/** Steps of 1.2 microseconds; with 10 bits they would be 20, two degrees. */
const RESOLUTION_BITS = 14;
/** No servo means anything by a pulse outside these; one that is driven there breaks its end stop. */
const PULSE_MICROS_MIN = 500;
const PULSE_MICROS_MAX = 2_500;
/** From supply to first pulse, so that it starts from a full rail. */
const POWER_UP_MS = 20;
/** After the end switch closes the arm still comes to rest. */
const SETTLE_MS = 150;
const RUN_MS_MAX_DEFAULT = 1_500;

/**
 * A bolt that a hobby servo moves, with two end switches: supply, then pulses, then neither, so that a hand can
 * turn the bolt while nothing moves. Does not check who asked.
 */
export class Servo implements BoltDriver {
  readonly #options: ServoOptions;
  readonly #pwm: PwmPin;
  readonly #power: DigitalPin;
  readonly #switches: EndSwitches;
  #target: 'locked' | 'unlocked' | undefined;
  #next: TimerToken;
  #cutoff: TimerToken;
  #told: SensedBolt | undefined;

  /** @throws RangeError where a pulse lies outside 500 to 2,500 microseconds */
  constructor(options: ServoOptions) {
    for (const micros of [options.lockedMicros, options.unlockedMicros]) {
      if (!(micros >= PULSE_MICROS_MIN && micros <= PULSE_MICROS_MAX)) {
        throw new RangeError(`expected a pulse of 500 to 2500 microseconds, found ${micros}`);
      }
    }
    const { io } = options;
    this.#options = options;
    this.#power = new io({ pin: options.powerPin, mode: io.Output });
    this.#power.write(0);
    this.#pwm = new options.pwm({ pin: options.servoPin, hz: HZ, resolution: RESOLUTION_BITS });
    this.#pwm.write(0);
    this.#switches = new EndSwitches({ ...options, onChange: () => this.#changed() });
  }

  drive(target: 'locked' | 'unlocked'): void {
    this.stop();
    if (this.#switches.position === target) {
      this.sense();
      return;
    }
    const { timer, runMsMax = RUN_MS_MAX_DEFAULT } = this.#options;
    this.#target = target;
    this.#power.write(1);
    this.#next = timer.set(() => {
      this.#next = undefined;
      this.#pulse(target === 'locked' ? this.#options.lockedMicros : this.#options.unlockedMicros);
    }, POWER_UP_MS);
    this.#cutoff = timer.set(() => {
      this.#cutoff = undefined;
      this.stop();
      this.sense();
    }, runMsMax);
  }

  stop(): void {
    this.#pwm.write(0);
    this.#power.write(0);
    this.#target = undefined;
    for (const token of [this.#next, this.#cutoff]) {
      if (token !== undefined) this.#options.timer.clear(token);
    }
    this.#next = undefined;
    this.#cutoff = undefined;
  }

  sense(): void {
    this.#told = this.#switches.position;
    this.#options.onInput({ kind: 'bolt-sensed', bolt: this.#told });
  }

  close(): void {
    this.stop();
    this.#pwm.close();
    this.#power.close();
    this.#switches.close();
  }

  #pulse(micros: number): void {
    const { hz, resolution } = this.#pwm;
    this.#pwm.write(Math.round((micros * hz * 2 ** resolution) / 1_000_000));
  }

  #changed(): void {
    const position = this.#switches.position;
    if (position === this.#target && this.#next === undefined) {
      this.#target = undefined;
      this.#next = this.#options.timer.set(() => this.stop(), SETTLE_MS);
    }
    if (position !== this.#told) this.sense();
  }
}
