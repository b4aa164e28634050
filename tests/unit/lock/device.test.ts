import assert from 'node:assert/strict';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld } from './fixture.js';
import { GUEST, OWNER, STRANGER } from './signer.js';

describe('Device', () => {
  it('boots, pairs, and obeys its owner once', () => {
    const world = new LockWorld().boot().pair();
    world.pass(2_000);
    const order = world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked']);
    const { report, lock20 } = world.reports().at(-1) ?? assert.fail();
    assert.deepEqual(lock20, world.lock);
    assert.equal(report.cause, 'command');
    assert.equal(report.bolt, 'unlocked');
    assert.equal(formatHex(report.lastCommand?.by ?? assert.fail()), formatHex(OWNER.address));
    assert.ok(world.notices.some((n) => n.event === 'verified' && formatHex(n.tx) === formatHex(order.hash)));
    world.pass(100_000);
    assert.deepEqual(world.driven, ['unlocked']);
  });

  it('refuses a stranger and moves nothing', () => {
    const world = new LockWorld().boot().pair();
    world.order(STRANGER, 0, { action: ACTION.unlock });
    world.pass(3_000);
    assert.deepEqual(world.driven, []);
    assert.deepEqual(world.refusals(), ['unknown-sender']);
  });

  it('obeys a guest from the grant on and no more after the revocation', () => {
    const world = new LockWorld().boot().pair();
    world.grant(OWNER, 0, GUEST, {});
    world.order(GUEST, 0, { action: ACTION.unlock });
    world.pass(3_000);
    assert.deepEqual(world.driven, ['unlocked']);
    world.grant(OWNER, 1, GUEST, { rights: 0 });
    world.order(GUEST, 1, { action: ACTION.lock });
    world.pass(3_000);
    assert.deepEqual(world.driven, ['unlocked']);
    assert.deepEqual(world.refusals(), ['unknown-sender']);
  });
});
