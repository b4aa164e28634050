import { ADOPTION_HOURS } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { DoorPapers } from '../../swarm/door-papers.js';
import type { Signer } from '../../world/chain-signer.js';
import { type Scenario, stillWith } from '../scenario.js';

const HOUR_MS = 3_600_000;
/** What lets a day at rest be told quickly. */
const RARE = stillWith({ 'idle-poll': '300', heartbeat: '50' });

/** Covers: each hour of an adoption that counts, the search for a veto that nobody leaves, and the new owner when the day is over. */
export const ADOPTION_DAY: Scenario = Object.freeze<Scenario>({
  name: 'adoption-day',
  says: 'Nobody stops an adoption: after a day of reports that were taken the buyer is the owner, and the former one opens no more.',
  weather: { ...RARE, chain: { ...RARE.chain, blockSeconds: 15 } },
  quickStep: 97,
  *play(people) {
    const { parts, tool } = people;
    const papers = new DoorPapers(parts);
    const former = parts.owner.signer;
    const buyer = parts.owners[1] as Signer;
    papers.transfer(former, buyer.address20);
    yield* people.pause(10_000);
    const answer = yield* tool.session((said, { lock20 }) => {
      if (said === undefined) return { kind: 'ask' };
      if (said.kind !== 'challenge') return undefined;
      return papers.adopt(buyer, { lock20, epoch: 2, challenge16: said.challenge16 });
    });
    people.expect(answer?.kind === 'adoption', `the buyer was answered ${answer?.kind}`);
    yield* people.see('the former owner is told of it', () => people.lastReport?.adoption !== undefined);
    yield* people.press('locked');
    const beganMs = parts.queue.nowMs;

    // An hour that a fault has cost comes on top.
    const isBuyers = () => people.lastReport?.epoch === 2;
    yield* people.see('the buyer is the owner', isBuyers, (ADOPTION_HOURS + 3) * HOUR_MS);
    const tookHours = (parts.queue.nowMs - beganMs) / HOUR_MS;
    people.expect(tookHours > ADOPTION_HOURS - 0.1, `the day was over after ${tookHours.toFixed(1)} hours`);
    // Somebody comes home, and the lock asks often again.
    parts.room.moveDoor('open');
    yield* people.pause(2_000);
    parts.room.moveDoor('closed');
    yield* people.vainly(former, people.order(ACTION.unlock));
    people.expect(people.isBolt('locked'), 'the former owner has opened');
    yield* people.wish(buyer, ACTION.unlock);
    people.expectLast({ bolt: 'unlocked', owner: buyer, epoch: 2 });
  },
});
