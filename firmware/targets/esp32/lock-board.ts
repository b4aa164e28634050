import { Battery } from '../../drivers/battery.js';
import type { BoltDriver } from '../../drivers/bolt.js';
import { Button } from '../../drivers/button.js';
import { Contact } from '../../drivers/contact.js';
import { HttpExchange } from '../../drivers/http-exchange.js';
import { HttpsTime } from '../../drivers/https-time.js';
import type { TimerToken } from '../../drivers/io.js';
import { KeyValue } from '../../drivers/key-value.js';
import { Led, type LedSign } from '../../drivers/led.js';
import { ReportPost } from '../../drivers/report-post.js';
import { SerialLink } from '../../drivers/serial-link.js';
import { Station } from '../../drivers/station.js';
import { Tamper } from '../../drivers/tamper.js';
import { Uptime } from '../../drivers/uptime.js';
import { Device } from '../../lock/device.js';
import type { Input, Notice, Output } from '../../lock/ports.js';
import { formatHex } from '../../protocol/hex.js';
import { PAIRING_WINDOW_MS } from '../../protocol/limits.js';
import type { LockSettings } from '../../protocol/pairing.js';
import type { BoardIo } from './board-io.js';
import type { Board } from './boards/board.js';
import { createBolt } from './bolt-wiring.js';
import { type ChipSecrets, readChipSecrets } from './chip-secrets.js';
import { endpointHosts, storedSettings } from './stored-settings.js';

export interface LockBoardOptions {
  readonly board: Board;
  readonly io: BoardIo;
  readonly firmwareVersion: string;
  readonly buildUnixSeconds: number;
  /** Hosts whose Date tells the time; two must agree. */
  readonly timeHosts: readonly string[];
  /** The pairing secret as 0x hex, where the image was built with one. */
  readonly pairingSecret?: unknown;
}

const RECORDS = 'lock';
/** An image that ran this long without a restart is kept. */
const GOOD_IMAGE_MS = 60_000;
const RESTART_MS = 5_000;
/** Endpoints that are asked at the same time: each may be a TLS connection on a heap of 100 KB. */
const POLLS_MAX = 2;
const CERTIFICATE_CLOCK_RETRY_MS = 60_000;
/** The count of milliseconds must be read before it wraps. */
const UPTIME_READ_MS = 3_600_000;

/** The composition root of every board: the lock's machine, its drivers, its radio and its serial port. */
export class LockBoard {
  readonly #options: LockBoardOptions;
  readonly #io: BoardIo;
  readonly #uptime: Uptime;
  readonly #secrets: ChipSecrets;
  readonly #store: KeyValue;
  readonly #device: Device;
  readonly #bolt: BoltDriver;
  readonly #contact: Contact | undefined;
  readonly #battery: Battery | undefined;
  readonly #tamper: Tamper | undefined;
  readonly #led: Led | undefined;
  readonly #link: SerialLink | undefined;
  readonly #http: HttpExchange;
  readonly #reports: ReportPost;
  readonly #station: Station;
  readonly #time: HttpsTime;
  readonly #queue: Input[] = [];
  #settings: LockSettings | undefined;
  #isDraining = false;
  #isStopped = false;
  #wake: TimerToken;
  #pairingUntilMs = 0;

