import { MODE } from '../../../firmware/protocol/mode.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import type { Signer } from '../../world/chain-signer.js';
import { type Scenario, STILL } from '../scenario.js';

/** Covers: the state with modes, guards of modes beside those of the bolt, a press that ends privacy. */
export const PRIVACY_AND_VACATION: Scenario = Object.freeze<Scenario>({
  name: 'privacy-and-vacation',
  says: 'Privacy keeps everybody out until the inside button is pressed, vacation keeps the guest out until it ends.',
  weather: STILL,
  pollIntervalMs: 4_000,
  *play(people) {
    const { owner, guests } = people.parts;
    const guest = guests[0] as Signer;
    yield* people.say(owner.signer, () => people.grant(guest, {}));
    yield* people.say(owner.signer, () => people.order(ACTION.privacyOn));
    yield* people.vainly(owner.signer, people.order(ACTION.unlock));
    people.expect(people.isBolt('locked'), 'privacy did not hold');
    yield* people.press('unlocked');
    yield* people.say(owner.signer, () => people.order(ACTION.vacationOn));
    yield* people.wish(owner.signer, ACTION.lock);
    yield* people.vainly(guest, people.order(ACTION.unlock));
    people.expect(people.isBolt('locked'), 'vacation did not hold');
    yield* people.say(owner.signer, () => people.order(ACTION.vacationOff));
    yield* people.wish(guest, ACTION.unlock);
    yield* people.wish(owner.signer, ACTION.lock);
    people.expect(((people.lastReport?.modes ?? 0) & ~MODE.passage) === 0, 'a mode that was ended is on');
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
