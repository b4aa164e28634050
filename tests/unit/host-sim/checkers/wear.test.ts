import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { PARTITION_BYTES, wear } from '../../../../host-sim/checkers/wear.js';
import { partitionBytes } from '../../../budget/partition.js';
import { HandMadeScene, OWNER } from './scene.js';

/** Hours in which the lock writes so often. */
function live(hours: number, perHour: number, act: (scene: HandMadeScene) => void = () => {}): string {
  const scene = new HandMadeScene(wear).pass(120);
  for (let i = 0; i < hours * perHour; i++) {
    act(scene);
    scene.store(i % 2 === 0 ? 'state-a' : 'state-b').pass(3_600 / perHour);
  }
  return scene.end().found.join();
}

const order = (scene: HandMadeScene) => {
  scene.order(OWNER, ACTION.lock);
};

describe('wear', () => {
  it('knows the partition of the boards', () => {
    assert.equal(PARTITION_BYTES, partitionBytes());
  });

  it('lets people write, and the lock a little by itself', () => {
    assert.equal(live(4, 60, order), '');
    assert.equal(live(4, 12), '');
  });

  it('lets a backlog write its cursors in each boot, and finds what goes on beyond it', () => {
    assert.equal(live(1, 200), '');
    assert.match(live(4, 200), /200 writes to flash in an hour that nobody has caused/);
  });

  it('finds a rate that would wear a page by a tenth in less than ten years', () => {
    assert.match(live(8, 180, order), /entries of flash written an hour, over 1538/);
  });
});
