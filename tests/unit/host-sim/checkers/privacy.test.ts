import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { privacy } from '../../../../host-sim/checkers/privacy.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

function play(): HandMadeScene {
  const scene = new HandMadeScene(privacy);
  scene.grant();
  scene.press().pass(10);
  return scene.receipt(scene.order(OWNER, ACTION.privacyOn)).pass(10);
}

describe('privacy', () => {
  it('finds an opening by anybody while it is on', () => {
    for (const by of [OWNER, GUEST]) {
      const scene = play();
      assert.match(scene.receipt(scene.order(by, ACTION.unlock)).found.join(), /privacy is on/);
    }
  });

  it('lets everybody lock, and open once it is off or somebody inside has pressed the button', () => {
    const off = play();
    off.receipt(off.order(GUEST, ACTION.lock)).receipt(off.order(OWNER, ACTION.privacyOff));
    const pressed = play().press();
    for (const scene of [off, pressed]) scene.receipt(scene.order(GUEST, ACTION.unlockThenRelock));
    assert.deepEqual([...off.found, ...pressed.found], []);
  });

  it('ends with its epoch, and is forgotten with a flash that was put back', () => {
    const scene = play();
    scene.receipt(scene.order(OWNER, ACTION.unlock, { epoch: 2 }));
    const back = play().rollBack();
    back.receipt(back.order(OWNER, ACTION.unlock));
    assert.deepEqual([...scene.found, ...back.found], []);
  });

  it('asks nothing where flash has failed of late', () => {
    const scene = play().input({ kind: 'store-failed', key: 'report-3' });
    scene.receipt(scene.order(GUEST, ACTION.unlock));
    assert.deepEqual(scene.found, []);
    scene.pass(7_300);
    assert.equal(scene.receipt(scene.order(GUEST, ACTION.unlock)).found.length, 1);
  });
});
