import type { VerifiedReport } from '../../../../firmware/crypto/report.js';
import type { Input, Output } from '../../../../firmware/lock/ports.js';
import type { Command } from '../../../../firmware/protocol/command.js';
import { formatHex, parseHex } from '../../../../firmware/protocol/hex.js';
import type { Order } from '../../../../firmware/protocol/order.js';
import type { Door, Report, SensedBolt } from '../../../../firmware/protocol/report.js';
import { FOR_EVER_SECONDS, type Terms } from '../../../../firmware/protocol/terms.js';
import type { Checker, CheckerFactory, Scene } from '../../../../host-sim/checkers/checker.js';
import type { PairingSight } from '../../../../host-sim/checkers/pairing-ear.js';
import { Witness } from '../../../../host-sim/checkers/witness.js';
import type { Weather } from '../../../../host-sim/swarm/weather.js';
import { Archive, notAfterOf, numberOf, type SignedWord } from '../../../../host-sim/world/archive.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';
import { ENGINE, signer } from '../world/people.js';
import { FAIR_WEATHER } from './fair-weather.js';

export const START_SECONDS = 1_900_000_000;
export const OWNER: Signer = signer(1);
export const NEXT_OWNER: Signer = signer(2);
export const GUEST: Signer = signer(3);
export const THIEF: Signer = signer(9);

/** What differs from fair weather. */
export type WeatherChange = { readonly [Part in keyof Weather]?: Partial<Weather[Part]> };

export const SECRET16 = new Uint8Array(16).fill(0x5e);
const LOCK20 = new Uint8Array(20).fill(0x4c);

/** What is on the wire in place of a signed report: nobody looks into it. */
export function coseOf(seq: number): Uint8Array {
  return Uint8Array.of(...new Uint8Array(300), seq >> 8, seq & 0xff);
}

/** One checker in a scene that a test plays by hand: what goes in and out is told to the witness and the checker as a world does. */
export class HandMadeScene implements Scene {
  readonly archive = new Archive({
    engine: ENGINE,
    chainId: 31_337n,
    registry20: new Uint8Array(20).fill(0x11),
  });
  readonly weather: Weather;
  readonly witness: Witness;
  /** What the checker found. */
  readonly found: string[] = [];
  readonly #checker: Checker;
  readonly #nonces = new Map<Signer, bigint>();
  #bootMs = 0;
  #seq = 0;
  #hash16 = new Uint8Array(16);
  nowMs = 0;
  boot = 0;
  clockAheadSeconds = 0;
  clockBehindSeconds = 0;
  curveOperations = 0;
  bolt: Scene['bolt'] = 'locked';
  lastWish: SignedWord | undefined;
  isCalm = false;
  /** Hashes of what is mined. */
  readonly mined = new Set<string>();

  constructor(make: CheckerFactory, change: WeatherChange = {}) {
    const parts = Object.keys(change) as (keyof Weather)[];
    const changed = parts.map((part) => [
      part,
      part === 'texts' ? change.texts : { ...FAIR_WEATHER[part], ...change[part] },
    ]);
    this.weather = { ...FAIR_WEATHER, ...Object.fromEntries(changed) };
    this.archive.lock20 = LOCK20;
    this.witness = new Witness(this.archive, ENGINE, SECRET16, () => this.nowMs);
    this.witness.ownership.trust(formatHex(OWNER.address20), 1);
    this.witness.ownership.isPaired = true;
    this.#checker = make(this, (found) => this.found.push(found));
    this.turnOn();
  }

  get uptimeMs(): number {
    return this.nowMs - this.#bootMs;
  }

  get nowSeconds(): number {
    return START_SECONDS + Math.floor(this.nowMs / 1_000);
  }

  isOnChain(hash: string): boolean {
    return this.mined.has(hash);
  }

  /** Lets time pass; what the lock notices of it is a tick. */
  pass(seconds: number): this {
    this.nowMs += seconds * 1_000;
    return this.input({ kind: 'tick' });
  }

  // The lock's machine

  /** The power is there, the time is told, and the sensors have spoken. */
  turnOn(): this {
    this.boot++;
    this.#bootMs = this.nowMs;
    this.witness.boot();
    this.#checker.boot?.();
    if (this.weather.clock.kind !== 'none')
      this.input({ kind: 'clock', unixSeconds: this.nowSeconds, source: 'host' });
    return this;
  }

  cut(): this {
    this.#checker.cut?.();
    return this;
  }

  rollBack(image: ReadonlyMap<string, Uint8Array> = new Map()): this {
    this.witness.rolledBack();
    this.#checker.rolledBack?.(image);
    return this;
  }

  input(input: Input): this {
    this.witness.input(input);
    this.#checker.input?.(input);
    return this;
  }

  output(output: Output): this {
    this.#checker.output?.(output);
    this.witness.output(output);
    return this;
  }

  /** What was said at the pairing port. */
  hear(sights: readonly PairingSight[]): this {
    for (const sight of sights) {
      this.#checker.talk?.(sight);
      this.witness.ownership.heard(sight);
    }
    return this;
  }

  /** The lock says that it is another one. */
  meet(lock20: Uint8Array): this {
    this.witness.meet(lock20);
    this.#checker.reset?.(lock20);
    return this;
  }

