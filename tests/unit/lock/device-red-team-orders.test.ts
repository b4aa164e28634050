import assert from 'node:assert/strict';
import { MODE } from '../../../firmware/protocol/mode.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld } from './fixture.js';
import { GUEST, OWNER } from './signer.js';

describe('Device and flash that refuses one write', () => {
  for (const [action, mode] of [
    [ACTION.vacationOn, MODE.vacation],
    [ACTION.privacyOn, MODE.privacy],
    [ACTION.passageOn, MODE.passage],
  ] as const) {
    it(`still obeys the owner's order ${action}, which opens nothing, once flash works again`, () => {
      const world = new LockWorld().boot().pair();
      world.grant(OWNER, 0, GUEST, {});
      world.pass(3_000);
      world.flashFails = true;
      world.order(OWNER, 1, { action });
      world.pass(2_000);
      assert.ok(world.refusals().includes('storage'));
      world.flashFails = false;
      world.pass(30_000);
      assert.equal(world.lastReport().modes, mode);
    });
  }

  it("still obeys the owner's lock that names the challenge of the first try", () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    world.pass(3_000);
    world.flashFails = true;
    const challenge4 = world.lastReport().nonce.subarray(0, 4);
    world.order(OWNER, 1, { action: ACTION.lock, challenge4 });
    world.pass(2_000);
    assert.ok(world.refusals().includes('storage'));
    world.flashFails = false;
    world.pass(30_000);
    assert.deepEqual(world.driven, ['locked']);
    assert.notDeepEqual(world.lastReport().nonce.subarray(0, 4), challenge4);
  });
});