  /** Puts the lock together; the bolt does not move. @throws Error where a driver finds its pin taken */
  constructor(options: LockBoardOptions) {
    const { board, io } = options;
    this.#options = options;
    this.#io = io;
    this.#uptime = new Uptime(io.ticks);
    const onInput = (input: Input) => this.#give(input);
    const pins = { io: io.digital, timer: io.timer, onInput };
    const network = { http: io.http, https: io.https, timer: io.timer, onInput };
    // First of all: whatever fails below, the motor's outputs are low.
    this.#bolt = createBolt(board.bolt, { ...io, onInput });
    this.#secrets = readChipSecrets(io, options.pairingSecret);
    this.#store = new KeyValue({ io: io.keyValue, path: RECORDS, onInput });
    this.#settings = storedSettings(io.engine, this.#secrets.journalKey32, this.#store);
    this.#device = new Device({
      engine: io.engine,
      records: this.#store,
      entropy32: io.random(32),
      journalKey32: this.#secrets.journalKey32,
      pairingSecret16: this.#secrets.pairingSecret16,
      firmwareVersion: options.firmwareVersion,
      buildUnixSeconds: options.buildUnixSeconds,
    });
    const { contactPin, outsideButtonPin, tamperPin, battery, led } = board;
    this.#contact = contactPin === undefined ? undefined : new Contact({ ...pins, pin: contactPin });
    new Button({ ...pins, pin: board.buttonPin });
    if (outsideButtonPin !== undefined)
      new Button({ ...pins, pin: outsideButtonPin, pressed: 'outside-pressed' });
    this.#tamper = tamperPin === undefined ? undefined : new Tamper({ ...pins, pin: tamperPin });
    this.#battery =
      battery === undefined
        ? undefined
        : new Battery({ ...battery, io: io.analog, timer: io.timer, onInput });
    this.#led = led === undefined ? undefined : new Led({ ...led, io: io.digital, timer: io.timer });
    this.#link = this.#openLink(onInput);
    this.#http = new HttpExchange({ ...network, exchangesMax: POLLS_MAX });
    this.#reports = new ReportPost({ ...network, url: () => this.#settings?.texts.get('report-url') });
    this.#station = new Station({
      io: io.wifi,
      timer: io.timer,
      onChange: (connected) => this.#connected(connected),
    });
    this.#time = new HttpsTime({
      https: io.https,
      timer: io.timer,
      hosts: options.timeHosts,
      uptimeMs: () => this.#uptime.read(),
      onInput,
    });
  }

  /** Starts the lock. It never waits for the network: the button works from the first instant. */
  start(): void {
    const { timer, trace, keepImage } = this.#io;
    trace(`${this.#options.board.name}, journal key in ${this.#secrets.journalKeyKeptIn}`);
    this.#give({ kind: 'boot' });
    this.#battery?.sense();
    this.#contact?.sense();
    this.#tamper?.sense();
    // Last: the boot report waits for it alone.
    this.#bolt.sense();
    this.#applySettings();
    this.#readUptime();
    timer.set(() => {
      if (!this.#isStopped) keepImage();
    }, GOOD_IMAGE_MS);
  }

  /** One input at a time: what an output causes at once waits until all outputs before it are carried out. */
  #give(input: Input): void {
    if (this.#isStopped) return;
    if (input.kind === 'button-pressed') {
      this.#pairingUntilMs = this.#uptime.read() + PAIRING_WINDOW_MS;
      this.#io.timer.set(() => this.#showSign(), PAIRING_WINDOW_MS);
    }
    this.#queue.push(input);
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        for (const output of this.#device.handle(next, this.#uptime.read())) this.#carryOut(output);
      }
    } catch (error) {
      this.#stopAndRestart(error);
    } finally {
      this.#isDraining = false;
    }
    this.#showSign();
  }

  #carryOut(output: Output): void {
    switch (output.kind) {
      case 'http-post':
        this.#http.post(output);
        break;
      case 'drive-bolt':
        this.#bolt.drive(output.target);
        break;
      case 'stop-bolt':
        this.#bolt.stop();
        break;
      case 'persist':
        this.#store.persist(output.key, output.bytes);
        break;
      case 'erase':
        this.#store.erase(output.key);
        break;
      case 'load':
        this.#store.load(output.key);
        break;
      case 'wake-at':
        this.#wakeAt(output.uptimeMs);
        break;
      case 'publish':
        this.#reports.publish(output.seq, output.cose);
        break;
      case 'pairing-send':
        this.#link?.send(output.bytes);
        break;
      case 'pairing-close':
        this.#link?.end();
        this.#applySettings();
        break;
      case 'restart':
        this.#stop();
        this.#restartLater();
        break;
      case 'notice':
        this.#notice(output.notice);
        break;
    }
  }

  #wakeAt(uptimeMs: number): void {
    const { timer } = this.#io;
    if (this.#wake !== undefined) timer.clear(this.#wake);
    const waitMs = Math.max(0, uptimeMs - this.#uptime.read());
    this.#wake = timer.set(() => {
      this.#wake = undefined;
      if (this.#uptime.read() < uptimeMs) this.#wakeAt(uptimeMs);
      else this.#give({ kind: 'tick' });
    }, waitMs);
  }

  // Network

  /** After pairing has spoken, flash may name another network, other endpoints, another place for reports. */
  #applySettings(): void {
    const before = this.#hosts;
    this.#settings = storedSettings(this.#io.engine, this.#secrets.journalKey32, this.#store);
    // A host that tells the time may just have become the operator of an endpoint.
    if (this.#station.isConnected && this.#hosts.join() !== before.join()) this.#askTime();
    const ssid = this.#settings?.texts.get('wifi-ssid');
    const password = this.#settings?.texts.get('wifi-password');
    if (ssid === undefined) return;
    this.#station.join(password === undefined ? { ssid } : { ssid, password });
  }

  get #hosts(): readonly string[] {
    return this.#settings === undefined ? [] : endpointHosts(this.#settings);
  }

  #connected(connected: boolean): void {
    this.#io.trace(connected ? 'network is there' : 'network is gone');
    this.#showSign();
    if (connected) this.#askTime();
    else this.#time.stop();
  }

  /** Certificates first: without a rough clock none of them holds. */
  #askTime(): void {
    this.#io.setCertificateClock((isSet) => {
      if (!this.#station.isConnected || this.#isStopped) return;
      if (isSet) this.#time.start(this.#hosts);
      else this.#io.timer.set(() => this.#askTime(), CERTIFICATE_CLOCK_RETRY_MS);
    });
  }

  #openLink(onInput: (input: Input) => void): SerialLink | undefined {
    const { serial, timer, trace } = this.#io;
    for (const pins of this.#options.board.serials) {
      try {
        return new SerialLink({
          ...pins,
          io: serial,
          timer,
          onInput: (input) => {
            onInput(input);
            if (input.kind === 'pairing-closed') this.#applySettings();
          },
        });
      } catch {
        trace(`serial port ${pins.port} is taken`);
      }
    }
    return undefined;
  }

  // What people see

  #showSign(): void {
    this.#led?.show(this.#sign());
  }

  #sign(): LedSign {
    if (this.#isStopped || this.#tamper?.isOpen === true) return 'fault';
    if (this.#uptime.read() < this.#pairingUntilMs) return 'pairing';
    if (this.#settings === undefined) return 'unpaired';
    return this.#station.isConnected ? 'off' : 'offline';
  }

  #notice(notice: Notice): void {
    const { trace } = this.#io;
    switch (notice.event) {
      case 'booted':
        trace(`boot ${notice.bootCount}, lock ${formatHex(notice.lock)}`);
        break;
      case 'refused':
        trace(`refused: ${notice.reason}`);
        break;
      case 'bolt':
        trace(`bolt ${notice.position} by ${notice.cause}`);
        break;
      case 'adoption':
        trace(`adoption by ${formatHex(notice.owner)}: ${notice.stage}`);
        break;
      case 'reset':
        trace('factory reset');
        break;
      case 'paired':
        trace(`paired with ${formatHex(notice.owner)}`);
        break;
      case 'alarm':
        trace(`alarm ${notice.alarm} ${notice.on ? 'on' : 'off'}`);
        break;
      case 'polled':
      case 'seen':
      case 'verified':
      case 'signed':
        break;
    }
  }

  // Life

  /** Also what lets the pairing light go out. */
  #readUptime(): void {
    this.#uptime.read();
    this.#io.timer.set(() => this.#readUptime(), UPTIME_READ_MS);
  }

  /** A bug of ours: the motor stops, nothing more is obeyed, and the board starts again. */
  #stopAndRestart(error: unknown): void {
    this.#stop();
    this.#io.trace(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    this.#restartLater();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#queue.length = 0;
    this.#bolt.stop();
    this.#http.close();
    this.#reports.close();
    this.#time.stop();
  }

  #restartLater(): void {
    this.#io.timer.set(() => this.#io.restart(), RESTART_MS);
  }
}
