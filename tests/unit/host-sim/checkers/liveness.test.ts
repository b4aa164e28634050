import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { liveness } from '../../../../host-sim/checkers/liveness.js';
import { HandMadeScene, OWNER, type WeatherChange } from './scene.js';

const AUTO = { texts: new Map([['auto-relock', '30']]) };

/** The owner wishes, the lock says where the bolt is, and the world ends some time later with the bolt somewhere. */
function wish(
  action: number,
  said: 'locked' | 'unlocked',
  laterSeconds: number,
  bolt: HandMadeScene['bolt'],
  change: WeatherChange = {},
): string {
  const scene = new HandMadeScene(liveness, change);
  scene.lastWish = scene.order(OWNER, action);
  scene.receipt(scene.lastWish, { bolt: said }).pass(laterSeconds);
  scene.bolt = bolt;
  return scene.end().found.join();
}

describe('liveness', () => {
  it('wants the bolt where the owner wished it', () => {
    assert.equal(wish(ACTION.lock, 'locked', 600, 'locked'), '');
    assert.equal(wish(ACTION.unlock, 'unlocked', 600, 'unlocked'), '');
    assert.match(
      wish(ACTION.lock, 'locked', 600, 'unlocked'),
      /wish of the owner is locked, and the bolt is unlocked/,
    );
    assert.match(wish(ACTION.unlock, 'unlocked', 600, 'between'), /the bolt is between/);
  });

  it('wants a receipt, and one that says so', () => {
    const scene = new HandMadeScene(liveness);
    scene.lastWish = scene.order(OWNER, ACTION.lock);
    assert.match(scene.end().found.join(), /no receipt/);
    assert.match(wish(ACTION.lock, 'unlocked', 600, 'locked'), /its receipt says unlocked/);
  });

  it('wants it open under auto-relock until that is due, and locked after', () => {
    assert.equal(wish(ACTION.unlock, 'unlocked', 10, 'unlocked', AUTO), '');
    assert.match(wish(ACTION.unlock, 'unlocked', 10, 'locked', AUTO), /the bolt is locked/);
    assert.equal(wish(ACTION.unlock, 'unlocked', 100, 'locked', AUTO), '');
    assert.match(wish(ACTION.unlock, 'unlocked', 100, 'unlocked', AUTO), /the bolt is unlocked/);
  });

  it('excuses a clock that was told far ahead', () => {
    const ahead = new HandMadeScene(liveness);
    ahead.clockAheadSeconds = 1_000;
    ahead.lastWish = ahead.signOrder(OWNER, ACTION.lock);
    assert.deepEqual(ahead.end().found, []);
  });

  it('lets passage keep it open', () => {
    const scene = new HandMadeScene(liveness, AUTO);
    scene.receipt(scene.order(OWNER, ACTION.passageOn));
    scene.lastWish = scene.order(OWNER, ACTION.unlock);
    scene.receipt(scene.lastWish, { bolt: 'unlocked' }).pass(600);
    scene.bolt = 'unlocked';
    assert.deepEqual(scene.end().found, []);
  });
});
