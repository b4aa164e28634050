import { TRANSACTIONS_PER_ROUND_MAX } from '../../firmware/protocol/limits.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';
import { Pen } from './pen.js';

const WORLDS = 0.25;
/** One more than a round of the lock asks for; many more would not fit one answer. */
const ORDERS = TRANSACTIONS_PER_ROUND_MAX + 1;
const PER_HOUR = 0.5;
/** Over 64 blocks of each chain, so that what was read over is not read again. */
const DARK_SECONDS_MIN = 1_200;
const DARK_SECONDS_MAX = 2_400;

/** A lock without power, and an owner who does not know it and tries again and again: all of that waits for the lock when it wakes. */
export class DarkHour implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  readonly #pen: Pen;
  #isCalm = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('dark hour');
    this.#pen = new Pen(neighbourhood);
  }

  start(): void {
    if (!this.#prng.chance(WORLDS)) return;
    // Once: what is read over then is never read again.
    this.#parts.queue.after(this.#prng.waitMs(PER_HOUR), () => {
      if (!this.#isCalm) this.#darken();
    });
  }

  calm(): void {
    this.#isCalm = true;
  }

  #darken(): void {
    const { lock, queue, owner, archive, nowSeconds, count } = this.#parts;
    const prng = this.#prng;
    count('dark hour');
    lock.cut();
    for (let i = 0; i < ORDERS; i++) {
      const order = {
        lock: archive.lock20,
        challenge4: new Uint8Array(4),
        epoch: owner.chainEpoch,
        notAfterSeconds: nowSeconds() + 300 + i,
        action: prng.pick([ACTION.lock, ACTION.unlock]),
      };
      this.#pen.send(this.#pen.sign(owner.signer, { kind: 'order', order }));
    }
    queue.after(1_000 * prng.between(DARK_SECONDS_MIN, DARK_SECONDS_MAX), () => lock.boot());
  }
}
