import config from 'mc/config';
import Time from 'time';
import Timer from 'timer';
import type {
  AnalogConstructor,
  PwmConstructor,
  TimerIo,
  WifiConstructor,
  WifiStation,
} from '../../drivers/io.js';
import type { BoardIo } from '../esp32/board-io.js';
import { createBoardEngine } from '../esp32/crypto-engine.js';
import { LockBoard } from '../esp32/lock-board.js';
import { createHttp, createHttps } from '../esp32/network.js';
import { createFileRecords } from './file-records.js';
import { hostRandom } from './host-random.js';
import { LoopbackPort } from './loopback-port.js';
import { SimulatedDoor, simulatedBoard } from './simulated-door.js';

const LINE_CHARACTERS_MAX = 64;
const HAND_WORDS = 'hand: press, outside, open, close, case-open, case-close, jam, free';

/** Called by the simulator once the modules are in place: a whole lock on a computer, its door by the line. */
export default function main(): void {
  const timer = Timer as unknown as TimerIo;
  const door = new SimulatedDoor(timer);
  const board = new LockBoard({
    board: simulatedBoard(Number(config['pairingPort'])),
    io: createBoardIo(door, timer),
    firmwareVersion: String(config['firmwareVersion']),
    buildUnixSeconds: Number(config['buildUnixSeconds'] ?? 0),
    timeHosts: String(config['timeHosts']).split(','),
    pairingSecret: config['pairingSecret'],
  });
  openHand(door, Number(config['handPort']));
  board.start();
}

function createBoardIo(door: SimulatedDoor, timer: TimerIo): BoardIo {
  return {
    engine: createBoardEngine(hostRandom(32)),
    digital: door.digital,
    pwm: NoPart as unknown as PwmConstructor,
    analog: NoPart as unknown as AnalogConstructor,
    serial: LoopbackPort,
    wifi: createWifi(timer),
    http: createHttp(),
    https: createHttps(),
    keyValue: createFileRecords(String(config['records'])),
    timer,
    ticks: Time,
    random: hostRandom,
    chipKey: () => undefined,
    // The computer's own clock is what certificates are checked against here.
    setCertificateClock: (done) => done(true),
    keepImage: () => {},
    restart: () => say('the lock starts again from its records: start the simulator again'),
    trace: say,
  };
}

class NoPart {
  constructor() {
    throw new Error('the simulated board has no such part');
  }
}

/** @returns the computer's network, which is there whatever the name of the Wi-Fi is */
function createWifi(timer: TimerIo): WifiConstructor {
  return class HostNetwork implements WifiStation {
    readonly #onChanged: (property: string) => void;
    #connection = 0;

    constructor({ onChanged }: { readonly onChanged: (property: string) => void }) {
      this.#onChanged = onChanged;
    }

    get connection(): number {
      return this.#connection;
    }

    connect(): void {
      timer.set(() => {
        this.#connection = 500;
        this.#onChanged('connection');
      }, 0);
    }

    disconnect(): void {
      this.#connection = 0;
    }

    close(): void {}
  };
}

/** Listens for the lines that move the door's contact and button. */
function openHand(door: SimulatedDoor, port: number): void {
  let waiting = '';
  const hand = new LoopbackPort({
    port,
    receive: 0,
    transmit: 0,
    baud: 0,
    format: 'buffer',
    onWritable: () => {},
    onReadable: () => {
      waiting += String.fromCharCode(...new Uint8Array(hand.read() ?? new ArrayBuffer(0)));
      const lines = waiting.split('\n');
      waiting = (lines.pop() ?? '').slice(0, LINE_CHARACTERS_MAX);
      for (const line of lines) say(door.handle(line) ? `hand: ${line}` : HAND_WORDS);
    },
  });
}

function say(line: string): void {
  trace(`latchkey: ${line}\n`);
}
