import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { tries } from '../../../../host-sim/checkers/tries.js';
import { HandMadeScene, OWNER } from './scene.js';

/** Drives toward one side, of which only the first has another cause than the clock. */
function drive(count: number, target: 'locked' | 'unlocked' = 'unlocked', scene = start()): HandMadeScene {
  scene.store().drive(target);
  for (let i = 1; i < count; i++) scene.pass(5).drive(target);
  return scene;
}

function start(): HandMadeScene {
  const scene = new HandMadeScene(tries);
  scene.order(OWNER, ACTION.unlock);
  return scene;
}

describe('tries', () => {
  it('lets a bolt be tried three times, and again for each wish', () => {
    const scene = drive(3, 'locked', drive(3));
    for (const input of [
      { kind: 'button-pressed' },
      { kind: 'outside-pressed' },
      { kind: 'door-sensed', door: 'closed' },
    ] as const)
      for (let i = 0; i < 3; i++) {
        if (i === 0) scene.input(input);
        scene.pass(5).drive('locked');
      }
    assert.deepEqual(scene.found, []);
  });

  it('counts anew where the motor was stopped, and after a boot', () => {
    const stopped = drive(3).output({ kind: 'stop-bolt' }).pass(5).drive('unlocked');
    const booted = drive(3).cut().turnOn().pass(5).drive('unlocked');
    assert.deepEqual([...stopped.found, ...booted.found], []);
  });

  it('finds the fourth try toward either side', () => {
    assert.match(drive(4).found.join(), /driven unlocked for the 4th time/);
    assert.match(drive(4, 'locked').found.join(), /driven locked for the 4th time/);
  });

  it('takes no write but one of what the lock obeys for a wish', () => {
    const scene = drive(3).store('cursor-1').pass(5).drive('unlocked');
    assert.match(scene.found.join(), /for the 4th time/);
  });
});
