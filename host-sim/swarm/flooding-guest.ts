import { ACTION } from '../../firmware/protocol/order.js';
import { RIGHT } from '../../firmware/protocol/terms.js';
import type { Signer } from '../world/chain-signer.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';

/** As long as the flood takes to begin: the grant is mined, and the lock has heard of it. */
const GRANTED_MS = 90_000;
const FLOOD_MS_MAX = 240_000;
const ORDERS_MIN = 60;
const ORDERS_MAX = 200;

/** A guest with every right who signs far more orders than the lock obeys, while the owner wants the door locked. */
export class FloodingGuest implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #isCalm = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('flooding guest');
  }

  start(): void {
    const { weather, guests } = this.#parts;
    if (guests.length > 0) this.#every(weather.people.floodsPerHour ?? 0);
  }

  calm(): void {
    this.#isCalm = true;
  }

  #every(perHour: number): void {
    const waitMs = this.#prng.waitMs(perHour);
    if (!Number.isFinite(waitMs)) return;
    this.#later(waitMs, () => {
      this.#admit(this.#prng.pick(this.#parts.guests));
      this.#every(perHour);
    });
  }

  #admit(guest: Signer): void {
    const { owner, count, tell } = this.#parts;
    owner.grant(guest, false, { rights: RIGHT.lock | RIGHT.unlock });
    this.#later(GRANTED_MS, () => {
      count('flood of orders');
      tell('a guest floods the lock with orders');
      this.#flood(guest);
    });
  }

  #flood(guest: Signer): void {
    const { owner } = this.#parts;
    const prng = this.#prng;
    const orders = prng.between(ORDERS_MIN, ORDERS_MAX);
    const floodMs = prng.between(FLOOD_MS_MAX / 4, FLOOD_MS_MAX);
    for (let i = 0; i < orders; i++)
      this.#later(prng.between(0, floodMs), () =>
        owner.guestOrder(guest, prng.pick([ACTION.lock, ACTION.unlock, ACTION.unlockThenRelock])),
      );
    this.#later(Math.round(floodMs / 2), () => owner.order(ACTION.lock, true));
  }

  #later(ms: number, happen: () => void): void {
    this.#parts.queue.after(ms, () => {
      if (!this.#isCalm) happen();
    });
  }
}
