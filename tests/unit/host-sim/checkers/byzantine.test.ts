import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { byzantine } from '../../../../host-sim/checkers/byzantine.js';
import { GUEST, HandMadeScene, NEXT_OWNER, OWNER, THIEF } from './scene.js';

const LIARS = { nodes: { isAllByzantine: true } };

describe('byzantine', () => {
  it('lets the owner, the next one and a guest open with an order each', () => {
    const scene = new HandMadeScene(byzantine, LIARS);
    scene.grant();
    scene.handOver();
    for (const [by, epoch] of [
      [OWNER, 1],
      [GUEST, 1],
      [NEXT_OWNER, 2],
    ] as const) {
      scene.order(by, ACTION.unlock, { epoch });
      scene.open().pass(20);
    }
    assert.deepEqual(scene.found, []);
  });

  it('finds more openings than orders, those of strangers uncounted', () => {
    const scene = new HandMadeScene(byzantine, LIARS);
    scene.order(THIEF, ACTION.unlock);
    scene.order(OWNER, ACTION.lock);
    scene.signOrder(OWNER, ACTION.unlock);
    assert.match(scene.open().found.join(), /1 times in this boot, and 0 orders/);
  });

  it('counts each boot anew', () => {
    const scene = new HandMadeScene(byzantine, LIARS);
    scene.order(OWNER, ACTION.unlock);
    scene.open().pass(20).cut().turnOn().open();
    assert.equal(scene.found.length, 1);
  });

  it('asks nothing of other worlds, of hands, and of the calm', () => {
    const other = new HandMadeScene(byzantine).open();
    const scene = new HandMadeScene(byzantine, LIARS).press().drive('unlocked');
    scene.isCalm = true;
    scene.pass(20).open();
    assert.deepEqual([...other.found, ...scene.found], []);
  });
});
