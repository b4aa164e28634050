import { ACTION } from '../../../firmware/protocol/order.js';
import type { Signer } from '../../world/chain-signer.js';
import { type Scenario, STILL } from '../scenario.js';

const DAY_MS = 86_400_000;
const REORG_BLOCKS = 8;

/** Covers: the floor of time, cursors that are written while a lock catches up, a backlog of ranges, words that a reorganisation moves. */
export const TWO_DAYS_AWAY: Scenario = Object.freeze<Scenario>({
  name: 'two-days-away',
  says: 'A lock without power for two days doubts the time until its owner signs a challenge, catches up with a revocation and a late order; a reorganisation shows all of it again.',
  weather: { ...STILL, chain: { ...STILL.chain, blockSeconds: 12 } },
  pollIntervalMs: 4_000,
  *play(people) {
    const { owner, guests, chain, lock, nowSeconds, tell } = people.parts;
    const [old, young] = guests as readonly [Signer, Signer];
    // The lock is told the time: what it is told two days on, it doubts.
    yield* people.pause(60_000);
    yield* people.say(owner.signer, () => people.grant(old, {}));
    yield { until: () => lock.isOn, withinMs: 10_000 };
    tell('the power is away for two days');
    const bootCount = people.lastReport?.bootCount ?? 0;
    lock.cut();
    yield* people.pause(DAY_MS);
    people.sign(owner.signer, people.grant(old, { rights: 0 }));
    const late = people.sign(owner.signer, people.order(ACTION.unlock));
    yield* people.pause(DAY_MS);
    lock.boot();
    yield* people.see('it is there again', () => (people.lastReport?.bootCount ?? 0) > bootCount);
    yield* people.wish(owner.signer, ACTION.lock, () => people.lastReport?.nonce);
    yield* people.say(owner.signer, () => people.grant(young, {}));
    yield* people.wish(young, ACTION.unlock);
    chain.mine(nowSeconds());
    chain.reorg(REORG_BLOCKS, 'reorder');
    tell('the chain is reorganised');
    yield* people.wish(owner.signer, ACTION.lock);
    yield* people.vainly(old, people.order(ACTION.unlock));
    people.expect(!people.isAnswered(late), 'an order of two days ago was obeyed');
    people.expect(people.isBolt('locked'), 'the bolt is open in the end');
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
