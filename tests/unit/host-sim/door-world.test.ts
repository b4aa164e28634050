import assert from 'node:assert/strict';
import { ManualClock } from '../../../host-sim/world/clock.js';
import { DoorWorld, PINS } from '../../../host-sim/world/door-world.js';

function create(bolt: 'locked' | 'unlocked' = 'locked') {
  const clock = new ManualClock();
  const world = new DoorWorld({ clock, travelMs: 100, bolt });
  return { clock, world, level: (pin: keyof typeof PINS) => world.pins.level(PINS[pin]) };
}

describe('DoorWorld', () => {
  it('takes its time, and closes the end switch only there', () => {
    const { clock, level, world } = create();
    world.pins.write(PINS.retract, 1);
    assert.deepEqual([world.bolt, level('locked'), level('unlocked')], ['between', 0, 0]);
    clock.advance(99);
    assert.equal(world.bolt, 'between');
    clock.advance(1);
    assert.deepEqual([world.bolt, level('locked'), level('unlocked')], ['unlocked', 0, 1]);
  });

  it('goes on from where it stopped', () => {
    const { clock, world } = create();
    world.pins.write(PINS.retract, 1);
    clock.advance(60);
    world.pins.write(PINS.retract, 0);
    clock.advance(1_000);
    world.pins.write(PINS.extend, 1);
    clock.advance(59);
    assert.equal(world.bolt, 'between');
    clock.advance(1);
    assert.equal(world.bolt, 'locked');
    assert.equal(world.moves, 2);
  });

  it('stands still with both outputs high', () => {
    const { clock, world } = create('unlocked');
    world.pins.write(PINS.extend, 1);
    world.pins.write(PINS.retract, 1);
    clock.advance(1_000);
    assert.equal(world.bolt, 'between');
  });

  it('sticks halfway while jammed, and comes free', () => {
    const { clock, world } = create();
    world.setJammed(true);
    world.pins.write(PINS.retract, 1);
    clock.advance(10_000);
    assert.equal(world.bolt, 'between');
    world.setJammed(false);
    clock.advance(50);
    assert.equal(world.bolt, 'unlocked');
  });

  it('stays where it is when the power goes, and wakes nobody', () => {
    const { clock, world } = create();
    let edges = 0;
    world.pins.claim({ pin: PINS.unlocked, mode: 0, edge: 3, onReadable: () => edges++ });
    world.pins.write(PINS.retract, 1);
    clock.advance(50);
    world.cutPower();
    clock.advance(1_000);
    assert.deepEqual([world.bolt, world.pins.level(PINS.retract), edges], ['between', 0, 0]);
  });

  it('neither opens a locked door nor closes one on its bolt', () => {
    const { clock, level, world } = create();
    world.openDoor();
    assert.equal(world.door, 'closed');
    world.turnThumb('unlocked');
    world.openDoor();
    assert.deepEqual([world.door, level('contact')], ['open', 1]);
    world.pins.write(PINS.extend, 1);
    clock.advance(100);
    world.pins.write(PINS.extend, 0);
    world.closeDoor();
    assert.equal(world.door, 'open');
    world.turnThumb('unlocked');
    world.closeDoor();
    assert.deepEqual([world.door, level('contact')], ['closed', 0]);
  });

  it('is forced open with its bolt out, and its case is opened', () => {
    const { level, world } = create();
    world.forceDoor();
    assert.deepEqual([world.door, world.bolt, level('contact')], ['open', 'locked', 1]);
    world.setTamper(true);
    assert.equal(level('tamper'), 1);
    world.setTamper(false);
    assert.equal(level('tamper'), 0);
  });
});
