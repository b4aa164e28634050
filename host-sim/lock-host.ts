import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CryptoEngine } from '../firmware/crypto/engine.js';
import { Device } from '../firmware/lock/device.js';
import type { DeviceOptions } from '../firmware/lock/device-parts.js';
import type { Input, Notice, Output } from '../firmware/lock/ports.js';
import { BATTERY_READINGS } from '../firmware/protocol/limits.js';
import { type Board, createBoard, type Machine, type Networks } from './board.js';
import { openChip } from './chip.js';
import { type CutMoment, FileKeyValue } from './io/key-value.js';
import { type TcpConnection, TcpListener } from './io/tcp-listener.js';
import { type Clock, systemClock } from './world/clock.js';
import type { DoorWorld } from './world/door-world.js';

export interface LockHostOptions {
  readonly engine: CryptoEngine;
  readonly world: DoorWorld;
  /** Holds the chip's secrets, flash and the report file; made where it is missing. */
  readonly dataDirectory: string;
  readonly clock?: Clock;
  /** Who vouches for the wall clock; `none` leaves the lock without time. */
  readonly clockSource?: ToldTime;
  readonly networks?: Networks;
  readonly batteryMilliVolts?: number;
  /** 0 or absent picks a free one. */
  readonly pairingPort?: number;
  readonly reportUrl?: string;
  readonly reportTimeoutMs?: number;
  readonly pollIntervalMs?: number;
  readonly heartbeatMs?: number;
  readonly relockMs?: number;
  readonly firmwareVersion?: string;
  readonly buildUnixSeconds?: number;
  /** Chance, for worlds that must come out the same again. */
  readonly random?: (count: number) => Uint8Array;
  /** Another machine in place of the firmware's, for tests of the host alone. */
  readonly createMachine?: (options: DeviceOptions) => Machine;
}

/** Who vouches for the time that a lock is told. */
export type ToldTime = 'host' | 'none';

export type HostEvent =
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** Every sink has taken this report. */
  | { readonly kind: 'delivered'; readonly seq: number; readonly cose: Uint8Array }
  | { readonly kind: 'power'; readonly on: boolean }
  /** The machine threw; without `restartMs` the host has given up. */
  | { readonly kind: 'crashed'; readonly message: string; readonly restartMs?: number };

const CLOCK_INTERVAL_MS = 60_000;
const RESTART_MS = 1_000;
/** Crashes within RESTART_WINDOW_MS after which the host gives up. */
const RESTARTS_MAX = 5;
const RESTART_WINDOW_MS = 60_000;
const BATTERY_MILLIVOLTS = 6_000;
/** Oftener than on a board, so that nobody who tries a low battery waits for minutes. */
const BATTERY_INTERVAL_MS = 30_000;

/** The composition root on Node: wires the lock's machine to drivers, flash, pairing port and report sinks. */
export class LockHost {
  readonly flash: FileKeyValue;
  readonly reportFile: string;
  /** What a box would carry as a QR code. */
  readonly pairingSecret16: Uint8Array;
  readonly #options: LockHostOptions;
  readonly #clock: Clock;
  readonly #journalKey32: Uint8Array;
  readonly #listeners = new Set<(event: HostEvent, atUnixMs: number) => void>();
  readonly #port: TcpListener;
  #board: Board | undefined;
  #connection: TcpConnection | undefined;
  #crashesMs: number[] = [];
  #cancelRestart: (() => void) | undefined;
  #clockSource: ToldTime;
  #batteryMilliVolts: number;

