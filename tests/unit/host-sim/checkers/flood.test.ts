import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { flood } from '../../../../host-sim/checkers/flood.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

function play(): HandMadeScene {
  const scene = new HandMadeScene(flood);
  scene.grant();
  return scene;
}

describe('flood', () => {
  it('lets a guest be obeyed six times a minute', () => {
    const scene = play();
    for (let i = 0; i < 14; i++) scene.receipt(scene.order(GUEST, ACTION.lock)).pass(10);
    assert.deepEqual(scene.found, []);
  });

  it('finds the seventh order of a minute', () => {
    const scene = play();
    for (let i = 0; i < 7; i++) scene.receipt(scene.order(GUEST, ACTION.lock)).pass(9);
    assert.match(scene.found.join(), /7 orders of 0x[0-9a-f]+ within 54000 ms/);
  });

  it('finds the seventh refusal that is told in a minute', () => {
    const scene = play();
    const lastCommand = {
      ...scene.lastCommand(scene.order(GUEST, ACTION.privacyOn)),
      reason: 'not-owner',
    } as const;
    for (let i = 0; i < 6; i++) scene.report({ cause: 'refusal', lastCommand }).pass(1);
    assert.deepEqual(scene.found, []);
    assert.match(scene.report({ cause: 'refusal', lastCommand }).found.join(), /7 refusals/);
  });

  it('finds more writes and drives than such orders explain', () => {
    const scene = play().pass(60);
    scene.order(GUEST, ACTION.unlock);
    for (let i = 0; i < 90; i++) scene.store().drive('unlocked');
    scene.pass(60);
    assert.match(scene.found.join(), /90 writes in a minute.*90 drives in a minute/);
  });

  it('finds a lock of the owner that a flood holds up', () => {
    const wait = (obey: boolean, change = {}) => {
      const scene = new HandMadeScene(flood, change);
      for (let i = 0; i < 30; i++) scene.signOrder(GUEST, ACTION.unlock);
      const word = scene.signOrder(OWNER, ACTION.lock);
      scene.pass(100);
      if (obey) scene.receipt(scene.show(word));
      return scene.pass(100).found;
    };
    assert.deepEqual(wait(true), []);
    assert.match(wait(false).join(), /waits for longer than 150 s/);
    // Where nodes are moody there may be another cause.
    assert.deepEqual(wait(false, { nodes: { moodsPerHour: 1 } }), []);
  });

  it('asks for nothing that was signed while the lock was dark', () => {
    const scene = new HandMadeScene(flood).cut();
    for (let i = 0; i < 30; i++) scene.signOrder(GUEST, ACTION.unlock);
    scene.signOrder(OWNER, ACTION.lock);
    scene.nowMs += 100_000;
    assert.deepEqual(scene.turnOn().pass(100).found, []);
  });
});
