import assert from 'node:assert/strict';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld } from './fixture.js';
import { OWNER } from './signer.js';

describe('Device', () => {
  // Seed 17 of the swarm found it: each tick asked for another at the same instant, until flash answered.
  it('asks for no tick at once, over and over, while a heartbeat waits for flash', () => {
    const world = new LockWorld({ device: { heartbeatMs: 20_000 } }).boot().pair();
    world.pass(5_000);
    world.flashIsSlow = true;
    world.order(OWNER, 0, { action: ACTION.lock });
    world.pass(20_000);
    world.outputs.length = 0;
    for (let i = 0; i < 5; i++) world.give({ kind: 'tick' });
    const wakes = world.outputs.flatMap((output) => (output.kind === 'wake-at' ? [output.uptimeMs] : []));
    assert.deepEqual(
      wakes.filter((uptimeMs) => uptimeMs <= world.uptimeMs),
      [],
    );
    const before = world.published.length;
    world.flashIsSlow = false;
    world.answerFlash();
    world.pass(1_000);
    assert.ok(world.published.length > before);
    assert.equal(world.lastReport().cause, 'heartbeat');
  });
});
