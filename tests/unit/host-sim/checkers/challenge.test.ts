import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { challenge } from '../../../../host-sim/checkers/challenge.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

const nonceOf = (fill: number) => ({ nonce: new Uint8Array(16).fill(fill) });

/** Somebody's order is obeyed after a report has named challenge 7, and its receipt names this one. */
function obeyed(by: Signer, fill: number, act: (scene: HandMadeScene) => void = () => {}): HandMadeScene {
  const scene = new HandMadeScene(challenge);
  scene.grant();
  scene.report(nonceOf(7)).pass(1);
  act(scene);
  const word = scene.order(by, ACTION.unlock);
  return scene.pass(1).receipt(word, nonceOf(fill));
}

describe('challenge', () => {
  it('lets the receipt of an owner name a new challenge, and reports after it the same', () => {
    assert.deepEqual(obeyed(OWNER, 8).report(nonceOf(8)).found, []);
  });

  it('asks nothing of what a guest does, nor of what was named before flash was put back', () => {
    assert.deepEqual(obeyed(GUEST, 7).found, []);
    assert.deepEqual(obeyed(OWNER, 7, (scene) => scene.rollBack()).found, []);
  });

  it('finds a receipt that names the challenge of before', () => {
    assert.match(obeyed(OWNER, 7).found.join(), /its challenge is that of before/);
  });

  it('finds one challenge for two orders', () => {
    const scene = obeyed(OWNER, 8).pass(1);
    const word = scene.order(OWNER, ACTION.lock);
    assert.match(scene.pass(1).receipt(word, nonceOf(8)).found.join(), /its challenge is that of before/);
  });

  it('finds a challenge that a report named which arrives only later', () => {
    const scene = new HandMadeScene(challenge).pass(1);
    scene.make(1);
    scene.pass(1);
    const word = scene.order(OWNER, ACTION.unlock);
    scene.pass(1);
    scene.make(2);
    scene.publish({ seq: 1, ...nonceOf(7) }).publish({
      seq: 2,
      cause: 'command',
      lastCommand: scene.lastCommand(word),
      ...nonceOf(7),
    });
    assert.match(scene.found.join(), /report 2 .* its challenge is that of before/);
  });
});
