import type { Output } from '../../firmware/lock/ports.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';

/** So long before the world's first second the firmware was built, and the clock beside it was made. */
const MADE_SECONDS = 30 * 86_400;
const WRONG_MS_MAX = 1_200_000;

/** A house whose clock has an empty battery: soon after the power is back it begins on the day it was made, until somebody sets it. */
export class EmptyBattery implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #isEmpty = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('battery of the clock');
  }

  start(): void {
    const { clock, power } = this.#parts.weather;
    this.#isEmpty = this.#prng.chance(0.15) && clock.kind === 'true' && power.cutsPerHour > 0;
  }

  calm(): void {
    this.#isEmpty = false;
  }

  output(output: Output): void {
    if (!this.#isEmpty || output.kind !== 'notice' || output.notice.event !== 'booted') return;
    if (!this.#prng.chance(0.5)) return;
    const { queue, stepClock, count } = this.#parts;
    count('clock of the day it was made');
    stepClock(-MADE_SECONDS - Math.floor(queue.nowMs / 1_000));
    queue.after(this.#prng.between(120_000, WRONG_MS_MAX), () => {
      if (this.#isEmpty) stepClock(0);
    });
  }
}
