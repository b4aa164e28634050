import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { barrier } from '../../../../host-sim/checkers/barrier.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

/** A lock that has said that it has the time, and a guest. */
function play(): HandMadeScene {
  const scene = new HandMadeScene(barrier);
  scene.report();
  scene.pass(10);
  scene.grant();
  return scene;
}

describe('barrier', () => {
  it('lets guests open whose orders end later than the owner’s lock, and the owner at any time', () => {
    const scene = play();
    scene.receipt(scene.order(OWNER, ACTION.lock)).pass(5);
    scene.receipt(scene.order(GUEST, ACTION.unlock));
    scene.receipt(scene.order(OWNER, ACTION.unlock, { notAfterSeconds: scene.nowSeconds + 10 }));
    assert.deepEqual(scene.found, []);
  });

  it('finds a guest’s opening from before the owner’s lock, and a guest’s lock there is none', () => {
    const scene = play();
    const early = scene.order(GUEST, ACTION.unlock);
    const lock = scene.order(GUEST, ACTION.lock);
    scene.pass(5);
    scene.receipt(scene.order(OWNER, ACTION.lock)).receipt(lock);
    assert.deepEqual(scene.found, []);
    assert.match(scene.receipt(early).found.join(), /before the owner's last lock/);
  });

  it('asks nothing of a lock that had no time when it locked, nor where flash has failed', () => {
    const untimed = new HandMadeScene(barrier);
    const failed = play().input({ kind: 'store-failed', key: 'report-1' });
    for (const each of [untimed, failed]) {
      each.grant();
      const early = each.order(GUEST, ACTION.unlock);
      each.pass(5);
      each.receipt(each.order(OWNER, ACTION.lock)).receipt(early);
      assert.deepEqual(each.found, []);
    }
  });
});
