import { ACTION } from '../../firmware/protocol/order.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';

const OWNERS_ACTIONS: readonly number[] = Object.freeze([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 5, 5, 5, 6, 7, 7, 8, 9,
]);
const GUESTS_ACTIONS: readonly number[] = Object.freeze([1, 1, 2, 2, 2, 3, 3, 4]);

/** Everybody who lives with the lock: the owner, guests and those who were it, and hands at the door. */
export class Household implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #isCalm = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('household');
  }

  start(): void {
    const { people, room } = this.#parts.weather;
    this.#every(people.ordersPerHour, () => this.#ownerOrders());
    this.#every(people.grantsPerHour, () => this.#ownerGrants());
    this.#every(people.guests > 0 ? people.guestOrdersPerHour : 0, () => this.#guestOrders());
    this.#every(people.handoversPerHour, () => {
      if (this.#parts.owner.handOver() !== undefined) this.#parts.tell('the owner hands the lock over');
    });
    this.#every(room.handsPerHour, () => this.#turn());
    this.#every(room.pressesPerHour, () => this.#press());
    this.#every(room.doorsPerHour, () => this.#walkThrough());
  }

  /** Nobody but the owner does anything from now on, and the door is shut. */
  calm(): void {
    this.#isCalm = true;
    this.#parts.room.moveDoor('closed');
  }

  #every(perHour: number, happen: () => void): void {
    const { queue } = this.#parts;
    const prng = this.#prng;
    const waitMs = prng.waitMs(perHour);
    if (!Number.isFinite(waitMs)) return;
    queue.after(waitMs, () => {
      if (this.#isCalm) return;
      happen();
      this.#every(perHour, happen);
    });
  }

  #ownerOrders(): void {
    const { owner, queue } = this.#parts;
    const prng = this.#prng;
    if (prng.chance(0.08)) owner.signOdd();
    const [former] = owner.formerOwners;
    if (former !== undefined && prng.chance(0.5)) owner.guestOrder(former, ACTION.unlock);
    owner.order(prng.pick(OWNERS_ACTIONS));
    // Somebody who changes their mind at once.
    if (prng.chance(0.2)) queue.after(prng.between(100, 20_000), () => owner.order(prng.pick([1, 2, 3])));
  }

  #ownerGrants(): void {
    const { owner, guests } = this.#parts;
    const prng = this.#prng;
    if (guests.length > 0) owner.grant(prng.pick(guests), prng.chance(0.35));
  }

  #guestOrders(): void {
    const { owner, guests } = this.#parts;
    const prng = this.#prng;
    const guest = prng.pick(guests);
    const count = prng.chance(0.05) ? 12 : 1;
    for (let i = 0; i < count; i++) owner.guestOrder(guest, prng.pick(GUESTS_ACTIONS));
  }

  #turn(): void {
    const { room, tell } = this.#parts;
    const prng = this.#prng;
    const target = prng.pick(['locked', 'unlocked'] as const);
    tell(`a hand turns the bolt ${target}`);
    room.turn(target);
  }

  #press(): void {
    const { lock } = this.#parts;
    const prng = this.#prng;
    lock.give({ kind: prng.chance(0.6) ? 'button-pressed' : 'outside-pressed' });
  }

  #walkThrough(): void {
    const { room, queue, tell, owner, lock } = this.#parts;
    const prng = this.#prng;
    // As a rule nobody opens a door that is locked.
    if (room.bolt === 'locked' && !prng.chance(0.1)) return;
    tell('the door is opened');
    room.moveDoor('open');
    // Somebody far away, or with their hands full, who does not look.
    if (prng.chance(0.3)) owner.order(ACTION.lock);
    if (prng.chance(0.3)) lock.give({ kind: prng.pick(['outside-pressed', 'button-pressed']) });
    queue.after(prng.pick([3_000, 20_000, 400_000]), () => room.moveDoor('closed'));
  }
}
