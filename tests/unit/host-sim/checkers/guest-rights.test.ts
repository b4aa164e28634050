import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { guestRights } from '../../../../host-sim/checkers/guest-rights.js';
import { GUEST, HandMadeScene, NEXT_OWNER, OWNER, THIEF } from './scene.js';

describe('guestRights', () => {
  it('lets guests do what was granted, and owners everything', () => {
    const scene = new HandMadeScene(guestRights);
    scene.receipt(scene.grant());
    for (const action of [ACTION.lock, ACTION.unlock, ACTION.unlockThenRelock])
      scene.receipt(scene.order(GUEST, action));
    scene.receipt(scene.order(OWNER, ACTION.passageOn)).receipt(scene.handOver());
    scene.receipt(scene.grant({ epoch: 2 }, NEXT_OWNER));
    assert.deepEqual(scene.found, []);
  });

  it('finds modes switched by a guest', () => {
    const scene = new HandMadeScene(guestRights);
    scene.grant();
    assert.match(scene.receipt(scene.order(GUEST, ACTION.privacyOff)).found.join(), /guest's action 5/);
  });

  it('finds orders without the right', () => {
    for (const [rights, action] of [
      [1, ACTION.unlock],
      [2, ACTION.lock],
      [4, ACTION.lock],
    ] as const) {
      const scene = new HandMadeScene(guestRights);
      scene.grant({ rights });
      assert.match(scene.receipt(scene.order(GUEST, action)).found.join(), /without the right/);
    }
  });

  it('finds grants and handovers by others than the owner', () => {
    const scene = new HandMadeScene(guestRights);
    scene.grant();
    assert.match(
      scene.receipt(scene.grant({}, GUEST, THIEF)).found.join(),
      /a grant that the owner did not sign/,
    );
    assert.match(scene.receipt(scene.handOver(GUEST, THIEF)).found.at(-1) ?? '', /a handover that the owner/);
  });
});
