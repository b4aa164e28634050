import type { CryptoEngine } from '../../crypto/engine.js';
import type {
  AnalogConstructor,
  DigitalConstructor,
  HttpNetwork,
  KeyValueIo,
  PwmConstructor,
  SerialConstructor,
  TicksIo,
  TimerIo,
  WifiConstructor,
} from '../../drivers/io.js';

/** All that a board gives to the lock; `main.ts` takes it from Moddable, tests from the simulator's look-alikes. */
export interface BoardIo {
  readonly engine: CryptoEngine;
  readonly digital: DigitalConstructor;
  readonly pwm: PwmConstructor;
  readonly analog: AnalogConstructor;
  readonly serial: SerialConstructor;
  readonly wifi: WifiConstructor;
  readonly http: HttpNetwork;
  readonly https: HttpNetwork;
  readonly keyValue: KeyValueIo;
  readonly timer: TimerIo;
  readonly ticks: TicksIo;
  /** @returns bytes that nobody can foretell, from the first boot on and without a radio */
  readonly random: (count: number) => Uint8Array;
  /**
   * A key that only this chip can make, from its fused HMAC key.
   * @returns 32 bytes, or undefined where the chip has no such peripheral or no key was fused
   */
  readonly chipKey: (label: string) => Uint8Array | undefined;
  /** Sets the system's clock by SNTP, which certificates are checked against and nothing else. */
  readonly setCertificateClock: (done: (isSet: boolean) => void) => void;
  /** The running image is good: the boot loader need not go back to the one before. */
  readonly keepImage: () => void;
  readonly restart: () => void;
  readonly trace: (line: string) => void;
}
