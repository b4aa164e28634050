import { Bolt, type BoltDriver } from '../../../firmware/drivers/bolt.js';
import type { DigitalLevel } from '../../../firmware/drivers/io.js';
import { Servo } from '../../../firmware/drivers/servo.js';
import { Strike } from '../../../firmware/drivers/strike.js';
import type { Input } from '../../../firmware/lock/ports.js';
import { createDigital, PinBank } from '../../../host-sim/io/digital.js';
import { TimerBank } from '../../../host-sim/io/timer.js';
import { ManualClock } from '../../../host-sim/world/clock.js';
import { DoorWorld, PINS } from '../../../host-sim/world/door-world.js';
import { createPwm } from '../drivers/look-alikes.js';
import { LockWorld } from './fixture.js';
import type { WorldOptions } from './world-options.js';

export const DRIVER_KINDS = ['motor', 'servo', 'strike'] as const;
export type DriverKind = (typeof DRIVER_KINDS)[number];

/** The strike lets go by itself after this, milliseconds. */
export const HOLD_MS = 15_000;
const TRAVEL_MS = 400;
const STEP_MS = 50;

/** What a driver's wires lead to. */
interface Mechanism {
  readonly driver: BoltDriver;
  /** Where the bolt truly is. */
  readonly bolt: () => 'locked' | 'unlocked' | 'between';
  /** Whether anything draws current. */
  readonly isDriven: () => boolean;
  readonly setJammed: (jammed: boolean) => void;
}

/** A whole lock with a real driver on simulated pins; lock, driver and mechanism share one clock. */
export class DriverRig {
  readonly world: LockWorld;
  readonly mechanism: Mechanism;
  readonly #clock = new ManualClock();

  constructor(kind: DriverKind, options: WorldOptions = {}) {
    // The driver speaks only after the lock has asked something of it.
    let world: LockWorld | undefined;
    this.mechanism = createMechanism(kind, this.#clock, (input) => world?.give(input));
    this.world = new LockWorld({ ...options, driver: this.mechanism.driver });
    world = this.world;
    world.boot().pair();
    this.pass(2_000);
  }

  pass(ms: number): this {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.world.uptimeMs += STEP_MS;
      this.#clock.advance(STEP_MS);
      this.world.give({ kind: 'tick' });
    }
    return this;
  }

  /** Causes and positions of the reports from this number on, heartbeats apart. */
  told(from: number): readonly string[] {
    return this.world
      .reports()
      .slice(from)
      .filter(({ report }) => report.cause !== 'heartbeat')
      .map(({ report: { cause, bolt } }) => `${cause} ${bolt}`);
  }
}

function createMechanism(kind: DriverKind, clock: ManualClock, onInput: (input: Input) => void): Mechanism {
  switch (kind) {
    case 'motor':
      return createMotor(clock, onInput);
    case 'servo':
      return createServo(clock, onInput);
    case 'strike':
      return createStrike(clock, onInput);
  }
}

function createMotor(clock: ManualClock, onInput: (input: Input) => void): Mechanism {
  const door = new DoorWorld({ clock, travelMs: TRAVEL_MS });
  return {
    driver: new Bolt({
      io: createDigital(door.pins),
      timer: new TimerBank(clock),
      onInput,
      extendPin: PINS.extend,
      retractPin: PINS.retract,
      lockedPin: PINS.locked,
      unlockedPin: PINS.unlocked,
      deadTimeMs: 50,
    }),
    bolt: () => door.bolt,
    isDriven: () => door.pins.level(PINS.extend) === 1 || door.pins.level(PINS.retract) === 1,
    setJammed: (jammed) => door.setJammed(jammed),
  };
}

/** An arm that turns to where its pulses say while it has supply. */
function createServo(clock: ManualClock, onInput: (input: Input) => void): Mechanism {
  const [power, locked, unlocked] = [20, 21, 22];
  const [lockedMicros, unlockedMicros] = [2_000, 1_000];
  const pins = new PinBank();
  const pwm = createPwm(clock);
  let isJammed = false;
  let arrive: (() => void) | undefined;
  pins.drive(locked, 1);
  const set = (pin: number, level: DigitalLevel) => pins.drive(pin, level);
  /** Each pulse of the last half second is looked at: it turns only while it is told where to. */
  const look = () => {
    const value = pwm.writes.at(-1)?.value ?? 0;
    const isOn = pins.level(power) === 1 && value > 0;
    if (!isOn) {
      arrive?.();
      arrive = undefined;
    } else if (arrive === undefined) {
      const micros = (value * 1_000_000) / (50 * 2 ** 14);
      const goal = Math.abs(micros - lockedMicros) < 10 ? locked : unlocked;
      if (pins.level(goal) === 0) {
        set(goal === locked ? unlocked : locked, 0);
        arrive = clock.after(TRAVEL_MS, () => {
          if (!isJammed) set(goal, 1);
        });
      }
    }
    clock.after(5, look);
  };
  look();
  return {
    driver: new Servo({
      io: createDigital(pins),
      pwm: pwm.io,
      timer: new TimerBank(clock),
      onInput,
      servoPin: 19,
      powerPin: power,
      lockedPin: locked,
      unlockedPin: unlocked,
      lockedMicros,
      unlockedMicros,
    }),
    bolt: () => {
      if (pins.level(locked) === 1) return 'locked';
      return pins.level(unlocked) === 1 ? 'unlocked' : 'between';
    },
    isDriven: () => pins.level(power) === 1 || (pwm.writes.at(-1)?.value ?? 0) > 0,
    setJammed: (jammed) => {
      isJammed = jammed;
    },
  };
}

/** A keeper that follows its coil a moment later. */
function createStrike(clock: ManualClock, onInput: (input: Input) => void): Mechanism {
  const [relay, monitor] = [21, 22];
  const pins = new PinBank();
  let isJammed = false;
  pins.drive(monitor, 1);
  const follow = (): void => {
    clock.after(30, () => {
      if (!isJammed) pins.drive(monitor, pins.level(relay) === 1 ? 0 : 1);
    });
  };
  pins.watch(relay, follow);
  return {
    driver: new Strike({
      io: createDigital(pins),
      timer: new TimerBank(clock),
      onInput,
      relayPin: relay,
      relayOn: 1,
      monitorPin: monitor,
      holdMsMax: HOLD_MS,
    }),
    bolt: () => (pins.level(monitor) === 1 ? 'locked' : 'unlocked'),
    isDriven: () => pins.level(relay) === 1,
    setJammed: (jammed) => {
      isJammed = jammed;
      if (!jammed) follow();
    },
  };
}
