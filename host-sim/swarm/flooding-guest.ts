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
const ALL_RIGHTS = RIGHT.lock | RIGHT.unlock;
const RIGHTS: readonly number[] = Object.freeze([ALL_RIGHTS, ALL_RIGHTS, RIGHT.lock, RIGHT.unlock]);
const GUESTS_ACTIONS: readonly number[] = Object.freeze([
  ACTION.lock,
  ACTION.unlock,
  ACTION.unlockThenRelock,
]);
const ALL_ACTIONS: readonly number[] = Object.freeze(Object.values(ACTION));

/** A guest who signs far more orders than the lock obeys, of what was granted and of what was not, while the owner wants the door locked. */
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
    const rights = this.#prng.pick(RIGHTS);
    owner.grant(guest, false, { rights });
    this.#later(GRANTED_MS, () => {
      count('flood of orders');
      tell(`a guest with rights ${rights} floods the lock with orders`);
      if (rights !== ALL_RIGHTS) this.#findHelper();
      this.#flood(guest, rights === ALL_RIGHTS ? GUESTS_ACTIONS : ALL_ACTIONS);
    });
  }

  /** What the contract refuses leaves no event: only a node that shows it all the same brings it before the lock. */
  #findHelper(): void {
    const { nodes, weather } = this.#parts;
    const helper = this.#prng.pick(nodes);
    helper.mood = 'replaying';
    this.#later(FLOOD_MS_MAX, () => {
      if (!weather.nodes.isAllByzantine) helper.mood = 'honest';
    });
  }

  #flood(guest: Signer, actions: readonly number[]): void {
    const { owner } = this.#parts;
    const prng = this.#prng;
    const orders = prng.between(ORDERS_MIN, ORDERS_MAX);
    const floodMs = prng.between(FLOOD_MS_MAX / 4, FLOOD_MS_MAX);
    for (let i = 0; i < orders; i++)
      this.#later(prng.between(0, floodMs), () => owner.guestOrder(guest, prng.pick(actions)));
    this.#later(Math.round(floodMs / 2), () => owner.order(ACTION.lock, true));
  }

  #later(ms: number, happen: () => void): void {
    this.#parts.queue.after(ms, () => {
      if (!this.#isCalm) happen();
    });
  }
}
