import { Prng } from '../../../../host-sim/world/prng.js';

/** Chance that always says the same to what may happen or not, and draws all else. */
export class KeenPrng extends Prng {
  readonly #isKeen: boolean;

  constructor(isKeen: boolean, seed = 1, name = '') {
    super(seed, name);
    this.#isKeen = isKeen;
  }

  override chance(): boolean {
    return this.#isKeen;
  }
}
