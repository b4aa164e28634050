import Analog from 'embedded:io/analog';
import Digital from 'embedded:io/digital';
import PWM from 'embedded:io/pwm';
import Serial from 'embedded:io/serial';
import WiFi from 'embedded:network/interface/wifi';
import KeyValueStorage from 'embedded:storage/key-value';
import config from 'mc/config';
import Time from 'time';
import Timer from 'timer';
import type {
  AnalogConstructor,
  DigitalConstructor,
  KeyValueIo,
  PwmConstructor,
  SerialConstructor,
  TimerIo,
  WifiConstructor,
} from '../../drivers/io.js';
import type { BoardIo } from './board-io.js';
import { boardNamed } from './boards/board-list.js';
import { setCertificateClock } from './certificate-clock.js';
import { chipHmac, chipRandom, keepImage, restartChip } from './chip.js';
import { createBoardEngine } from './crypto-engine.js';
import { LockBoard } from './lock-board.js';
import { createHttp, createHttps } from './network.js';

/**
 * What the chip has, for the lock that knows no chip. The SDK's own types are wider than what its modules do with
 * these options (and leave out some `close`), hence the casts: here alone a module becomes what a driver expects.
 */
function createBoardIo(): BoardIo {
  return {
    engine: createBoardEngine(chipRandom(32)),
    digital: Digital as unknown as DigitalConstructor,
    pwm: PWM as unknown as PwmConstructor,
    analog: Analog as unknown as AnalogConstructor,
    serial: Serial as unknown as SerialConstructor,
    wifi: WiFi as unknown as WifiConstructor,
    http: createHttp(),
    https: createHttps(),
    keyValue: KeyValueStorage as unknown as KeyValueIo,
    timer: Timer as unknown as TimerIo,
    ticks: Time,
    random: chipRandom,
    chipKey: chipHmac,
    setCertificateClock: (done) => setCertificateClock(String(config['sntp']), done),
    keepImage,
    restart: restartChip,
    trace: (line) => trace(`latchkey: ${line}\n`),
  };
}

/** Called by the runtime once the modules are in place; there is nothing to wait for. */
export default function main(): void {
  new LockBoard({
    board: boardNamed(config['board']),
    io: createBoardIo(),
    firmwareVersion: String(config['firmwareVersion']),
    buildUnixSeconds: Number(config['buildUnixSeconds'] ?? 0),
    timeHosts: String(config['timeHosts']).split(','),
    pairingSecret: config['pairingSecret'],
  }).start();
}
