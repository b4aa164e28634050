import assert from 'node:assert/strict';
import { Strike } from '../../../firmware/drivers/strike.js';
import { createBoard } from './board.js';

const RELAY = 21;
const MONITOR = 22;

function create(relayOn: 0 | 1 = 1) {
  const board = createBoard();
  const { pins } = board.world;
  pins.drive(MONITOR, 1);
  const strike = new Strike({
    ...board,
    relayPin: RELAY,
    relayOn,
    monitorPin: MONITOR,
    holdMsMax: 5_000,
  });
  return { ...board, strike, pins, relay: () => pins.level(RELAY) };
}

describe('Strike', () => {
  it('leaves the coil without current until it is driven', () => {
    assert.equal(create(1).relay(), 0);
    assert.equal(create(0).relay(), 1);
  });

  it('says locked only while its monitor does', () => {
    const { inputs, strike, pins } = create();
    strike.sense();
    assert.deepEqual(inputs.at(-1), { kind: 'bolt-sensed', bolt: 'locked' });
    pins.drive(MONITOR, 0);
    assert.deepEqual(inputs.at(-1), { kind: 'bolt-sensed', bolt: 'between' });
  });

  it('frees the keeper, and says unlocked once the monitor has opened', () => {
    const { inputs, pins, relay, strike } = create();
    strike.drive('unlocked');
    assert.equal(relay(), 1);
    assert.deepEqual(inputs.at(-1), { kind: 'bolt-sensed', bolt: 'between' });
    pins.drive(MONITOR, 0);
    assert.deepEqual(inputs.at(-1), { kind: 'bolt-sensed', bolt: 'unlocked' });
  });

  it('lets the coil go after its longest hold', () => {
    const { clock, inputs, pins, relay, strike } = create();
    strike.drive('unlocked');
    pins.drive(MONITOR, 0);
    clock.advance(4_999);
    assert.equal(relay(), 1);
    clock.advance(1);
    assert.equal(relay(), 0);
    // First that it is let go, then where it is: no hand has moved it.
    assert.deepEqual(inputs.slice(-2), [{ kind: 'bolt-released' }, { kind: 'bolt-sensed', bolt: 'between' }]);
    pins.drive(MONITOR, 1);
    assert.deepEqual(inputs.at(-1), { kind: 'bolt-sensed', bolt: 'locked' });
  });

  it('counts the hold anew with each unlock', () => {
    const { clock, relay, strike } = create();
    strike.drive('unlocked');
    clock.advance(4_000);
    strike.drive('unlocked');
    clock.advance(4_999);
    assert.equal(relay(), 1);
    clock.advance(1);
    assert.equal(relay(), 0);
  });

  it('locks at once, and at close, and tells of no release then', () => {
    for (const end of ['drive', 'close'] as const) {
      const { clock, inputs, relay, strike } = create(0);
      strike.drive('unlocked');
      assert.equal(relay(), 0);
      if (end === 'drive') strike.drive('locked');
      else strike.close();
      assert.equal(relay(), 1);
      clock.advance(10_000);
      assert.equal(relay(), 1);
      assert.ok(inputs.every(({ kind }) => kind !== 'bolt-released'));
    }
  });
});
