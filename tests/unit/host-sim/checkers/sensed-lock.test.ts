import assert from 'node:assert/strict';
import { sensedLock } from '../../../../host-sim/checkers/sensed-lock.js';
import { HandMadeScene } from './scene.js';

describe('sensedLock', () => {
  it('lets a report say what the sensor said when it was made, though it comes later', () => {
    const scene = new HandMadeScene(sensedLock).sense('locked').pass(10);
    scene
      .sense('unlocked')
      .pass(10)
      .report({ bolt: 'locked', uptimeSeconds: 9 })
      .report({ bolt: 'unlocked' });
    scene.cut().turnOn().report({ bolt: 'locked', uptimeSeconds: 9 });
    assert.deepEqual(scene.found, []);
  });

  it('finds a report that says locked where the sensor said anything else, or nothing', () => {
    for (const bolt of ['unlocked', 'between', 'unknown'] as const) {
      const scene = new HandMadeScene(sensedLock).sense(bolt).pass(10).report({ bolt: 'locked' });
      assert.match(scene.found.join(), /says locked/, bolt);
    }
    assert.equal(new HandMadeScene(sensedLock).pass(5).report({ bolt: 'locked' }).found.length, 1);
  });
});
