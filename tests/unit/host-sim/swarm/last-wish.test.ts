import assert from 'node:assert/strict';
import type { VerifiedReport } from '../../../../firmware/crypto/report.js';
import { ACTION } from '../../../../firmware/protocol/order.js';
import type { RefusalReason } from '../../../../firmware/protocol/refusal.js';
import { LastWish } from '../../../../host-sim/swarm/last-wish.js';
import type { Owner } from '../../../../host-sim/swarm/owner.js';
import type { SignedWord } from '../../../../host-sim/world/archive.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { HandMadeScene, OWNER } from '../checkers/scene.js';

const FIRST_MS = 180_000;
const REPEAT_MS = 330_000;

interface Said {
  readonly atSeconds: number;
  readonly action: number;
  readonly isAgain: boolean;
}

/** An owner who only notes what is said, and reports that a test lets come. */
function play(seed = 1) {
  const scene = new HandMadeScene(() => ({ says: 'nothing' }));
  const queue = new EventQueue();
  const said: Said[] = [];
  const order = (action: number, isSure: boolean, isAgain = false): SignedWord => {
    assert.equal(isSure, true);
    said.push({ atSeconds: queue.nowMs / 1_000, action, isAgain });
    return scene.signOrder(OWNER, action);
  };
  const delivered = new Map<number, VerifiedReport>();
  const answer = (word: SignedWord | undefined, reason: RefusalReason | 'none') => {
    assert.ok(word !== undefined);
    const cause = reason === 'none' ? 'command' : 'refusal';
    const report = { cause, lastCommand: { ...scene.lastCommand(word), reason } };
    delivered.set(delivered.size, { report } as unknown as VerifiedReport);
  };
  const owner = { order } as unknown as Owner;
  const wish = new LastWish({ queue, prng: new Prng(seed, 'wish'), owner, delivered });
  wish.start();
  return { queue, said, wish, answer };
}

describe('LastWish', () => {
  it('has privacy switched off first, then wishes a side of the bolt', () => {
    const sides = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { queue, said, wish } = play(seed);
      queue.runTo(FIRST_MS - 1);
      assert.deepEqual(said, [{ atSeconds: 120, action: ACTION.privacyOff, isAgain: false }]);
      assert.equal(wish.word, undefined);
      queue.runTo(FIRST_MS);
      assert.deepEqual([said.length, said[1]?.atSeconds, said[1]?.isAgain], [2, 180, false]);
      assert.ok(wish.word !== undefined);
      return said[1]?.action ?? 0;
    });
    assert.deepEqual([...new Set(sides)].sort(), [ACTION.lock, ACTION.unlock]);
  });

  it('says the same again until its receipt has come', () => {
    const { queue, said, wish, answer } = play();
    queue.runTo(FIRST_MS + 2 * REPEAT_MS);
    const wishes = said.slice(1);
    assert.deepEqual(
      wishes.map(({ atSeconds, isAgain }) => [atSeconds, isAgain]),
      [
        [180, false],
        [510, true],
        [840, true],
      ],
    );
    assert.equal(new Set(wishes.map(({ action }) => action)).size, 1);
    answer(wish.word, 'none');
    queue.runTo(FIRST_MS + 9 * REPEAT_MS);
    assert.equal(said.length, 4);
  });

  it('takes neither a refusal nor the receipt of an earlier word for its own', () => {
    const { queue, said, wish, answer } = play();
    queue.runTo(FIRST_MS);
    const first = wish.word;
    answer(first, 'expired');
    queue.runTo(FIRST_MS + REPEAT_MS);
    assert.notEqual(wish.word, first);
    answer(first, 'none');
    queue.runTo(FIRST_MS + 2 * REPEAT_MS);
    assert.equal(said.length, 4);
  });

  it('has privacy switched off once more where it was refused for that', () => {
    const { queue, said, wish, answer } = play();
    queue.runTo(FIRST_MS);
    answer(wish.word, 'privacy');
    queue.runTo(FIRST_MS + REPEAT_MS + 60_000);
    const action = said[1]?.action ?? 0;
    assert.deepEqual(said.slice(2), [
      { atSeconds: 510, action: ACTION.privacyOff, isAgain: true },
      { atSeconds: 570, action, isAgain: true },
    ]);
  });
});
