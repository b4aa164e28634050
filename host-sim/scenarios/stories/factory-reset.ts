import { equalBytes, readUint } from '../../../firmware/protocol/bytes.js';
import type { Command } from '../../../firmware/protocol/command.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { DoorPapers } from '../../swarm/door-papers.js';
import { DEADLINE_SECONDS } from '../../swarm/first-day.js';
import type { Signer } from '../../world/chain-signer.js';
import type { ChainTransaction } from '../../world/chain-transaction.js';
import type { People } from '../people.js';
import { type Play, type Scenario, STILL } from '../scenario.js';

const HOLD_MS = 10_000;
const TRIES_MAX = 3;

/** Covers: the record of a reset, the new key and its copies, an empty state, the pairing of a lock that had an owner. */
export const FACTORY_RESET: Scenario = Object.freeze<Scenario>({
  name: 'factory-reset',
  says: 'A hand holds the button for ten seconds; the lock is another one, obeys who pairs it anew, and its former owner opens it no more.',
  weather: STILL,
  pollIntervalMs: 8_000,
  quickStep: 5,
  *play(people) {
    const { parts } = people;
    const { archive, chain } = parts;
    const former = parts.owner.signer;
    const heir = parts.owners[1] as Signer;
    const old20 = Uint8Array.from(archive.lock20);
    yield* people.wish(former, ACTION.lock);

    let sent: ChainTransaction | undefined;
    for (let tries = 0; tries < TRIES_MAX && sent === undefined; tries++) {
      yield* held(people);
      sent = yield* pairedAnew(people, heir, old20);
    }
    people.expect(sent !== undefined, 'the lock was held, and is no other one');
    yield* people.see('it is registered', () => chain.lockState(readUint(archive.lock20)) !== 0n);
    people.expect(!equalBytes(archive.lock20, old20), 'the lock has kept its name');

    yield* people.wish(heir, ACTION.lock);
    people.sign(former, named(people.order(ACTION.unlock), old20));
    yield* people.vainly(former, people.order(ACTION.unlock));
    people.expect(people.isBolt('locked'), 'the former owner has opened');
    yield* people.wish(heir, ACTION.unlock);
    people.expectLast({ bolt: 'unlocked', owner: heir, epoch: 1 });
  },
});

/** Holds the button until the lock restarts, as it does once flash has taken that. */
function* held({ parts: { lock, tell } }: People): Play {
  yield { until: () => lock.isOn, withinMs: 10_000 };
  const boot = lock.boots;
  tell('the inside button is held');
  lock.give({ kind: 'button-pressed' });
  yield { until: () => lock.boots !== boot || !lock.isOn, withinMs: HOLD_MS };
  // Who sees the lights go out lets go.
  if (lock.boots === boot) lock.give({ kind: 'button-held' });
  yield { until: () => lock.boots !== boot, withinMs: 5_000 };
}

/** @returns the registration of the other lock, or undefined where it is still the old one */
function* pairedAnew(people: People, heir: Signer, old20: Uint8Array): Play<ChainTransaction | undefined> {
  const { parts, tool } = people;
  const { chain, settings, movedIn, nowSeconds } = parts;
  const deadlineSeconds = nowSeconds() + DEADLINE_SECONDS;
  const answer = yield* tool.session((said, { lock20, paired }) => {
    if (equalBytes(lock20, old20)) return said === undefined ? { kind: 'ask' } : undefined;
    movedIn(lock20, chain.head);
    if (said === undefined && !paired)
      return { kind: 'pair', owner: heir.address20, ownerUnixSeconds: nowSeconds(), settings };
    return said?.kind === 'registration' ? undefined : { kind: 'register', deadlineSeconds };
  });
  if (answer?.kind !== 'registration') return undefined;
  const papers = new DoorPapers(parts);
  return papers.register(heir, parts.archive.lock20, deadlineSeconds, answer.signature65);
}

/** The same order, for another lock. */
function named(command: Command, lock: Uint8Array): Command {
  if (command.kind !== 'order') return command;
  return { kind: 'order', order: { ...command.order, lock } };
}
