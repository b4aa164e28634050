import type { SensedBolt } from '../protocol/report.js';
import type { BoltDriver } from './bolt.js';
import type { DigitalConstructor, DigitalLevel, DigitalPin, InputSink, TimerIo, TimerToken } from './io.js';

export interface StrikeOptions {
  readonly io: DigitalConstructor;
  readonly timer: TimerIo;
  /** The relay's coil. */
  readonly relayPin: number;
  /** The level that draws the relay; many boards draw it at 0. */
  readonly relayOn: DigitalLevel;
  /** The strike's own monitor contact, high while its keeper is locked. */
  readonly monitorPin: number;
  /** The coil is let go after this long: most strikes are not made to hold for ever. */
  readonly holdMsMax?: number;
  readonly onInput: InputSink;
}

const HOLD_MS_MAX_DEFAULT = 15_000;

/**
 * A fail-secure electric strike behind a relay: current frees the keeper, its end locks it, a power cut too.
 * An opening ends by itself, and `bolt-released` says so before the monitor tells of it.
 * `locked` comes from the strike's monitor alone. Does not check who asked.
 */
export class Strike implements BoltDriver {
  readonly #options: StrikeOptions;
  readonly #relay: DigitalPin;
  readonly #monitor: DigitalPin;
  #on = false;
  #release: TimerToken;
  #told: SensedBolt | undefined;

  constructor(options: StrikeOptions) {
    const { io } = options;
    this.#options = options;
    this.#relay = new io({ pin: options.relayPin, mode: io.Output, initialValue: off(options.relayOn) });
    this.#switch(false);
    this.#monitor = new io({
      pin: options.monitorPin,
      mode: io.Input,
      edge: io.Rising | io.Falling,
      onReadable: () => {
        if (this.#position() !== this.#told) this.sense();
      },
    });
  }

  drive(target: 'locked' | 'unlocked'): void {
    this.#forget();
    this.#switch(target === 'unlocked');
    if (target === 'unlocked') {
      this.#release = this.#options.timer.set(() => {
        this.#release = undefined;
        this.#switch(false);
        this.#options.onInput({ kind: 'bolt-released' });
        this.sense();
      }, this.#options.holdMsMax ?? HOLD_MS_MAX_DEFAULT);
    }
    this.sense();
  }

  /** Leaves the coil as it is: there is nothing between its two states, and the bound on its time holds on. */
  stop(): void {}

  sense(): void {
    this.#told = this.#position();
    this.#options.onInput({ kind: 'bolt-sensed', bolt: this.#told });
  }

  /** Locks. */
  close(): void {
    this.#forget();
    this.#switch(false);
    this.#relay.close();
    this.#monitor.close();
  }

  #forget(): void {
    if (this.#release !== undefined) this.#options.timer.clear(this.#release);
    this.#release = undefined;
  }

  #switch(on: boolean): void {
    this.#on = on;
    this.#relay.write(on ? this.#options.relayOn : off(this.#options.relayOn));
  }

  /** A monitor that disagrees with the coil is a keeper on its way, or stuck. */
  #position(): SensedBolt {
    const monitor = this.#monitor.read() === 1;
    if (monitor) return this.#on ? 'between' : 'locked';
    return this.#on ? 'unlocked' : 'between';
  }
}

function off(relayOn: DigitalLevel): DigitalLevel {
  return relayOn === 1 ? 0 : 1;
}
