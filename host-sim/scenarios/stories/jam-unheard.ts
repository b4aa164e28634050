import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import type { SignedWord } from '../../world/archive.js';
import { type Scenario, STILL } from '../scenario.js';

/** Covers: tries of the motor and a jam, a hand that frees the bolt, alarms, reports that wait in flash and are read from there. */
export const JAM_UNHEARD: Scenario = Object.freeze<Scenario>({
  name: 'jam-unheard',
  says: 'The bolt jams, a hand frees it and the door is forced while nobody takes reports; then all of them arrive.',
  weather: STILL,
  pollIntervalMs: 5_000,
  *play(people) {
    const { owner, room, wire, lock } = people.parts;
    wire.isSinkDown = true;
    room.jamChance = 1;
    const words: SignedWord[] = [];
    // Nobody hears of a receipt: whoever stands before the door sees what it does.
    for (let tries = 0; tries < 3 && room.bolt !== 'between'; tries++) {
      words.push(people.sign(owner.signer, people.order(ACTION.unlock)));
      yield { until: () => room.bolt === 'between', withinMs: 20_000 };
    }
    people.expect(room.bolt === 'between', 'the motor never tried');
    yield* people.pause(17_000);
    room.jamChance = 0;
    people.turn('unlocked');
    yield* people.pause(3_000);
    for (let tries = 0; tries < 3 && !people.isBolt('locked'); tries++) {
      words.push(people.sign(owner.signer, people.order(ACTION.lock)));
      yield { until: () => people.isBolt('locked'), withinMs: 30_000 };
    }
    people.expect(people.isBolt('locked'), 'the bolt was wished locked three times, and is not');
    yield* people.pause(1_000);
    const { boots, isOn } = lock;
    room.moveDoor('open');
    yield* people.pause(2_000);
    // A lock without power sees no door.
    const hasSeen = isOn && lock.boots === boots && lock.isOn;
    room.moveDoor('closed');
    wire.isSinkDown = false;
    const areAnswered = () => words.every((word) => people.isAnswered(word));
    yield* people.see('every order has its receipt', areAnswered, 180_000);
    const isForced = () => people.reports.some(({ alarms }) => (alarms & ALARM.forcedOpen) !== 0);
    if (hasSeen) yield* people.see('the door was forced', isForced, 180_000);
    yield* people.wish(owner.signer, ACTION.unlock);
    yield* people.wish(owner.signer, ACTION.lock);
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
