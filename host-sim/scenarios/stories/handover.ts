import { ACTION } from '../../../firmware/protocol/order.js';
import type { Signer } from '../../world/chain-signer.js';
import { type Scenario, STILL } from '../scenario.js';

/** Covers: the state with a new owner and epoch, whose receipt comes under the old names; a former owner and guest. */
export const HANDOVER: Scenario = Object.freeze<Scenario>({
  name: 'handover',
  says: 'A lock with a guest is handed over; the former owner and the guest open no more, the new owner does.',
  weather: STILL,
  pollIntervalMs: 4_000,
  *play(people) {
    const { owner, guests } = people.parts;
    const former = owner.signer;
    const guest = guests[0] as Signer;
    const heir = people.heir;
    yield* people.say(former, () => people.grant(guest, {}));
    yield* people.say(former, () => people.handover(heir));
    people.expectLast({ owner: heir, epoch: 2 });
    yield* people.vainly(former, people.order(ACTION.unlock));
    yield* people.vainly(guest, people.order(ACTION.unlock));
    people.expect(people.isBolt('locked'), 'somebody of the former epoch opened');
    yield* people.wish(heir, ACTION.unlock);
    yield* people.wish(heir, ACTION.lock);
    people.expectLast({ bolt: 'locked', owner: heir, epoch: 2 });
  },
});
