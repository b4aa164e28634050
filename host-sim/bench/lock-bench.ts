import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { isFreshChip } from '../chip.js';
import type { MachinePlace } from '../engines/machine-place.js';
import { SwitchedNetwork } from '../io/switched-network.js';
import { LockHost, type ToldTime } from '../lock-host.js';
import { OffsetClock, systemClock } from '../world/clock.js';
import { DoorWorld } from '../world/door-world.js';
import { readWorld, type WorldState, writeWorld } from './world-file.js';

export interface LockBenchOptions {
  /** Holds all that lasts: chip, flash, reports and the world around the lock. */
  readonly data: string;
  readonly engine: CryptoEngine;
  /** Where the lock's machine runs; in this process where none is named. */
  readonly place?: MachinePlace;
  readonly pairingPort?: number;
  readonly reportUrl?: string;
  readonly pollMs?: number;
}

/** One lock on a workbench: its host and everything around it that a hand can change, kept in a folder. */
export class LockBench {
  readonly host: LockHost;
  readonly door: DoorWorld;
  readonly network = new SwitchedNetwork();
  /** Whether this folder's lock has never run before. */
  readonly isNew: boolean;
  readonly #path: string;
  readonly #clock: OffsetClock;
  #world: WorldState;
  #isStopped = false;

  /** @throws Failure where the folder's world cannot be read */
  constructor(options: LockBenchOptions) {
    const { data, engine, place, pairingPort, reportUrl, pollMs } = options;
    this.#path = join(data, 'world.json');
    this.#world = readWorld(this.#path);
    this.isNew = isFreshChip(join(data, 'chip'));
    this.#clock = new OffsetClock(systemClock, this.#world.clockOffsetSeconds * 1_000);
    this.door = new DoorWorld({ clock: systemClock, state: this.#world.door });
    this.network.set(this.#world.networkOn);
    this.host = new LockHost({
      engine,
      world: this.door,
      dataDirectory: data,
      clock: this.#clock,
      clockSource: this.#world.clockSource,
      networks: this.network,
      batteryMilliVolts: this.#world.batteryMilliVolts,
      buildUnixSeconds: Math.floor(statSync(fileURLToPath(import.meta.url)).mtimeMs / 1_000),
      ...(pairingPort !== undefined && { pairingPort }),
      ...(pollMs !== undefined && { pollIntervalMs: pollMs }),
      ...(reportUrl !== undefined && { reportUrl }),
      ...(place !== undefined && { createMachine: (device) => place.create(device) }),
    });
    this.host.on((event) => {
      if (event.kind === 'power' && !event.on) place?.cutPower();
    });
    this.door.onChange(() => this.#keep({ door: this.door.state }));
  }

  get world(): WorldState {
    return this.#world;
  }

  /** Opens the pairing port and switches the power on, where it was on. @returns the port */
  async start(): Promise<number> {
    const port = await this.host.listen();
    if (this.#world.powerOn) this.host.boot();
    return port;
  }

  setPower(on: boolean): void {
    this.#keep({ powerOn: on });
    if (on) this.host.boot();
    else this.host.cutPower();
  }

  setNetwork(on: boolean): void {
    this.#keep({ networkOn: on });
    this.network.set(on);
  }

  setBattery(milliVolts: number): void {
    this.#keep({ batteryMilliVolts: milliVolts });
    this.host.setBattery(milliVolts);
  }

  setClock(source: ToldTime, offsetSeconds = this.#world.clockOffsetSeconds): void {
    this.#keep({ clockSource: source, clockOffsetSeconds: offsetSeconds });
    this.#clock.offsetMs = offsetSeconds * 1_000;
    this.host.setClockSource(source);
  }

  /** Ends for good; the door stays as it is. */
  stop(): void {
    if (this.#isStopped) return;
    this.host.stop();
    this.#keep({ door: this.door.state });
    this.#isStopped = true;
  }

  #keep(change: Partial<WorldState>): void {
    if (this.#isStopped) return;
    const world = { ...this.#world, ...change };
    // A motor that runs tells of itself often; only what differs is written.
    if (JSON.stringify(world) === JSON.stringify(this.#world)) return;
    this.#world = world;
    writeWorld(this.#path, world);
  }
}
