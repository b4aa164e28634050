import assert from 'node:assert/strict';
import { Button } from '../../../firmware/drivers/button.js';
import { PINS } from '../../../host-sim/world/door-world.js';
import { createBoard } from './board.js';

describe('Button', () => {
  it('gives one input for a press, none for the release', () => {
    const board = createBoard();
    new Button({ ...board, pin: PINS.button, settleMs: 30 });
    board.world.pressButton();
    board.clock.advance(29);
    assert.deepEqual(board.inputs, []);
    board.clock.advance(1_000);
    assert.deepEqual(board.inputs, [{ kind: 'button-pressed' }]);
  });

  it('gives the input of the button that it is', () => {
    const board = createBoard();
    new Button({ ...board, pin: PINS.button });
    new Button({ ...board, pin: PINS.outsideButton, pressed: 'outside-pressed' });
    board.world.pressOutsideButton();
    board.clock.advance(1_000);
    assert.deepEqual(board.inputs, [{ kind: 'outside-pressed' }]);
  });

  it('ignores a touch that is too short', () => {
    const board = createBoard();
    new Button({ ...board, pin: PINS.button, settleMs: 30 });
    board.world.pins.drive(PINS.button, 0);
    board.clock.advance(20);
    board.world.pins.drive(PINS.button, 1);
    board.clock.advance(1_000);
    assert.deepEqual(board.inputs, []);
  });

  it('counts a bouncing press once', () => {
    const board = createBoard();
    new Button({ ...board, pin: PINS.button, settleMs: 30 });
    for (const level of [0, 1, 0, 1, 0] as const) {
      board.world.pins.drive(PINS.button, level);
      board.clock.advance(5);
    }
    board.clock.advance(500);
    assert.equal(board.inputs.length, 1);
  });

  it('does not take a button that is held at the start for a press', () => {
    const board = createBoard();
    board.world.pins.drive(PINS.button, 0);
    new Button({ ...board, pin: PINS.button, settleMs: 30 });
    board.clock.advance(1_000);
    assert.deepEqual(board.inputs, []);
  });
});