  sense(bolt: SensedBolt): this {
    if (bolt === 'locked' || bolt === 'unlocked') this.bolt = bolt;
    return this.input({ kind: 'bolt-sensed', bolt });
  }

  senseDoor(door: Door): this {
    return this.input({ kind: 'door-sensed', door });
  }

  press(): this {
    return this.input({ kind: 'button-pressed' });
  }

  /** The lock asks for the bolt to be driven. */
  drive(target: 'locked' | 'unlocked'): this {
    return this.output({ kind: 'drive-bolt', target });
  }

  /** The bolt is driven, and arrives. */
  move(target: 'locked' | 'unlocked'): this {
    return this.drive(target).sense('between').sense(target).output({ kind: 'stop-bolt' });
  }

  /** Flash is asked for a write, and has taken it. */
  store(key = 'state-a', bytes: Uint8Array = new Uint8Array(400)): this {
    return this.output({ kind: 'persist', key, bytes }).input({ kind: 'stored', key });
  }

  // People

  sign(by: Signer, command: Command): SignedWord {
    const nonce = this.#nonces.get(by) ?? 0n;
    this.#nonces.set(by, nonce + 1n);
    return this.archive.sign(by, nonce, command, this.nowMs);
  }

  show(word: SignedWord): SignedWord {
    word.shownMs ??= this.nowMs;
    word.shownBoot = this.boot;
    this.witness.shown(word);
    this.#checker.shown?.(word);
    return word;
  }

  signOrder(by: Signer, action: number, change: Partial<Order> = {}): SignedWord {
    const order: Order = {
      lock: LOCK20,
      challenge4: new Uint8Array(4),
      epoch: 1,
      notAfterSeconds: this.nowSeconds + 300,
      action,
      ...change,
    };
    return this.sign(by, { kind: 'order', order });
  }

  /** Signs an order and shows it to the lock. */
  order(by: Signer, action: number, change: Partial<Order> = {}): SignedWord {
    return this.show(this.signOrder(by, action, change));
  }

  /** The owner grants the guest something, and the lock is shown it. */
  grant(change: Partial<Terms> = {}, by: Signer = OWNER, guest: Signer = GUEST): SignedWord {
    const terms: Terms = {
      notBeforeSeconds: 0,
      notAfterSeconds: FOR_EVER_SECONDS,
      rights: 3,
      weekdays: 0,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
      epoch: 1,
      serial: this.nowSeconds,
      ...change,
    };
    return this.show(this.sign(by, { kind: 'grant', guest: guest.address20, terms }));
  }

  handOver(by: Signer = OWNER, to: Signer = NEXT_OWNER, epoch = 1): SignedWord {
    const notAfterSeconds = this.nowSeconds + 86_400;
    const command = {
      kind: 'handover',
      to: to.address20,
      epoch,
      newEpoch: epoch + 1,
      notAfterSeconds,
    } as const;
    return this.show(this.sign(by, command));
  }

  /** What everybody sees of an opening that was obeyed: a write, then the drive. */
  open(): this {
    return this.store().drive('unlocked');
  }

  // Reports

  /** The lock signs a report and puts it on the wire. @param change - what it says besides the lock's present state */
  report(change: Partial<Report> = {}): this {
    const seq = change.seq ?? this.#seq + 1;
    this.make(seq);
    return this.publish({ seq, ...change });
  }

  /** The lock signs a report, and nobody sees it yet. */
  make(seq: number): this {
    return this.output({ kind: 'notice', notice: { event: 'signed', seq, cose: coseOf(seq) } });
  }

  publish(change: Partial<Report> & { readonly seq: number }, other: Partial<VerifiedReport> = {}): this {
    const hash16 = new Uint8Array(16).fill(change.seq);
    hash16[0] = change.seq >> 8;
    const report: Report = {
      cause: 'boot',
      issuedAtSeconds: this.nowSeconds,
      nonce: new Uint8Array(16).fill(0xc0 + this.boot),
      ueid: new Uint8Array(17),
      uptimeSeconds: Math.floor(this.uptimeMs / 1_000),
      bootCount: this.boot,
      firmwareVersion: '0.1.0',
      bolt: this.bolt === 'between' ? 'moving' : this.bolt,
      door: 'closed',
      blockHeight: 0,
      policyVersion: 0,
      previousHash16: this.#hash16,
      alarms: 0,
      epoch: 1,
      accessDigest16: new Uint8Array(16),
      domainDigest8: new Uint8Array(8),
      ...change,
    };
    this.#seq = Math.max(this.#seq, report.seq);
    if (report.cause !== 'heartbeat') this.#hash16 = hash16;
    this.output({ kind: 'publish', seq: report.seq, cose: coseOf(report.seq) });
    this.witness.report(report);
    this.#checker.report?.({ report, lock20: LOCK20, hash16, ...other });
    return this;
  }

  /** The receipt of a word. */
  receipt(word: SignedWord, change: Partial<Report> = {}): this {
    return this.report({ cause: 'command', lastCommand: this.lastCommand(word), ...change });
  }

  lastCommand(word: SignedWord): NonNullable<Report['lastCommand']> {
    const { by, command, nonce } = word;
    const notAfterSeconds = notAfterOf(command);
    return { by: parseHex(by, 20), command: numberOf(command), nonce, notAfterSeconds, reason: 'none' };
  }

  end(): this {
    this.#checker.end?.();
    return this;
  }
}
