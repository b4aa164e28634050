import assert from 'node:assert/strict';
import { Contact } from '../../../firmware/drivers/contact.js';
import { PINS } from '../../../host-sim/world/door-world.js';
import { createBoard } from './board.js';

describe('Contact', () => {
  it('says the state when asked', () => {
    const board = createBoard();
    new Contact({ ...board, pin: PINS.contact, settleMs: 50 }).sense();
    assert.deepEqual(board.inputs, [{ kind: 'door-sensed', door: 'closed' }]);
  });

  it('tells of the door once its level has held', () => {
    const board = createBoard({ bolt: 'unlocked' });
    new Contact({ ...board, pin: PINS.contact, settleMs: 50 });
    board.world.openDoor();
    board.clock.advance(49);
    assert.deepEqual(board.inputs, []);
    board.clock.advance(1);
    assert.deepEqual(board.inputs, [{ kind: 'door-sensed', door: 'open' }]);
    board.world.closeDoor();
    board.clock.advance(50);
    assert.deepEqual(board.inputs.at(-1), { kind: 'door-sensed', door: 'closed' });
  });

  it('ignores a bounce', () => {
    const board = createBoard();
    new Contact({ ...board, pin: PINS.contact, settleMs: 50 });
    for (let i = 0; i < 10; i++) {
      board.world.pins.drive(PINS.contact, i % 2 === 0 ? 1 : 0);
      board.clock.advance(20);
    }
    board.clock.advance(100);
    assert.deepEqual(board.inputs, []);
  });

  it('is silent after close', () => {
    const board = createBoard({ bolt: 'unlocked' });
    const contact = new Contact({ ...board, pin: PINS.contact, settleMs: 50 });
    board.world.openDoor();
    contact.close();
    board.clock.advance(100);
    assert.deepEqual(board.inputs, []);
  });
});
