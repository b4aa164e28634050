import { ACTION } from '../../../firmware/protocol/order.js';
import { type Scenario, STILL } from '../scenario.js';

/** Covers: the state with a guard and what is owed, the receipt, both drives, publish and load; a challenge too. */
export const UNLOCK_AND_LOCK: Scenario = Object.freeze<Scenario>({
  name: 'unlock-and-lock',
  says: 'The owner unlocks and locks, the second time with the challenge of the last report.',
  weather: STILL,
  pollIntervalMs: 4_000,
  *play(people) {
    const { owner } = people.parts;
    yield* people.wish(owner.signer, ACTION.unlock);
    yield* people.wish(owner.signer, ACTION.lock);
    yield* people.wish(owner.signer, ACTION.unlock, () => people.lastReport?.nonce);
    yield* people.wish(owner.signer, ACTION.lock, () => people.lastReport?.nonce);
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
