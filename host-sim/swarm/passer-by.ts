import type { Output } from '../../firmware/lock/ports.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';

/** Somebody outside who hears that the bolt is stuck, or is left in between, and presses the button there. */
export class PasserBy implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #isHere = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('passer-by');
  }

  start(): void {
    this.#isHere = this.#prng.chance(0.2);
  }

  calm(): void {
    this.#isHere = false;
  }

  output(output: Output): void {
    if (!this.#isHere || output.kind !== 'notice' || output.notice.event !== 'bolt') return;
    const { position } = output.notice;
    if ((position !== 'jammed' && position !== 'unknown') || !this.#prng.chance(0.5)) return;
    const { queue, lock, count } = this.#parts;
    queue.after(this.#prng.between(500, 20_000), () => {
      if (!this.#isHere) return;
      count('a press outside');
      lock.give({ kind: 'outside-pressed' });
    });
  }
}
