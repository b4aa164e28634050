import type { Input } from '../../../firmware/lock/ports.js';
import { createDigital } from '../../../host-sim/io/digital.js';
import { TimerBank } from '../../../host-sim/io/timer.js';
import { ManualClock } from '../../../host-sim/world/clock.js';
import { DoorWorld, type DoorWorldOptions } from '../../../host-sim/world/door-world.js';

/** One simulated board on a clock that the test moves. */
export function createBoard(options: Omit<DoorWorldOptions, 'clock'> = {}) {
  const clock = new ManualClock();
  const world = new DoorWorld({ clock, travelMs: 400, ...options });
  const inputs: Input[] = [];
  return {
    clock,
    world,
    inputs,
    io: createDigital(world.pins),
    timer: new TimerBank(clock),
    onInput: (input: Input) => {
      inputs.push(input);
    },
  };
}
