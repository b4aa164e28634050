import assert from 'node:assert/strict';
import { Bolt } from '../../../firmware/drivers/bolt.js';
import { PINS } from '../../../host-sim/world/door-world.js';
import { createBoard } from './board.js';

function create(options: Parameters<typeof createBoard>[0] = {}, runMsMax = 2_000) {
  const board = createBoard(options);
  const bolt = new Bolt({
    ...board,
    extendPin: PINS.extend,
    retractPin: PINS.retract,
    lockedPin: PINS.locked,
    unlockedPin: PINS.unlocked,
    runMsMax,
  });
  const motor = () => [board.world.pins.level(PINS.extend), board.world.pins.level(PINS.retract)];
  return { ...board, bolt, motor };
}

describe('Bolt', () => {
  it('draws the bolt in, tells each change and stops itself at the end', () => {
    const { bolt, clock, inputs, motor, world } = create();
    bolt.drive('unlocked');
    assert.deepEqual(motor(), [0, 1]);
    clock.advance(399);
    assert.deepEqual(motor(), [0, 1]);
    clock.advance(1);
    assert.deepEqual(motor(), [0, 0]);
    assert.equal(world.bolt, 'unlocked');
    assert.deepEqual(inputs, [
      { kind: 'bolt-sensed', bolt: 'between' },
      { kind: 'bolt-sensed', bolt: 'unlocked' },
    ]);
  });

  it('pushes the bolt out', () => {
    const { bolt, clock, motor, world } = create({ bolt: 'unlocked' });
    bolt.drive('locked');
    assert.deepEqual(motor(), [1, 0]);
    clock.advance(400);
    assert.deepEqual(motor(), [0, 0]);
    assert.equal(world.bolt, 'locked');
  });

  it('only says so where the bolt is there already', () => {
    const { bolt, inputs, motor, world } = create();
    bolt.drive('locked');
    assert.deepEqual(motor(), [0, 0]);
    assert.equal(world.moves, 0);
    assert.deepEqual(inputs, [{ kind: 'bolt-sensed', bolt: 'locked' }]);
  });

  it('never has both outputs high when the target turns round', () => {
    const { bolt, clock, motor, world } = create();
    bolt.drive('unlocked');
    clock.advance(200);
    bolt.drive('locked');
    assert.deepEqual(motor(), [1, 0]);
    clock.advance(200);
    assert.equal(world.bolt, 'locked');
    assert.deepEqual(motor(), [0, 0]);
  });

  it('brakes on stop and leaves the bolt between', () => {
    const { bolt, clock, inputs, motor, world } = create();
    bolt.drive('unlocked');
    clock.advance(100);
    bolt.stop();
    clock.advance(5_000);
    assert.deepEqual(motor(), [0, 0]);
    assert.equal(world.bolt, 'between');
    assert.equal(inputs.length, 1);
  });

  it('cuts the motor of a jammed bolt after its longest run', () => {
    const { bolt, clock, inputs, motor, world } = create();
    world.setJammed(true);
    bolt.drive('unlocked');
    clock.advance(1_999);
    assert.deepEqual(motor(), [0, 1]);
    clock.advance(1);
    assert.deepEqual(motor(), [0, 0]);
    assert.deepEqual(inputs.at(-1), { kind: 'bolt-sensed', bolt: 'between' });
  });

  it('tells of the thumb-turn', () => {
    const { inputs, world } = create();
    world.turnThumb('unlocked');
    assert.deepEqual(inputs, [
      { kind: 'bolt-sensed', bolt: 'between' },
      { kind: 'bolt-sensed', bolt: 'unlocked' },
    ]);
  });

  it('calls two closed switches unknown', () => {
    const { inputs, world } = create();
    world.pins.drive(PINS.unlocked, 1);
    assert.deepEqual(inputs, [{ kind: 'bolt-sensed', bolt: 'unknown' }]);
  });

  it('is silent and still after close', () => {
    const { bolt, clock, inputs, motor, world } = create();
    bolt.drive('unlocked');
    clock.advance(100);
    bolt.close();
    const count = inputs.length;
    world.turnThumb('locked');
    assert.deepEqual(motor(), [0, 0]);
    assert.equal(inputs.length, count);
  });
});
