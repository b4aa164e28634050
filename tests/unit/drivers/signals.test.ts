import assert from 'node:assert/strict';
import { Battery } from '../../../firmware/drivers/battery.js';
import { Led } from '../../../firmware/drivers/led.js';
import { Tamper } from '../../../firmware/drivers/tamper.js';
import { Uptime } from '../../../firmware/drivers/uptime.js';
import { createBoard } from './board.js';
import { createAnalog } from './look-alikes.js';

const PIN = 30;

describe('Tamper', () => {
  it('tells of the lid once its level has held for 20 ms', () => {
    const board = createBoard();
    const tamper = new Tamper({ ...board, pin: PIN });
    board.world.pins.drive(PIN, 1);
    board.clock.advance(19);
    assert.deepEqual(board.inputs, []);
    board.clock.advance(1);
    assert.deepEqual(board.inputs, [{ kind: 'tamper-sensed', open: true }]);
    assert.equal(tamper.isOpen, true);
    board.world.pins.drive(PIN, 0);
    board.clock.advance(20);
    assert.deepEqual(board.inputs.at(-1), { kind: 'tamper-sensed', open: false });
    tamper.sense();
    assert.equal(board.inputs.length, 3);
  });

  it('ignores a knock on the door', () => {
    const board = createBoard();
    new Tamper({ ...board, pin: PIN });
    board.world.pins.drive(PIN, 1);
    board.clock.advance(15);
    board.world.pins.drive(PIN, 0);
    board.clock.advance(100);
    assert.deepEqual(board.inputs, []);
  });

  it('says open at once where it was open at boot', () => {
    const board = createBoard();
    board.world.pins.drive(PIN, 1);
    assert.equal(new Tamper({ ...board, pin: PIN }).isOpen, true);
  });
});

describe('Battery', () => {
  const create = (readings: number[]) => {
    const board = createBoard();
    const battery = new Battery({
      ...board,
      io: createAnalog(readings),
      pin: PIN,
      fullScaleMilliVolts: 2_450,
      dividerRatio: 3,
      intervalMs: 1_000,
    });
    return { ...board, battery };
  };

  it('takes the middle of five readings through the divider', () => {
    const { battery, inputs } = create([4_095, 3_344, 0, 3_343, 3_345]);
    battery.sense();
    assert.deepEqual(inputs, [{ kind: 'battery-sensed', milliVolts: Math.round((3_344 * 7_350) / 4_095) }]);
  });

  it('measures again at every interval until it is closed', () => {
    const { battery, clock, inputs } = create([2_000]);
    battery.sense();
    clock.advance(2_999);
    assert.equal(inputs.length, 3);
    battery.close();
    clock.advance(5_000);
    assert.equal(inputs.length, 3);
  });
});

describe('Led', () => {
  const create = (on: 0 | 1 = 1) => {
    const board = createBoard();
    return {
      ...board,
      led: new Led({ ...board, pin: PIN, on }),
      level: () => board.world.pins.level(PIN),
    };
  };

  it('blinks as the table says, over and over', () => {
    const { clock, led, level } = create();
    led.show('unpaired');
    const lit: number[] = [];
    for (let i = 0; i < 40; i++) {
      lit.push(level());
      clock.advance(100);
    }
    assert.deepEqual(
      lit.flatMap((value, index) => (value === 1 ? [index * 100] : [])),
      [0, 2_000],
    );
  });

  it('is dark when all is well, whatever it showed before', () => {
    const { clock, led, level } = create(0);
    led.show('fault');
    assert.equal(level(), 0);
    led.show('off');
    for (let i = 0; i < 10; i++) {
      assert.equal(level(), 1);
      clock.advance(130);
    }
  });

  it('does not start anew when it is told the same', () => {
    const { clock, led, level } = create();
    led.show('fault');
    clock.advance(249);
    led.show('fault');
    clock.advance(1);
    assert.equal(level(), 0);
  });
});

describe('Uptime', () => {
  it('never falls and goes on over the wrap of a 32-bit count', () => {
    const io = { ticks: 0x7fff_fff0, delta: (start: number, end: number) => (end - start) | 0 };
    const uptime = new Uptime(io);
    assert.equal(uptime.read(), 0);
    io.ticks = (0x7fff_fff0 + 100) | 0;
    assert.equal(uptime.read(), 100);
    io.ticks -= 1;
    assert.equal(uptime.read(), 100);
    io.ticks += 11;
    assert.equal(uptime.read(), 110);
  });
});
