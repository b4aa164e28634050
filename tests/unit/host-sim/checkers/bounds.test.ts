import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { bounds } from '../../../../host-sim/checkers/bounds.js';
import { HandMadeScene, OWNER } from './scene.js';

const POST = {
  kind: 'http-post',
  url: 'http://node/',
  contentType: 'application/json',
  timeoutMs: 5_000,
  bodyBytesMax: 10_240,
} as const;

/** A minute in which something happens so often, and what was found of it. */
function minuteOf(count: number, happen: (scene: HandMadeScene, i: number) => void): string {
  const scene = new HandMadeScene(bounds);
  scene.pass(60);
  for (let i = 0; i < count; i++) {
    // Each has an input of its own.
    if (i % 100 === 0) scene.input({ kind: 'battery-sensed', milliVolts: 6_000 });
    happen(scene, i);
  }
  scene.nowMs += 60_000;
  return scene.input({ kind: 'battery-sensed', milliVolts: 6_000 }).found.join();
}

describe('bounds', () => {
  it('lets a lock poll twice a second, and write a little', () => {
    const post = (scene: HandMadeScene, id: number) =>
      scene.output({ ...POST, id, body: new Uint8Array(240) });
    assert.equal(minuteOf(120, post), '');
    assert.equal(
      minuteOf(100, (scene) => scene.store()),
      '',
    );
  });

  it('finds more exchanges, bytes, writes, ticks, drives and curve operations than a minute may have', () => {
    const post = (bytes: number) => (scene: HandMadeScene, id: number) =>
      scene.output({ ...POST, id, body: new Uint8Array(bytes) });
    assert.match(minuteOf(2_041, post(1)), /2041 exchanges/);
    assert.match(minuteOf(120, post(5_000)), /600000 bytes sent/);
    assert.match(
      minuteOf(151, (scene) => scene.store()),
      /151 writes/,
    );
    assert.match(
      minuteOf(1_501, (scene) => scene.input({ kind: 'tick' })),
      /150[0-9] ticks/,
    );
    assert.match(
      minuteOf(151, (scene) => scene.drive('locked')),
      /151 drives/,
    );
    assert.match(
      minuteOf(1, (scene) => (scene.curveOperations += 3_000)),
      /3000 curve operations/,
    );
  });

  it('allows more writes where somebody has signed something', () => {
    const shown = minuteOf(154, (scene, i) => {
      if (i === 0) scene.order(OWNER, ACTION.lock);
      scene.store();
    });
    assert.equal(shown, '');
  });

  it('finds too many outputs for one input', () => {
    const scene = new HandMadeScene(bounds).pass(1);
    for (let i = 0; i < 400; i++) scene.output({ kind: 'stop-bolt' });
    assert.match(scene.found.join(), /400 outputs/);
  });
});
