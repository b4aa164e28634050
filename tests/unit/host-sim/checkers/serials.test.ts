import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { serials } from '../../../../host-sim/checkers/serials.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';
import { GUEST, HandMadeScene, NEXT_OWNER, OWNER, START_SECONDS } from './scene.js';

const WEEK_SECONDS = 7 * 86_400;
const SLACK_SECONDS = 900;

/** The receipt of a grant with this serial, counted from the beginning. */
function obey(scene: HandMadeScene, after: number, rights = 3, guest: Signer = GUEST): HandMadeScene {
  return scene.receipt(scene.grant({ serial: START_SECONDS + after, rights }, OWNER, guest));
}

const first = (after: number, rights = 3) => obey(new HandMadeScene(serials), after, rights).found.join();

describe('serials', () => {
  it('lets serials rise, each guest apart, and a revocation share that of its grant', () => {
    const scene = obey(obey(new HandMadeScene(serials), 1), 2);
    obey(obey(scene, 1, 3, NEXT_OWNER), 2, 0);
    scene.receipt(scene.order(OWNER, ACTION.unlock));
    assert.deepEqual(scene.found, []);
  });

  it('lets a grant be a week old or of tomorrow, and a revocation of any age', () => {
    const found = [
      first(-WEEK_SECONDS - SLACK_SECONDS),
      first(86_400 + SLACK_SECONDS),
      first(-2 * WEEK_SECONDS, 0),
    ];
    assert.deepEqual(found, ['', '', '']);
  });

  it('finds a serial that falls, a revocation among them, and one that a grant shares', () => {
    assert.match(obey(obey(new HandMadeScene(serials), 2), 1).found.join(), /after \d+ of the same guest/);
    assert.match(obey(obey(new HandMadeScene(serials), 2), 1, 0).found.join(), /after \d+ of the same guest/);
    assert.match(obey(obey(new HandMadeScene(serials), 2, 0), 2).found.join(), /after \d+ of the same guest/);
  });

  it('finds a grant that is too old, or too far ahead', () => {
    assert.match(first(-WEEK_SECONDS - SLACK_SECONDS - 1), /too old/);
    assert.match(first(86_400 + SLACK_SECONDS + 1), /too far ahead/);
  });

  it('counts the age of a grant when it was shown, not when its receipt arrives', () => {
    const scene = new HandMadeScene(serials).pass(3_600);
    const word = scene.grant({ serial: scene.nowSeconds - WEEK_SECONDS - SLACK_SECONDS });
    assert.deepEqual(scene.pass(7_200).receipt(word).found, []);
    const later = new HandMadeScene(serials).pass(3_600);
    assert.match(obey(later, 3_600 - WEEK_SECONDS - SLACK_SECONDS - 1).found.join(), /too old/);
  });

  it('allows for clocks that go wrong', () => {
    const scene = new HandMadeScene(serials);
    scene.clockBehindSeconds = 60;
    assert.deepEqual(obey(scene, -WEEK_SECONDS - SLACK_SECONDS - 60).found, []);
    const older = new HandMadeScene(serials);
    older.clockBehindSeconds = 60;
    assert.match(obey(older, -WEEK_SECONDS - SLACK_SECONDS - 61).found.join(), /too old/);
    const ahead = new HandMadeScene(serials);
    ahead.clockAheadSeconds = 60;
    assert.deepEqual(obey(ahead, 86_400 + SLACK_SECONDS + 60).found, []);
  });

  it('asks for no order where flash has refused a write, or was put back', () => {
    const refused = obey(new HandMadeScene(serials).pass(1), 2);
    refused.input({ kind: 'store-failed', key: 'state-a' });
    assert.deepEqual(obey(refused, 1).found, []);
    assert.deepEqual(obey(obey(new HandMadeScene(serials), 2).rollBack(), 1).found, []);
  });
});
