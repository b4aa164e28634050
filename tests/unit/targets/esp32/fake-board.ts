import { guardEngine } from '../../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../../firmware/crypto/noble-engine.js';
import type {
  HttpClientOptions,
  HttpNetwork,
  HttpRequestOptions,
  KeyValueIo,
} from '../../../../firmware/drivers/io.js';
import type { BoardIo } from '../../../../firmware/targets/esp32/board-io.js';
import type { Board } from '../../../../firmware/targets/esp32/boards/board.js';
import { LockBoard } from '../../../../firmware/targets/esp32/lock-board.js';
import { createDigital } from '../../../../host-sim/io/digital.js';
import { TimerBank } from '../../../../host-sim/io/timer.js';
import { ManualClock } from '../../../../host-sim/world/clock.js';
import { DoorWorld, PINS } from '../../../../host-sim/world/door-world.js';
import type { ByteStream } from '../../../../tools/esp32/byte-stream.js';
import { createAnalog, createPwm, createSerial, createWifi } from '../../drivers/look-alikes.js';

export const TAMPER_PIN = 40;
export const LED_PIN = 41;

/** The simulator's door on a motor board. */
export const DOOR_BOARD: Board = Object.freeze({
  name: 'door',
  bolt: Object.freeze({
    kind: 'motor',
    extendPin: PINS.extend,
    retractPin: PINS.retract,
    lockedPin: PINS.locked,
    unlockedPin: PINS.unlocked,
    deadTimeMs: 50,
  }),
  contactPin: PINS.contact,
  buttonPin: PINS.button,
  tamperPin: TAMPER_PIN,
  battery: Object.freeze({ pin: 0, fullScaleMilliVolts: 2_450, dividerRatio: 3 }),
  led: Object.freeze({ pin: LED_PIN, on: 1 }),
  serials: Object.freeze([
    Object.freeze({ port: 0, receive: 20, transmit: 21 }),
    Object.freeze({ port: 1, receive: 2, transmit: 18 }),
  ]),
});

/** Flash that outlives a board. */
export class MemoryFlash implements KeyValueIo {
  readonly domains = new Map<string, Map<string, Uint8Array>>();

  open({ path }: { readonly path: string }) {
    const records = this.domains.get(path) ?? new Map<string, Uint8Array>();
    this.domains.set(path, records);
    return {
      read: (key: string) => records.get(key)?.slice().buffer as ArrayBuffer | undefined,
      write: (key: string, value: ArrayBuffer) => {
        if (key.length > 15) throw new Error(`NVS keys hold 15 characters: ${key}`);
        records.set(key, new Uint8Array(value).slice());
      },
      delete: (key: string) => records.delete(key),
      close: () => {},
      [Symbol.iterator]: () => [...records.keys()].values(),
    };
  }
}

export interface FakeBoardOptions {
  readonly flash?: MemoryFlash;
  readonly takenPorts?: readonly number[];
  readonly chipKey?: Uint8Array;
  readonly patch?: Partial<BoardIo>;
}

/** A whole board on look-alikes; time moves when the test says so. */
export function createFakeBoard(options: FakeBoardOptions = {}) {
  const clock = new ManualClock();
  const world = new DoorWorld({ clock, travelMs: 400 });
  const flash = options.flash ?? new MemoryFlash();
  const serial = createSerial(options.takenPorts);
  const wifi = createWifi();
  const lines: string[] = [];
  const requests: string[] = [];
  const events: string[] = [];
  let drawn = 0;
  const network = (scheme: string): HttpNetwork => ({
    io: class {
      readonly #host: string;
      constructor({ host }: HttpClientOptions) {
        this.#host = host;
      }
      request({ method, path, onHeaders }: HttpRequestOptions) {
        requests.push(`${method} ${scheme}://${this.#host}${path}`);
        const request = { read: () => undefined, write: () => 0 };
        const date = new Date(clock.unixMs()).toUTCString();
        if (method === 'HEAD')
          clock.after(10, () => onHeaders?.call(request, 200, new Map([['date', date]])));
        return request;
      }
      close() {}
    },
  });
  const io: BoardIo = {
    engine: guardEngine(createNobleEngine()),
    digital: createDigital(world.pins),
    pwm: createPwm(clock).io,
    analog: createAnalog([2_000]),
    serial: serial.io,
    wifi: wifi.io,
    http: network('http'),
    https: network('https'),
    keyValue: flash,
    timer: new TimerBank(clock),
    ticks: {
      get ticks() {
        return clock.monotonicMs() | 0;
      },
      delta: (start, end) => (end - start) | 0,
    },
    random: (count) => new Uint8Array(count).fill(++drawn),
    chipKey: () => options.chipKey,
    setCertificateClock: (done) => {
      events.push('sntp');
      done(true);
    },
    keepImage: () => events.push('keep image'),
    restart: () => events.push('restart'),
    trace: (line) => lines.push(line),
    ...options.patch,
  };
  const lock = new LockBoard({
    board: DOOR_BOARD,
    io,
    firmwareVersion: '0.1.0',
    buildUnixSeconds: 1_790_000_000,
    timeHosts: ['a.test', 'b.test'],
    pairingSecret: `0x${'5a'.repeat(16)}`,
  });
  return {
    clock,
    world,
    flash,
    serial,
    wifi,
    lines,
    requests,
    events,
    lock,
    press: () => press(clock, world),
  };
}

/** The cable's other end, as the tool sees it. */
export function cableOf({ serial }: Pick<ReturnType<typeof createFakeBoard>, 'serial'>): ByteStream {
  return {
    write: (bytes) => serial.receive(bytes),
    listen: (onBytes) => {
      serial.writable(1_000_000);
      const push = serial.sent.push.bind(serial.sent);
      serial.sent.push = (...parts: Uint8Array[]) => {
        // A real cable never answers inside the call that wrote to it.
        for (const part of parts) setImmediate(() => onBytes(part));
        return push(...parts);
      };
    },
    close: () => {},
  };
}

function press(clock: ManualClock, world: DoorWorld): void {
  world.pressButton();
  clock.advance(200);
}
