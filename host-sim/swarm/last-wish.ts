import type { VerifiedReport } from '../../firmware/crypto/report.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { SignedWord } from '../world/archive.js';
import type { EventQueue } from '../world/event-queue.js';
import type { Prng } from '../world/prng.js';
import { isReceiptOf, type Owner } from './owner.js';

export interface LastWishParts {
  readonly queue: EventQueue;
  readonly prng: Prng;
  readonly owner: Owner;
  /** What has reached the owner, by number. */
  readonly delivered: ReadonlyMap<number, VerifiedReport>;
}

/** What waits in the pool is mined, and what was withheld is told, before the last wish. */
const SETTLE_MS = 120_000;
const PRIVACY_OFF_MS = 60_000;
/** The owner's tool waits so long for a receipt before it says the wish again. */
const REPEAT_MS = 330_000;

/** What the owner wants at the end, said again until a receipt has come. */
export class LastWish {
  readonly #parts: LastWishParts;
  word: SignedWord | undefined;

  constructor(parts: LastWishParts) {
    this.#parts = parts;
  }

  start(): void {
    const { queue, owner } = this.#parts;
    queue.after(SETTLE_MS, () => {
      owner.order(ACTION.privacyOff, true);
      queue.after(PRIVACY_OFF_MS, () => this.#wish());
    });
  }

  #wish(): void {
    const { queue, owner, delivered } = this.#parts;
    const { word } = this;
    const reports = [...delivered.values()].map(({ report }) => report);
    if (word !== undefined && reports.some((report) => isReceiptOf(report, word))) return;
    queue.after(REPEAT_MS, () => this.#wish());
    if (word === undefined || !reports.some((report) => isReceiptOf(report, word, 'privacy'))) {
      this.#sign();
      return;
    }
    // Privacy was to be off, and that was refused: the lock wanted to see its challenge.
    owner.order(ACTION.privacyOff, true, true);
    queue.after(PRIVACY_OFF_MS, () => this.#sign());
  }

  #sign(): void {
    const { owner, prng } = this.#parts;
    const again = this.word?.command.kind === 'order' ? this.word.command.order.action : undefined;
    const action = again ?? prng.pick([ACTION.lock, ACTION.unlock]);
    this.word = owner.order(action, true, again !== undefined);
  }
}
