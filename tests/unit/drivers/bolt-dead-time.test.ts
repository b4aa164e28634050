import assert from 'node:assert/strict';
import { Bolt } from '../../../firmware/drivers/bolt.js';
import { PINS } from '../../../host-sim/world/door-world.js';
import { createBoard } from './board.js';

const DEAD_MS = 50;

/** Notes each change of the bridge's two inputs. */
function create() {
  const board = createBoard();
  const { pins } = board.world;
  const bolt = new Bolt({
    ...board,
    extendPin: PINS.extend,
    retractPin: PINS.retract,
    lockedPin: PINS.locked,
    unlockedPin: PINS.unlocked,
    deadTimeMs: DEAD_MS,
  });
  return { ...board, bolt, bridge: () => [pins.level(PINS.extend), pins.level(PINS.retract)] };
}

describe('Bolt dead time', () => {
  it('keeps both outputs low for the dead time before the motor turns round', () => {
    const { bolt, bridge, clock } = create();
    bolt.drive('unlocked');
    clock.advance(200);
    bolt.drive('locked');
    assert.deepEqual(bridge(), [0, 0]);
    clock.advance(DEAD_MS - 1);
    assert.deepEqual(bridge(), [0, 0]);
    clock.advance(1);
    assert.deepEqual(bridge(), [1, 0]);
  });

  it('does not wait where the motor goes on the same way, or has rested', () => {
    const { bolt, bridge, clock } = create();
    bolt.drive('unlocked');
    clock.advance(100);
    bolt.stop();
    bolt.drive('unlocked');
    assert.deepEqual(bridge(), [0, 1]);
    clock.advance(100);
    bolt.stop();
    clock.advance(DEAD_MS);
    bolt.drive('locked');
    assert.deepEqual(bridge(), [1, 0]);
  });

  it('forgets the turn that a stop overtakes', () => {
    const { bolt, bridge, clock } = create();
    bolt.drive('unlocked');
    clock.advance(100);
    bolt.drive('locked');
    clock.advance(DEAD_MS / 2);
    bolt.stop();
    clock.advance(1_000);
    assert.deepEqual(bridge(), [0, 0]);
  });

  it('holds both low again where the wish changes within the dead time', () => {
    const { bolt, bridge, clock } = create();
    bolt.drive('unlocked');
    clock.advance(100);
    bolt.drive('locked');
    clock.advance(10);
    bolt.drive('unlocked');
    assert.deepEqual(bridge(), [0, 1], 'the same way as before needs no wait');
    bolt.drive('locked');
    clock.advance(DEAD_MS - 1);
    assert.deepEqual(bridge(), [0, 0]);
    clock.advance(1);
    assert.deepEqual(bridge(), [1, 0]);
  });
});
