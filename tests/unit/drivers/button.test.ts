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

  it('tells once that it is held, after the press that began it', () => {
    const board = createBoard();
    new Button({ ...board, pin: PINS.button });
    board.world.pressButton(30_000);
    board.clock.advance(10_000);
    assert.deepEqual(board.inputs, [{ kind: 'button-pressed' }]);
    board.clock.advance(60_000);
    assert.deepEqual(board.inputs, [{ kind: 'button-pressed' }, { kind: 'button-held' }]);
  });

  it('is not held where it was let go just before the time, though that has not settled', () => {
    const board = createBoard();
    new Button({ ...board, pin: PINS.button, settleMs: 30 });
    board.world.pins.drive(PINS.button, 0);
    board.clock.advance(10_029);
    board.world.pins.drive(PINS.button, 1);
    board.clock.advance(60_000);
    assert.deepEqual(board.inputs, [{ kind: 'button-pressed' }]);
  });

  it('is not held by many short presses, nor once it is closed, nor outside', () => {
    const board = createBoard();
    const button = new Button({ ...board, pin: PINS.button });
    const outside = { ...board, pin: PINS.outsideButton, pressed: 'outside-pressed' } as const;
    new Button(outside);
    board.world.pins.drive(PINS.outsideButton, 0);
    for (let i = 0; i < 20; i++) {
      board.world.pressButton(900);
      board.clock.advance(1_000);
    }
    board.world.pressButton(30_000);
    board.clock.advance(5_000);
    button.close();
    board.clock.advance(60_000);
    const kinds = new Set(board.inputs.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ['button-pressed', 'outside-pressed']);
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
