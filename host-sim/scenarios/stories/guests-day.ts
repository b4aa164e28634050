import { ACTION } from '../../../firmware/protocol/order.js';
import type { Signer } from '../../world/chain-signer.js';
import { type Scenario, STILL } from '../scenario.js';

/** Covers: the state with a guest list, uses and a tombstone, reports of refusals, two words in one round. */
export const GUESTS_DAY: Scenario = Object.freeze<Scenario>({
  name: 'guests-day',
  says: 'A guest is granted one opening, uses it, asks for another in vain, and is revoked in the same round as its next order.',
  weather: STILL,
  pollIntervalMs: 4_000,
  *play(people) {
    const { owner, guests } = people.parts;
    const guest = guests[0] as Signer;
    yield* people.say(owner.signer, () => people.grant(guest, { uses: 1 }));
    yield* people.say(guest, () => people.order(ACTION.unlock));
    yield* people.wish(guest, ACTION.lock);
    yield* people.vainly(guest, people.order(ACTION.unlock));
    yield* people.say(owner.signer, () => people.grant(guest, {}));
    const tried = people.sign(guest, people.order(ACTION.unlock));
    yield* people.say(owner.signer, () => people.grant(guest, { rights: 0 }));
    yield* people.pause(6_000);
    people.expect(!people.isAnswered(tried), 'an order in the round of its revocation was obeyed');
    people.expect(people.isBolt('locked'), 'the bolt is open after the revocation');
    yield* people.vainly(guest, people.order(ACTION.unlock));
    people.expect(people.isBolt('locked'), 'a guest who was revoked opened');
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
