import type {
  AnalogConstructor,
  PwmConstructor,
  SerialConstructor,
  SerialOptions,
  WifiConstructor,
} from '../../../firmware/drivers/io.js';
import type { ManualClock } from '../../../host-sim/world/clock.js';

/** What a PWM pin was told, and when. */
export interface PwmWrite {
  readonly atMs: number;
  readonly value: number;
}

/** A look-alike of `embedded:io/pwm` that notes each write on the test's clock. */
export function createPwm(clock: ManualClock) {
  const writes: PwmWrite[] = [];
  const made: object[] = [];
  const io: PwmConstructor = class {
    readonly resolution: number;
    readonly hz: number;
    constructor(options: { readonly pin: number; readonly hz: number; readonly resolution?: number }) {
      made.push(options);
      this.hz = options.hz;
      this.resolution = options.resolution ?? 10;
    }
    write(value: number): void {
      writes.push({ atMs: clock.monotonicMs(), value });
    }
    close(): void {}
  };
  return { io, writes, made };
}

/** A look-alike of `embedded:io/analog`; `readings` are given out one after another, the last one over and over. */
export function createAnalog(readings: number[], resolution = 12) {
  const io: AnalogConstructor = class {
    readonly resolution = resolution;
    read(): number {
      return (readings.length > 1 ? readings.shift() : readings[0]) ?? 0;
    }
    close(): void {}
  };
  return io;
}

/** A look-alike of `embedded:io/serial` with the cable's other end in the test's hand. */
export function createSerial(taken: readonly number[] = []) {
  const sent: Uint8Array[] = [];
  let options: SerialOptions | undefined;
  let arrived: Uint8Array | undefined;
  const io: SerialConstructor = class {
    constructor(wanted: SerialOptions) {
      if (taken.includes(wanted.port)) throw new Error('port in use');
      options = wanted;
    }
    read(): ArrayBuffer | undefined {
      const bytes = arrived;
      arrived = undefined;
      return bytes?.slice().buffer;
    }
    write(bytes: Uint8Array): void {
      sent.push(bytes.slice());
    }
    close(): void {}
  };
  return {
    io,
    sent,
    port: () => options?.port,
    receive(bytes: Uint8Array): void {
      arrived = bytes;
      options?.onReadable(bytes.length);
    },
    writable(count: number): void {
      options?.onWritable(count);
    },
  };
}

/** A look-alike of `embedded:network/interface/wifi`; the test says what becomes of a try. */
export function createWifi() {
  const calls: string[] = [];
  let changed: (property: string) => void = () => {};
  let connection = 200;
  const io: WifiConstructor = class {
    constructor(options: { readonly onChanged: (property: string) => void }) {
      changed = options.onChanged;
    }
    get connection(): number {
      return connection;
    }
    connect({ SSID, password }: { readonly SSID: string; readonly password?: string }): void {
      calls.push(`connect ${SSID} ${password ?? '-'}`);
    }
    disconnect(): void {
      calls.push('disconnect');
    }
    close(): void {
      calls.push('close');
    }
  };
  return {
    io,
    calls,
    become(next: number): void {
      connection = next;
      changed('connection');
    },
  };
}
