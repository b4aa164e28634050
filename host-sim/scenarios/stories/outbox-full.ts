import { OUTBOX_REPORTS_MAX } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import type { SignedWord } from '../../world/archive.js';
import type { People } from '../people.js';
import { type Play, type Scenario, STILL } from '../scenario.js';

/** Places that the prelude leaves. */
const FREE = 4;
/** Orders that the lock takes from one round. */
const BATCH = 12;
const TRIES_MAX = 12;
/** So many orders in minutes would wear out flash. */
const BETWEEN_MS = 80_000;

/** Covers: the last places of the outbox, what is said without a place, and the delivery of all that waits in flash. */
export const OUTBOX_FULL: Scenario = Object.freeze<Scenario>({
  name: 'outbox-full',
  says: 'Nobody takes reports until flash has no place for one more: the owner’s orders are refused, the button works; then all that was kept arrives.',
  weather: STILL,
  pollIntervalMs: 6_000,
  quickStep: 61,
  *prelude(people) {
    const { owner, wire } = people.parts;
    wire.isSinkDown = true;
    const full = people.madeCount + OUTBOX_REPORTS_MAX - FREE;
    while (people.madeCount < full) {
      const count = Math.min(BATCH, full - people.madeCount);
      const until = people.madeCount + count;
      yield* people.pause(BETWEEN_MS);
      // Each has a receipt, and none moves the bolt.
      for (let i = 0; i < count; i++) people.sign(owner.signer, people.order(ACTION.privacyOff));
      yield* people.see('a batch of orders is obeyed', () => people.madeCount >= until, 30_000);
      if (people.problems.length > 0) return;
    }
  },
  *play(people) {
    const { owner, wire, archive } = people.parts;
    const obeyed: SignedWord[] = [...archive.all];
    const before = people.madeCount;
    yield* fill(people, obeyed);
    people.expect(
      people.madeCount >= before + FREE,
      `the outbox took ${people.madeCount - before} more reports`,
    );
    yield* people.press('unlocked');
    yield* people.press('locked');
    // Then no order is good any more that was refused.
    yield* people.pause(90_000);
    wire.isSinkDown = false;
    const areAnswered = () => people.isAnswered(obeyed.at(-1) as SignedWord);
    yield* people.see('the last receipt arrives', areAnswered, 300_000);
    const silent = obeyed.filter((word) => !people.isAnswered(word));
    people.expect(silent.length === 0, `${silent.length} orders were obeyed, and have no receipt`);
    yield* people.wish(owner.signer, ACTION.unlock);
    yield* people.wish(owner.signer, ACTION.lock);
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
    const [first] = people.reports;
    for (let seq = first?.seq ?? 0; seq < (people.lastReport?.seq ?? 0); seq++)
      people.expect(
        people.hasRead(seq) || people.isForgotten(seq),
        `report ${seq} was kept, and never arrived`,
      );
  },
});

/** Orders the bolt to and fro until the lock takes no more orders. @param obeyed - those that were seen to move the bolt */
function* fill(people: People, obeyed: SignedWord[]): Play {
  const { owner } = people.parts;
  let refused = 0;
  for (let tries = 0; tries < TRIES_MAX && refused < 2; tries++) {
    const wished = people.isBolt('locked') ? 'unlocked' : 'locked';
    const action = wished === 'locked' ? ACTION.lock : ACTION.unlock;
    const word = people.sign(owner.signer, people.order(action));
    if (yield { until: () => people.isBolt(wished), withinMs: 15_000 }) {
      obeyed.push(word);
      refused = 0;
    } else refused++;
  }
  people.expect(refused === 2, 'the lock took orders, and had no place for their receipts');
}
