import { ACTION } from '../../../firmware/protocol/order.js';
import { type Scenario, stillWith } from '../scenario.js';

/** Covers: an owed relock, `lock` that waits for the door, stop-bolt, the buttons outside and inside, a turned knob. */
export const RELOCK_AT_THE_DOOR: Scenario = Object.freeze<Scenario>({
  name: 'relock-at-the-door',
  says: 'An opening relocks once the door is shut again, a lock waits for an open door, and hands do the rest.',
  weather: stillWith({ relock: '3' }),
  pollIntervalMs: 5_000,
  *play(people) {
    const { owner, room, lock } = people.parts;
    yield* people.say(owner.signer, () => people.order(ACTION.unlockThenRelock));
    if (people.isBolt('unlocked')) {
      room.moveDoor('open');
      yield* people.pause(5_000);
      people.expect(!people.isBolt('locked'), 'the bolt was thrown into the air');
      room.moveDoor('closed');
    }
    yield* people.see('the relock locks', () => people.isBolt('locked'));
    yield* people.press('unlocked');
    room.moveDoor('open');
    yield* people.say(owner.signer, () => people.order(ACTION.lock));
    people.expect(!people.isBolt('locked'), 'a lock did not wait for the door');
    room.moveDoor('closed');
    yield* people.see('the lock that waited locks', () => people.isBolt('locked'));
    people.turn('unlocked');
    yield* people.pause(1_000);
    for (let tries = 0; tries < 3 && !people.isBolt('locked'); tries++) {
      lock.give({ kind: 'outside-pressed' });
      yield* people.pause(3_000);
    }
    people.expect(people.isBolt('locked'), 'the button outside did not lock');
    yield* people.see('a report says locked', () => people.lastReport?.bolt === 'locked');
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
