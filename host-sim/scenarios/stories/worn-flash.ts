import { ACTION } from '../../../firmware/protocol/order.js';
import type { LockSettings } from '../../../firmware/protocol/pairing.js';
import type { FaultyFlash } from '../../world/faulty-flash.js';
import { type Scenario, STILL } from '../scenario.js';

/** Covers: writes of the state, of reports and of the identity that flash refuses, what is tried again, receipts from RAM. */
export const WORN_FLASH: Scenario = Object.freeze<Scenario>({
  name: 'worn-flash',
  says: 'Flash refuses the state, then reports, then settings; what was refused is not in force, and is done once it works.',
  weather: STILL,
  pollIntervalMs: 4_000,
  *play(people) {
    const { owner, flash, settings, tell } = people.parts;
    const refuse = (what: FaultyFlash['refuses']) => {
      flash.refuses = what;
      tell(`flash refuses ${what}`);
    };
    refuse('state');
    people.sign(owner.signer, people.order(ACTION.lock));
    people.sign(owner.signer, people.order(ACTION.unlock));
    yield* people.pause(12_000);
    people.expect(people.isBolt('locked'), 'the bolt moved for what flash does not hold');
    refuse(false);
    // The lock is tried again, the opening is not: whoever wished it may have gone.
    yield* people.pause(14_000);
    yield* people.wish(owner.signer, ACTION.unlock);
    refuse('report');
    yield* people.wish(owner.signer, ACTION.lock);
    refuse(false);
    refuse('identity');
    const wanted: LockSettings = { ...settings, texts: new Map([...settings.texts, ['auto-relock', '5']]) };
    const configure = () =>
      people.tool.session((last) =>
        last === undefined ? { kind: 'configure', settings: wanted } : undefined,
      );
    const refused = yield* configure();
    people.expect(refused?.kind === 'refused', `settings that flash refused were answered ${refused?.kind}`);
    refuse(false);
    yield* people.wish(owner.signer, ACTION.unlock);
    yield* people.pause(9_000);
    people.expect(people.isBolt('unlocked'), 'settings that flash refused are in force');
    const taken = yield* configure();
    people.expect(taken?.kind === 'configured', `settings were answered ${taken?.kind}`);
    yield* people.say(owner.signer, () => people.order(ACTION.unlock));
    yield* people.see('it relocks by the new settings', () => people.isBolt('locked'), 16_000);
    yield* people.wish(owner.signer, ACTION.lock);
    people.expectLast({ bolt: 'locked', owner: owner.signer, epoch: 1 });
  },
});
