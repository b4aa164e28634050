import { Bolt, type BoltDriver } from '../../drivers/bolt.js';
import type { DigitalConstructor, InputSink, PwmConstructor, TimerIo } from '../../drivers/io.js';
import { Servo } from '../../drivers/servo.js';
import { Strike } from '../../drivers/strike.js';
import type { BoltWiring } from './boards/board.js';

export interface BoltIo {
  readonly digital: DigitalConstructor;
  readonly pwm: PwmConstructor;
  readonly timer: TimerIo;
  readonly onInput: InputSink;
}

/** @returns the driver of what moves this board's bolt; nothing moves yet */
export function createBolt(wiring: BoltWiring, { digital: io, pwm, timer, onInput }: BoltIo): BoltDriver {
  const parts = { io, timer, onInput };
  switch (wiring.kind) {
    case 'servo':
      return new Servo({ ...parts, ...wiring, pwm });
    case 'motor':
      return new Bolt({ ...parts, ...wiring });
    case 'strike':
      return new Strike({ ...parts, ...wiring });
  }
}
