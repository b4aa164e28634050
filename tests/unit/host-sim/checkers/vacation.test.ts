import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { vacation } from '../../../../host-sim/checkers/vacation.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

function play(): HandMadeScene {
  const scene = new HandMadeScene(vacation);
  scene.grant();
  return scene.receipt(scene.order(OWNER, ACTION.vacationOn)).pass(10);
}

describe('vacation', () => {
  it('finds a guest’s opening while it is on, though somebody has pressed the button', () => {
    const scene = play().press();
    assert.match(scene.receipt(scene.order(GUEST, ACTION.unlock)).found.join(), /vacation is on/);
  });

  it('lets the owner open, guests lock, and all of them open once it is off', () => {
    const scene = play();
    scene.receipt(scene.order(OWNER, ACTION.unlock)).receipt(scene.order(GUEST, ACTION.lock));
    scene.receipt(scene.order(OWNER, ACTION.vacationOff)).receipt(scene.order(GUEST, ACTION.unlock));
    assert.deepEqual(scene.found, []);
  });

  it('asks nothing of a flash that was put back, or has failed', () => {
    const back = play().rollBack();
    const failed = play().input({ kind: 'store-failed', key: 'state-a' });
    for (const scene of [back, failed]) {
      scene.receipt(scene.order(GUEST, ACTION.unlock));
      assert.deepEqual(scene.found, []);
    }
  });
});
