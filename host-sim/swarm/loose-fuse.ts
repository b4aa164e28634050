import type { Output } from '../../firmware/lock/ports.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';

/** No travel of the bolt takes longer. */
const TRAVEL_MS_MAX = 900;

/** A house whose power fails when the motor draws it: in the midst of a movement, where most is owed. */
export class LooseFuse implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #isLoose = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('fuse');
  }

  start(): void {
    this.#isLoose = this.#prng.chance(0.3) && this.#parts.weather.power.cutsPerHour > 0;
  }

  calm(): void {
    this.#isLoose = false;
  }

  output(output: Output): void {
    if (!this.#isLoose || output.kind !== 'drive-bolt' || !this.#prng.chance(0.25)) return;
    const { queue, lock, count } = this.#parts;
    queue.after(this.#prng.between(0, TRAVEL_MS_MAX), () => {
      if (!this.#isLoose) return;
      count('fuse');
      lock.cut();
      queue.after(this.#prng.between(1_000, 60_000), () => lock.boot());
    });
  }
}
