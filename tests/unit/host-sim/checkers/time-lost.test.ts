import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { freshness } from '../../../../host-sim/checkers/freshness.js';
import { HandMadeScene, OWNER } from './scene.js';

const NONCE = new Uint8Array(16).fill(7);
const CHALLENGED = { challenge4: NONCE.subarray(0, 4) };
const DAY_SECONDS = 86_400;

/** A lock whose flash is put back after so long; the report of its next boot names this time, or none. */
function rolledBack(afterSeconds: number, iat?: number): HandMadeScene {
  const scene = new HandMadeScene(freshness).pass(afterSeconds).cut().rollBack().turnOn();
  scene.make(1);
  // Over what the scene fills in: a lock without a time leaves the claim away.
  return scene.publish({ nonce: NONCE, seq: 1, issuedAtSeconds: iat as number });
}

describe('freshness of a lock whose flash was put back by over a day', () => {
  it('lets a late order open by its challenge until the lock has a time again', () => {
    const scene = rolledBack(DAY_SECONDS + 60);
    scene.order(OWNER, ACTION.unlock, { ...CHALLENGED, notAfterSeconds: scene.nowSeconds - 60 });
    assert.deepEqual(scene.open().found, []);
  });

  it('finds a late order where the lock has told a time, was put back by less, or no challenge is there', () => {
    const told = rolledBack(DAY_SECONDS + 60, 1);
    told.order(OWNER, ACTION.unlock, { ...CHALLENGED, notAfterSeconds: told.nowSeconds - 60 });
    assert.match(told.open().found.join(), /out of time/);
    const less = rolledBack(3_600);
    less.order(OWNER, ACTION.unlock, { ...CHALLENGED, notAfterSeconds: less.nowSeconds - 60 });
    assert.match(less.open().found.join(), /out of time/);
    const open = rolledBack(DAY_SECONDS + 60);
    open.order(OWNER, ACTION.unlock, { notAfterSeconds: open.nowSeconds - 60 });
    assert.match(open.open().found.join(), /out of time/);
  });
});
