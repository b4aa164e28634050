import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { Device } from '../../firmware/lock/device.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import type { Appointment, EventQueue } from '../world/event-queue.js';
import type { FaultPlan } from '../world/fault-plan.js';
import type { FaultyFlash, WriteMoment } from '../world/faulty-flash.js';
import type { Prng } from '../world/prng.js';
import type { Room } from '../world/room.js';
import type { Wire } from '../world/wire.js';

/** Who watches a lock from outside. */
export interface Audience {
  booted(): void;
  cut(): void;
  input(input: Input): void;
  output(output: Output): void;
  /** The machine threw: a bug of ours. */
  crashed(error: unknown): void;
}

export interface LockBodyOptions {
  readonly queue: EventQueue;
  readonly prng: Prng;
  readonly engine: CryptoEngine;
  readonly flash: FaultyFlash;
  readonly room: Room;
  readonly wire: Wire;
  readonly audience: Audience;
  /** Randomness of a boot. */
  readonly entropy32: () => Uint8Array;
  readonly pairingSecret16: Uint8Array;
  readonly buildUnixSeconds: number;
  /** How long flash takes for a write at most. */
  readonly writeMs: number;
  readonly onPairing: (bytes: Uint8Array) => void;
  /** One write or output of all at which the power fails. */
  readonly plan?: FaultPlan | undefined;
  /** In place of the firmware's own. */
  readonly pollIntervalMs?: number | undefined;
}

const JOURNAL_KEY32 = new Uint8Array(32).fill(0x99);
const RESTART_MS = 1_000;
/** How long the power is away where the plan cuts it. */
const PLANNED_OFF_MS = 2_000;

/** A lock's machine on the ports of a simulated world: no driver, no promise, no timer but the event queue's. */
export class LockBody {
  readonly #options: LockBodyOptions;
  readonly #inputs: Input[] = [];
  #device: Device | undefined;
  #bootMs = 0;
  #boots = 0;
  #wake: Appointment | undefined;
  #isDraining = false;
  /** Outputs until the power fails. */
  #cutIn: number | undefined;

  constructor(options: LockBodyOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#device !== undefined;
  }

  /** Counted from 1. */
  get boots(): number {
    return this.#boots;
  }

  get uptimeMs(): number {
    return this.#options.queue.nowMs - this.#bootMs;
  }

  boot(): void {
    if (this.#device !== undefined) return;
    const {
      engine,
      flash,
      room,
      audience,
      entropy32,
      queue,
      pairingSecret16,
      buildUnixSeconds,
      pollIntervalMs,
    } = this.#options;
    this.#boots++;
    this.#bootMs = queue.nowMs;
    try {
      this.#device = new Device({
        engine,
        records: flash,
        entropy32: entropy32(),
        journalKey32: JOURNAL_KEY32,
        pairingSecret16,
        firmwareVersion: '0.1.0',
        buildUnixSeconds,
        ...(pollIntervalMs !== undefined && { pollIntervalMs }),
      });
    } catch (error) {
      this.#crash(error);
      return;
    }
    audience.booted();
    this.give({ kind: 'boot' });
    room.senseAll();
  }

  /** The power is gone at once; what was asked of the world and has not come back never does. */
  cut(): void {
    if (this.#device === undefined) return;
    this.#device = undefined;
    this.#inputs.length = 0;
    this.#cutIn = undefined;
    this.#options.queue.cancel(this.#wake);
    this.#options.room.stop();
    this.#options.audience.cut();
  }

  /** The power fails once this many more outputs were asked for; never where undefined. */
  cutIn(outputs: number | undefined): void {
    this.#cutIn = outputs;
  }

  /** A tool speaks in a pairing session. */
  hear(bytes: Uint8Array): void {
    this.#options.wire.frame(() => this.give({ kind: 'pairing-received', bytes }));
  }

  /** One input at a time: what an output causes at once waits until all outputs before it are carried out. */
  give(input: Input): void {
    if (this.#device === undefined) return;
    this.#inputs.push(input);
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#step(next);
    } catch (error) {
      this.#crash(error);
    } finally {
      this.#isDraining = false;
    }
  }

  #step(input: Input): void {
    const device = this.#device;
    if (device === undefined) return;
    const { audience } = this.#options;
    audience.input(input);
    for (const output of device.handle(input, this.uptimeMs)) {
      audience.output(output);
      this.#carryOut(output);
      if (this.#device !== device) return;
    }
  }

  #carryOut(output: Output): void {
    const isCut = this.#cutIn !== undefined && --this.#cutIn <= 0;
    if (isCut && output.kind !== 'persist' && this.#options.prng.chance(0.5)) {
      this.cut();
      return;
    }
    const { room, wire, flash, plan } = this.#options;
    // Nothing depends on a notice; a write has a plan of its own.
    const isPlanned = output.kind !== 'persist' && output.kind !== 'notice';
    const planned = isPlanned ? plan?.output() : undefined;
    if (planned === 'before') {
      this.#cutAsPlanned();
      return;
    }
    switch (output.kind) {
      case 'http-post':
        wire.post(output, this.#giver());
        break;
      case 'drive-bolt':
        room.drive(output.target);
        break;
      case 'stop-bolt':
        room.stop();
        break;
      case 'persist':
        this.#persist(output.key, output.bytes, isCut);
        break;
      case 'erase':
        flash.erase(output.key);
        break;
      case 'load':
        this.#inputs.push({ kind: 'loaded', key: output.key, bytes: flash.get(output.key) });
        break;
      case 'wake-at':
        this.#wakeAt(output.uptimeMs);
        break;
      case 'publish':
        wire.publish(output, this.#giver());
        break;
      case 'pairing-send':
        wire.frame(() => this.#options.onPairing(output.bytes));
        break;
      case 'restart':
        this.cut();
        this.#options.queue.after(RESTART_MS, () => this.boot());
        return;
      default:
        break;
    }
    if (isCut) this.cut();
    if (planned === 'after') this.#cutAsPlanned();
  }

  #cutAsPlanned(): void {
    this.cut();
    this.#options.queue.after(PLANNED_OFF_MS, () => this.boot());
  }

  #persist(key: string, bytes: Uint8Array, isCut: boolean): void {
    const { flash, prng, queue, writeMs, plan } = this.#options;
    const planned = plan?.write();
    if (planned !== undefined) {
      flash.write(key, bytes, planned);
      this.#cutAsPlanned();
      return;
    }
    const moment: WriteMoment | undefined = isCut
      ? prng.pick(['before', 'torn', 'after'] as const)
      : undefined;
    const isStored = flash.write(key, bytes, moment);
    if (isCut) return;
    const answer: Input = { kind: isStored ? 'stored' : 'store-failed', key };
    if (writeMs === 0) this.#inputs.push(answer);
    else {
      const give = this.#giver();
      queue.after(prng.between(1, writeMs), () => give(answer));
    }
  }

  #wakeAt(uptimeMs: number): void {
    const { queue } = this.#options;
    queue.cancel(this.#wake);
    // No timer fires before it was set.
    const atMs = Math.max(this.#bootMs + uptimeMs, queue.nowMs + 1);
    this.#wake = queue.at(atMs, () => this.give({ kind: 'tick' }));
  }

  /** For answers that take time: those to an earlier boot find nobody. */
  #giver(): (input: Input) => void {
    const device = this.#device;
    return (input) => {
      if (this.#device === device) this.give(input);
    };
  }

  #crash(error: unknown): void {
    this.#options.audience.crashed(error);
    this.cut();
    this.#options.queue.after(RESTART_MS, () => this.boot());
  }
}
