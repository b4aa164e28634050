import assert from 'node:assert/strict';
import { openDoor } from '../../../../host-sim/checkers/open-door.js';
import { HandMadeScene } from './scene.js';

describe('openDoor', () => {
  it('lets the bolt be drawn while the door is open, and thrown while it is closed or unknown', () => {
    const scene = new HandMadeScene(openDoor).drive('locked').senseDoor('open').drive('unlocked');
    scene.senseDoor('closed').drive('locked').senseDoor('open').cut().turnOn().drive('locked');
    assert.deepEqual(scene.found, []);
  });

  it('finds a bolt that is thrown into the air', () => {
    const scene = new HandMadeScene(openDoor).senseDoor('open').drive('locked');
    assert.match(scene.found.join(), /while the door stands open/);
  });
});
