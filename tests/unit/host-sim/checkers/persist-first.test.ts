import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { persistFirst } from '../../../../host-sim/checkers/persist-first.js';
import { HandMadeScene, OWNER } from './scene.js';

describe('persistFirst', () => {
  it('lets the bolt move once flash has taken something since the order was shown', () => {
    const scene = new HandMadeScene(persistFirst);
    scene.order(OWNER, ACTION.unlock);
    assert.deepEqual(scene.open().press().drive('unlocked').found, []);
  });

  it('finds a drive before flash has answered, or after it has refused', () => {
    const scene = new HandMadeScene(persistFirst).store();
    scene.order(OWNER, ACTION.unlock);
    scene.output({ kind: 'persist', key: 'state-a', bytes: new Uint8Array(9) });
    scene.input({ kind: 'store-failed', key: 'state-a' }).drive('unlocked');
    assert.match(scene.found.join(), /confirmed nothing/);
  });
});
