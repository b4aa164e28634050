import assert from 'node:assert/strict';
import { Servo } from '../../../firmware/drivers/servo.js';
import { PINS } from '../../../host-sim/world/door-world.js';
import { createBoard } from './board.js';
import { createPwm } from './look-alikes.js';

const POWER_PIN = 11;
const SERVO_PIN = 12;

function create(lockedMicros = 2_000) {
  const board = createBoard();
  const pwm = createPwm(board.clock);
  const servo = new Servo({
    ...board,
    pwm: pwm.io,
    servoPin: SERVO_PIN,
    powerPin: POWER_PIN,
    lockedPin: PINS.locked,
    unlockedPin: PINS.unlocked,
    lockedMicros,
    unlockedMicros: 1_000,
    runMsMax: 1_500,
  });
  pwm.writes.length = 0;
  const { pins } = board.world;
  return {
    ...board,
    ...pwm,
    servo,
    power: () => pins.level(POWER_PIN),
    // The arm reaches the other end.
    arrive(at: 'locked' | 'unlocked') {
      pins.drive(at === 'locked' ? PINS.unlocked : PINS.locked, 0);
      pins.drive(at === 'locked' ? PINS.locked : PINS.unlocked, 1);
    },
  };
}

/** Microseconds that a value means at 50 Hz and 14 bits. */
const micros = (value: number) => (value * 20_000) / 2 ** 14;

describe('Servo', () => {
  it('takes 50 pulses a second in 14 bits, and gives neither pulse nor supply until it is driven', () => {
    const { made, power, writes, clock } = create();
    clock.advance(10_000);
    assert.deepEqual(made, [{ pin: SERVO_PIN, hz: 50, resolution: 14 }]);
    assert.deepEqual(writes, []);
    assert.equal(power(), 0);
  });

  it('gives supply first, and 20 ms later a pulse of the width that means the end', () => {
    const { clock, power, servo, writes } = create();
    servo.drive('unlocked');
    assert.equal(power(), 1);
    const before = writes.length;
    clock.advance(19);
    assert.equal(writes.length, before);
    clock.advance(1);
    assert.deepEqual(writes.slice(before), [{ atMs: 20, value: 819 }]);
    assert.ok(Math.abs(micros(819) - 1_000) < 1.3);
  });

  it('knows both ends by their widths', () => {
    const { clock, servo, writes, arrive } = create();
    arrive('unlocked');
    servo.drive('locked');
    clock.advance(20);
    assert.equal(writes.at(-1)?.value, 1_638);
    assert.ok(Math.abs(micros(1_638) - 2_000) < 1.3);
  });

  it('lets the arm come to rest 150 ms after the end switch, then takes pulse and supply away', () => {
    const { arrive, clock, inputs, power, servo, writes } = create();
    servo.drive('unlocked');
    clock.advance(300);
    arrive('unlocked');
    assert.deepEqual(inputs.at(-1), { kind: 'bolt-sensed', bolt: 'unlocked' });
    clock.advance(149);
    assert.equal(power(), 1);
    clock.advance(1);
    assert.equal(power(), 0);
    assert.deepEqual(writes.at(-1), { atMs: 450, value: 0 });
  });

  it('lets a stalled servo go after its longest run and says where the bolt is', () => {
    const { clock, inputs, power, servo, writes } = create();
    servo.drive('unlocked');
    clock.advance(1_499);
    assert.equal(power(), 1);
    clock.advance(1);
    assert.equal(power(), 0);
    assert.equal(writes.at(-1)?.value, 0);
    assert.deepEqual(inputs, [{ kind: 'bolt-sensed', bolt: 'locked' }]);
  });

  it('only says so where the bolt is there already', () => {
    const { inputs, power, servo } = create();
    servo.drive('locked');
    assert.equal(power(), 0);
    assert.deepEqual(inputs, [{ kind: 'bolt-sensed', bolt: 'locked' }]);
  });

  it('stops between supply and pulse without ever giving one', () => {
    const { clock, power, servo, writes } = create();
    servo.drive('unlocked');
    clock.advance(10);
    servo.stop();
    clock.advance(5_000);
    assert.equal(power(), 0);
    assert.deepEqual(
      writes.filter(({ value }) => value !== 0),
      [],
    );
  });

  it('refuses a pulse that would break the servo', () => {
    assert.throws(() => create(2_501), RangeError);
    assert.throws(() => create(499), RangeError);
    assert.throws(() => create(Number.NaN), RangeError);
  });
});
