import { ACTION } from '../../../firmware/protocol/order.js';
import type { LockSettings } from '../../../firmware/protocol/pairing.js';
import { PatientDay } from '../patient-day.js';
import { type Scenario, STILL } from '../scenario.js';

/** Covers: both copies of the identity, the first state, the owner, every frame of pairing, new settings and cursors. */
export const FIRST_DAY: Scenario = Object.freeze<Scenario>({
  name: 'first-day',
  says: 'A lock out of its box is paired, registered and given other settings, and then obeys.',
  weather: STILL,
  pollIntervalMs: 4_000,
  firstDay: (parts) => new PatientDay(parts),
  *play(people) {
    const { owner, settings } = people.parts;
    const wanted: LockSettings = { ...settings, texts: new Map([...settings.texts, ['relock', '2']]) };
    const answer = yield* people.tool.session((last) =>
      last === undefined ? { kind: 'configure', settings: wanted } : undefined,
    );
    people.expect(answer?.kind === 'configured', `the lock took no settings: ${answer?.kind}`);
    yield* people.wish(owner.signer, ACTION.lock);
    yield* people.wish(owner.signer, ACTION.unlockThenRelock);
    yield* people.see('it relocks after the time of the new settings', () => people.isBolt('locked'), 9_000);
    yield* people.see('a report says so', () => people.lastReport?.bolt === 'locked');
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
