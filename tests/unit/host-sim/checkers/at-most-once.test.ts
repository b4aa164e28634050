import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { atMostOnce } from '../../../../host-sim/checkers/at-most-once.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

describe('atMostOnce', () => {
  it('lets each order open once', () => {
    const scene = new HandMadeScene(atMostOnce);
    for (let i = 0; i < 2; i++) {
      const word = scene.order(OWNER, ACTION.unlock);
      scene.open().receipt(word).pass(20);
    }
    assert.deepEqual(scene.found, []);
  });

  it('finds an order that opens twice', () => {
    const scene = new HandMadeScene(atMostOnce);
    scene.order(OWNER, ACTION.unlock);
    scene.open().pass(20).open();
    assert.match(scene.found.join(), /obeyed before/);
  });

  it('finds one that opens again after a power cut', () => {
    const scene = new HandMadeScene(atMostOnce);
    const word = scene.order(OWNER, ACTION.unlock);
    scene.open().receipt(word).cut().pass(20).turnOn();
    scene.show(word);
    assert.match(scene.open().found.join(), /obeyed before/);
  });

  it('finds two receipts of one command', () => {
    const scene = new HandMadeScene(atMostOnce);
    const word = scene.order(OWNER, ACTION.lock);
    assert.match(scene.receipt(word).receipt(word).found.join(), /receipts of the same command/);
  });

  it('finds an order that is obeyed after a later one of its sender', () => {
    const scene = new HandMadeScene(atMostOnce);
    const [one, other] = [scene.order(OWNER, ACTION.lock), scene.order(OWNER, ACTION.unlock)];
    assert.match(scene.receipt(other).receipt(one).found.join(), /not above nonce/);
  });

  it('lets modes and the bolt each have a guard, and a flash that was put back begin anew', () => {
    const scene = new HandMadeScene(atMostOnce);
    const [one, other] = [scene.order(OWNER, ACTION.lock), scene.order(OWNER, ACTION.privacyOn)];
    scene.receipt(other).receipt(one).rollBack().receipt(one);
    assert.deepEqual(scene.found, []);
  });

  it('finds one use more than were granted', () => {
    const scene = new HandMadeScene(atMostOnce);
    scene.receipt(scene.grant({ uses: 1 }));
    scene.receipt(scene.order(GUEST, ACTION.lock)).receipt(scene.order(GUEST, ACTION.unlock));
    assert.deepEqual(scene.found, []);
    assert.match(scene.receipt(scene.order(GUEST, ACTION.unlock)).found.join(), /use 2 of a grant for 1/);
  });
});
