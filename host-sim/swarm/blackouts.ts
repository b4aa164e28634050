import { readNumberSettings } from '../../firmware/protocol/setting.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';

/** Besides the guests' lease, minutes. */
const MORE_MINUTES = 60;

/** All nodes but one are away for longer than the guests' lease, and the guests go on ordering. */
export class Blackouts implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #isCalm = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('blackouts');
  }

  start(): void {
    this.#every(this.#parts.weather.nodes.blackoutsPerHour ?? 0);
  }

  calm(): void {
    this.#isCalm = true;
    this.#setAway(false);
  }

  #every(perHour: number): void {
    const { queue, weather, count } = this.#parts;
    const waitMs = this.#prng.waitMs(perHour);
    if (!Number.isFinite(waitMs)) return;
    queue.after(waitMs, () => {
      if (this.#isCalm) return;
      count('blackout');
      this.#setAway(true);
      const leaseMs = readNumberSettings(weather.texts).guestLeaseSeconds * 1_000;
      queue.after(leaseMs + this.#prng.between(1, MORE_MINUTES) * 60_000, () => {
        if (this.#isCalm) return;
        this.#setAway(false);
        this.#every(perHour);
      });
    });
  }

  #setAway(isAway: boolean): void {
    const [, ...others] = this.#parts.nodes;
    for (const node of others) node.isAway = isAway;
  }
}