  constructor(options: LockHostOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#clockSource = options.clockSource ?? 'host';
    this.#batteryMilliVolts = options.batteryMilliVolts ?? BATTERY_MILLIVOLTS;
    const chip = openChip(join(options.dataDirectory, 'chip'), (count) => this.#random(count));
    this.#journalKey32 = chip.journalKey32;
    this.pairingSecret16 = chip.pairingSecret16;
    this.flash = new FileKeyValue(options.dataDirectory);
    this.reportFile = join(options.dataDirectory, 'reports.hex');
    this.#port = new TcpListener({
      port: options.pairingPort ?? 0,
      onOpen: (connection) => this.#pairingOpened(connection),
      onReadable: (bytes) => this.#give({ kind: 'pairing-received', bytes }),
      onClose: () => {
        this.#connection = undefined;
        this.#give({ kind: 'pairing-closed' });
      },
    });
  }

  get powered(): boolean {
    return this.#board !== undefined;
  }

  /** Milliseconds since the boot; 0 while the power is off. */
  get uptimeMs(): number {
    return this.#board ? Math.floor(this.#clock.monotonicMs() - this.#board.bootMs) : 0;
  }

  /** Opens the pairing port on loopback, which outlives power cuts. @returns its number */
  listen(): Promise<number> {
    return this.#port.listen();
  }

  /** @returns a function that takes the listener away again */
  on(listener: (event: HostEvent, atUnixMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Switches the power on; the lock finds in flash what an earlier boot left there. */
  boot(): void {
    if (this.#board) return;
    this.#cancelRestart?.();
    try {
      const board = this.#build();
      this.#board = board;
      this.#emit({ kind: 'power', on: true });
      this.#give({ kind: 'boot' });
      this.#senseBattery(board);
      this.#tellTime(board);
      board.contact.sense();
      board.tamper.sense();
      // Last: the boot report waits for it alone.
      board.bolt.sense();
    } catch (error) {
      this.#crash(error);
    }
  }

  /** Everything that hangs on the power is gone at once, even between a write and what follows it. */
  cutPower(): void {
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    const board = this.#board;
    if (!board) return;
    this.#board = undefined;
    board.timer.clearAll();
    board.http.close();
    board.publisher.close();
    board.queue.length = 0;
    this.#connection?.close();
    this.#connection = undefined;
    this.#options.world.cutPower();
    this.#emit({ kind: 'power', on: false });
  }

  /** Tells the lock the time as its source has it now; a lock that was told once goes on from that until its next boot. */
  setClockSource(source: ToldTime): void {
    this.#clockSource = source;
    const board = this.#board;
    if (!board) return;
    if (board.tellTime !== undefined) board.timer.clear(board.tellTime);
    this.#tellTime(board);
  }

  /** Changes what the battery has from now on: read at once, as often as makes the lock sure, and at every interval. */
  setBattery(milliVolts: number): void {
    this.#batteryMilliVolts = milliVolts;
    for (let reading = 0; reading < BATTERY_READINGS; reading++)
      this.#give({ kind: 'battery-sensed', milliVolts });
  }

  /** Cuts the power at the `count`th write to flash from now. */
  cutPowerAtWrite(count: number, moment: CutMoment): void {
    this.flash.cutPowerAt(count, moment, () => this.cutPower());
  }

  /** Ends for good. */
  stop(): void {
    this.cutPower();
    this.#port.close();
  }

  #build(): Board {
    const { world, engine, networks, pollIntervalMs, heartbeatMs, relockMs, reportUrl, reportTimeoutMs } =
      this.#options;
    const create = this.#options.createMachine ?? ((options: DeviceOptions) => new Device(options));
    const board: Board = createBoard({
      clock: this.#clock,
      flash: this.flash,
      pins: world.pins,
      ...(networks !== undefined && { networks }),
      reportFile: this.reportFile,
      ...(reportUrl !== undefined && { reportUrl }),
      ...(reportTimeoutMs !== undefined && { reportTimeoutMs }),
      onInput: (input) => this.#give(input, board),
      onDelivered: (seq, cose) => {
        if (this.#board === board) this.#emit({ kind: 'delivered', seq, cose });
      },
      createMachine: (records) =>
        create({
          engine,
          records,
          entropy32: this.#random(32),
          journalKey32: this.#journalKey32,
          pairingSecret16: this.pairingSecret16,
          firmwareVersion: this.#options.firmwareVersion ?? '0.1.0',
          buildUnixSeconds: this.#options.buildUnixSeconds ?? 0,
          ...(pollIntervalMs !== undefined && { pollIntervalMs }),
          ...(heartbeatMs !== undefined && { heartbeatMs }),
          ...(relockMs !== undefined && { relockMs }),
        }),
    });
    return board;
  }

  #tellTime(board: Board): void {
    if (this.#clockSource === 'none') return;
    this.#give(
      { kind: 'clock', unixSeconds: Math.floor(this.#clock.unixMs() / 1_000), source: 'host' },
      board,
    );
    if (this.#board === board)
      board.tellTime = board.timer.set(() => this.#tellTime(board), CLOCK_INTERVAL_MS);
  }

  #senseBattery(board: Board): void {
    this.#give({ kind: 'battery-sensed', milliVolts: this.#batteryMilliVolts }, board);
    if (this.#board === board) board.timer.set(() => this.#senseBattery(board), BATTERY_INTERVAL_MS);
  }

  /** One input at a time: what an output causes at once waits until all outputs before it are carried out. */
  #give(input: Input, board = this.#board): void {
    if (!board || board !== this.#board) return;
    board.queue.push(input);
    if (board.isDraining) return;
    board.isDraining = true;
    try {
      for (let next = board.queue.shift(); next; next = board.queue.shift()) {
        for (const output of board.machine.handle(next, this.uptimeMs)) {
          this.#carryOut(output, board);
          if (this.#board !== board) return;
        }
      }
    } catch (error) {
      if (this.#board === board) this.#crash(error);
    } finally {
      board.isDraining = false;
    }
  }

  #carryOut(output: Output, board: Board): void {
    switch (output.kind) {
      case 'http-post':
        board.http.post(output);
        break;
      case 'drive-bolt':
        board.bolt.drive(output.target);
        break;
      case 'stop-bolt':
        board.bolt.stop();
        break;
      case 'persist':
        board.store.persist(output.key, output.bytes);
        break;
      case 'erase':
        board.store.erase(output.key);
        break;
      case 'load':
        board.store.load(output.key);
        break;
      case 'wake-at':
        this.#wakeAt(output.uptimeMs, board);
        break;
      case 'publish':
        board.publisher.publish(output.seq, output.cose);
        break;
      case 'pairing-send':
        this.#connection?.write(output.bytes);
        break;
      case 'pairing-close':
        this.#connection?.close();
        break;
      case 'restart':
        this.cutPower();
        this.#cancelRestart = this.#clock.after(RESTART_MS, () => this.boot());
        break;
      case 'notice':
        this.#emit({ kind: 'notice', notice: output.notice });
        break;
    }
  }

  /** The port promises a tick at that uptime or after it: Node's timers may fire a millisecond early. */
  #wakeAt(uptimeMs: number, board: Board): void {
    if (board.wake !== undefined) board.timer.clear(board.wake);
    board.wake = board.timer.set(
      () => {
        board.wake = undefined;
        if (this.uptimeMs < uptimeMs) this.#wakeAt(uptimeMs, board);
        else this.#give({ kind: 'tick' }, board);
      },
      Math.max(0, uptimeMs - this.uptimeMs),
    );
  }

  #pairingOpened(connection: TcpConnection): void {
    if (!this.#board) {
      connection.close();
      return;
    }
    this.#connection = connection;
    this.#give({ kind: 'pairing-opened' });
  }

  /** The motor stops, all state but flash is dropped, and the lock starts again a second later. */
  #crash(error: unknown): void {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.cutPower();
    const nowMs = this.#clock.monotonicMs();
    this.#crashesMs = [...this.#crashesMs, nowMs].filter((atMs) => atMs > nowMs - RESTART_WINDOW_MS);
    if (this.#crashesMs.length > RESTARTS_MAX) {
      this.#emit({ kind: 'crashed', message });
      return;
    }
    this.#emit({ kind: 'crashed', message, restartMs: RESTART_MS });
    this.#cancelRestart = this.#clock.after(RESTART_MS, () => this.boot());
  }

  #emit(event: HostEvent): void {
    const atUnixMs = this.#clock.unixMs();
    for (const listener of this.#listeners) listener(event, atUnixMs);
  }

  #random(count: number): Uint8Array {
    return this.#options.random?.(count) ?? new Uint8Array(randomBytes(count));
  }
}
