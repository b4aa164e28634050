import type { DeviceOptions } from '../../firmware/lock/device-parts.js';
import type { Machine } from '../board.js';

/** Where a lock's machine runs, when it is not this process. */
export interface MachinePlace {
  /** Starts the machine of one boot; the one before is gone. */
  create(options: DeviceOptions): Machine;
  /** The power is cut: the machine is gone, with all that flash does not hold. */
  cutPower(): void;
}
