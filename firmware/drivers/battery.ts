import type { AnalogConstructor, AnalogPin, InputSink, TimerIo, TimerToken } from './io.js';

export interface BatteryOptions {
  readonly io: AnalogConstructor;
  readonly timer: TimerIo;
  readonly pin: number;
  /** What the pin reads at its highest value, millivolts. */
  readonly fullScaleMilliVolts: number;
  /** The divider before the pin: 3 where two thirds of the battery's voltage fall on its upper half. */
  readonly dividerRatio: number;
  readonly intervalMs?: number;
  readonly onInput: InputSink;
}

const INTERVAL_MS_DEFAULT = 60_000;
/** Odd, so that there is a middle one. */
const SAMPLES = 5;
const MILLIVOLTS_MAX = 0xffff;

/** The battery behind a divider: `battery-sensed` at once and at every interval, the middle of five readings. */
export class Battery {
  readonly #options: BatteryOptions;
  readonly #input: AnalogPin;
  #next: TimerToken;

  constructor(options: BatteryOptions) {
    this.#options = options;
    this.#input = new options.io({ pin: options.pin });
  }

  /** Measures now, and goes on at every interval. */
  sense(): void {
    const { timer, intervalMs = INTERVAL_MS_DEFAULT, onInput } = this.#options;
    if (this.#next !== undefined) timer.clear(this.#next);
    this.#next = timer.set(() => this.sense(), intervalMs);
    onInput({ kind: 'battery-sensed', milliVolts: this.#measure() });
  }

  close(): void {
    if (this.#next !== undefined) this.#options.timer.clear(this.#next);
    this.#next = undefined;
    this.#input.close();
  }

  #measure(): number {
    const readings: number[] = [];
    for (let i = 0; i < SAMPLES; i++) readings.push(this.#input.read());
    // A motor's current dips a reading or two; the middle one stands.
    const middle = readings.sort((a, b) => a - b)[SAMPLES >> 1] ?? 0;
    const { fullScaleMilliVolts, dividerRatio } = this.#options;
    const highest = 2 ** this.#input.resolution - 1;
    const milliVolts = Math.round((middle * fullScaleMilliVolts * dividerRatio) / highest);
    return Math.min(MILLIVOLTS_MAX, milliVolts);
  }
}
