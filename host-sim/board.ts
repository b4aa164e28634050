import { Bolt } from '../firmware/drivers/bolt.js';
import { Button } from '../firmware/drivers/button.js';
import { Contact } from '../firmware/drivers/contact.js';
import { HttpExchange } from '../firmware/drivers/http-exchange.js';
import type { HttpNetwork, InputSink, TimerToken } from '../firmware/drivers/io.js';
import { KeyValue } from '../firmware/drivers/key-value.js';
import { Tamper } from '../firmware/drivers/tamper.js';
import type { Input, Output, RecordSource } from '../firmware/lock/ports.js';
import { createDigital, type PinBank } from './io/digital.js';
import { httpNetwork, httpsNetwork } from './io/http-client.js';
import type { FileKeyValue } from './io/key-value.js';
import { TimerBank } from './io/timer.js';
import { ReportPublisher } from './report-publisher.js';
import type { Clock } from './world/clock.js';
import { PINS } from './world/door-world.js';

/** What the host runs: the lock's one step function. */
export interface Machine {
  handle(input: Input, uptimeMs: number): readonly Output[];
}

/** All that lives from one boot to the next. */
export interface Board {
  readonly machine: Machine;
  readonly timer: TimerBank;
  readonly store: KeyValue;
  readonly bolt: Bolt;
  readonly contact: Contact;
  readonly tamper: Tamper;
  readonly button: Button;
  readonly outsideButton: Button;
  readonly http: HttpExchange;
  readonly publisher: ReportPublisher;
  readonly bootMs: number;
  readonly queue: Input[];
  isDraining: boolean;
  wake: TimerToken;
  tellTime: TimerToken;
}

/** How a board reaches the world, by scheme. */
export interface Networks {
  readonly http: HttpNetwork;
  readonly https: HttpNetwork;
}

export interface BoardOptions {
  readonly clock: Clock;
  readonly flash: FileKeyValue;
  readonly pins: PinBank;
  /** The computer's own where absent. */
  readonly networks?: Networks;
  readonly reportFile: string;
  readonly reportUrl?: string;
  readonly reportTimeoutMs?: number;
  readonly onInput: InputSink;
  readonly onDelivered: (seq: number, cose: Uint8Array) => void;
  readonly createMachine: (records: RecordSource) => Machine;
}

/** Powers a board: the drivers on their pins, flash, network and sinks, and the machine that they serve. */
export function createBoard(options: BoardOptions): Board {
  const { clock, flash, onInput, onDelivered, reportFile, reportUrl, reportTimeoutMs } = options;
  const timer = new TimerBank(clock);
  const { http, https } = options.networks ?? { http: httpNetwork, https: httpsNetwork };
  const network = { http, https, timer, onInput };
  const pins = { io: createDigital(options.pins), timer, onInput };
  const store = new KeyValue({ io: flash, path: 'flash', onInput });
  return {
    machine: options.createMachine(store),
    timer,
    store,
    bootMs: clock.monotonicMs(),
    queue: [],
    isDraining: false,
    wake: undefined,
    tellTime: undefined,
    bolt: new Bolt({
      ...pins,
      extendPin: PINS.extend,
      retractPin: PINS.retract,
      lockedPin: PINS.locked,
      unlockedPin: PINS.unlocked,
    }),
    contact: new Contact({ ...pins, pin: PINS.contact }),
    tamper: new Tamper({ ...pins, pin: PINS.tamper }),
    button: new Button({ ...pins, pin: PINS.button }),
    outsideButton: new Button({ ...pins, pin: PINS.outsideButton, pressed: 'outside-pressed' }),
    http: new HttpExchange(network),
    publisher: new ReportPublisher({
      ...network,
      file: reportFile,
      onDelivered,
      ...(reportUrl !== undefined && { url: reportUrl }),
      ...(reportTimeoutMs !== undefined && { timeoutMs: reportTimeoutMs }),
    }),
  };
}
