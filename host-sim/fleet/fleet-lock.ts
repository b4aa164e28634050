import { addressOf } from '../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { PairingClient } from '../../firmware/crypto/pairing-client.js';
import type { Output } from '../../firmware/lock/ports.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { encodeCommandCall } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { PairingFrame } from '../../firmware/protocol/pairing.js';
import type { Report } from '../../firmware/protocol/report.js';
import { PAIRING_SECRET16 } from '../swarm/first-day.js';
import { LockBody } from '../swarm/lock-body.js';
import { type Signer, signTransaction } from '../world/chain-signer.js';
import type { EventQueue } from '../world/event-queue.js';
import { FaultyFlash } from '../world/faulty-flash.js';
import type { NodeAnswer } from '../world/hostile-node.js';
import type { MemoryChain } from '../world/memory-chain.js';
import { Prng } from '../world/prng.js';
import { encodeRegisterCall } from '../world/register-call.js';
import { Room } from '../world/room.js';
import { Wire } from '../world/wire.js';
import type { Meter } from './meter.js';
import { ReportFile } from './report-file.js';

export interface FleetLockParts {
  /** Guarded. */
  readonly engine: CryptoEngine;
  readonly queue: EventQueue;
  readonly chain: MemoryChain;
  /** 20-byte address. */
  readonly registry20: Uint8Array;
  readonly startBlock: number;
  readonly endpoints: readonly string[];
  readonly ask: (url: string, body: Uint8Array) => NodeAnswer;
  readonly meter: Meter;
  readonly nowSeconds: () => number;
  readonly seed: number;
  /** Counted from 0. */
  readonly number: number;
  /** An order was obeyed, by the lock's report. */
  readonly onReceipt: (waitMs: number) => void;
}

const LATENCY_MS = 80;
const HOUR_MS = 3_600_000;
/** Somebody goes through the door so often: six times a day, with two orders each time. */
const PASSAGE_EVERY_MS = 4 * HOUR_MS;
/** Multiples of it lie evenly between 0 and 1, however many there are. */
const GOLDEN_RATIO = 0.618_033_988_749_894_9;
const THROUGH_MS = 40_000;
const OPEN_MS = 10_000;
const LOCK_AGAIN_MS = 120_000;
const FIRST_MINUTE_MS = 60_000;
const CLOCK_MS = 60_000;
const BATTERY_MS = 600_000;
const ORDER_SECONDS = 300;
const DEADLINE_SECONDS = 1_800;
const BUILD_AGE_SECONDS = 30 * 86_400;
const NOTHING_FAILS = Object.freeze({
  latencyMs: LATENCY_MS,
  loss: 0,
  duplicates: 0,
  late: 0,
  drip: 0,
  sinkLosses: 0,
  sinkLostAcks: 0,
});

/** One lock of a fleet with default settings, its owner, who goes in and out, and the owner's sink. */
export class FleetLock {
  readonly #parts: FleetLockParts;
  readonly #prng: Prng;
  readonly #owner: Signer;
  readonly #flash: FaultyFlash;
  readonly #room: Room;
  readonly #body: LockBody;
  readonly #reports: ReportFile;
  /** When each order was signed that no report has answered yet, by its nonce. */
  readonly #waiting = new Map<bigint, number>();
  #lock20: Uint8Array = new Uint8Array(20);
  #nonce = 0n;
  #client: PairingClient | undefined;
  #onAnswer: (frame: PairingFrame) => void = () => {};
  #isOver = false;

  constructor(parts: FleetLockParts) {
    this.#parts = parts;
    const { engine, queue, meter } = parts;
    this.#prng = new Prng(parts.seed, `lock ${parts.number}`);
    const prng = this.#prng;
    const key32 = prng.bytes(32);
    this.#owner = { key32, address20: addressOf(engine, engine.publicKey(key32)) };
    this.#flash = new FaultyFlash(prng);
    this.#room = new Room(queue, prng, {
      bolt: (bolt) => this.#body.give({ kind: 'bolt-sensed', bolt }),
      door: (door) => this.#body.give({ kind: 'door-sensed', door }),
    });
    this.#reports = new ReportFile(engine);
    const wire = new Wire({
      queue,
      prng,
      faults: NOTHING_FAILS,
      ask: parts.ask,
      deliver: (_seq, cose) => this.#deliver(cose),
      count: nobodyCounts,
    });
    this.#body = new LockBody({
      queue,
      prng,
      engine,
      flash: this.#flash,
      room: this.#room,
      wire,
      audience: {
        booted: () => {},
        cut: () => {},
        input: () => {},
        output: (output: Output) => {
          if (output.kind === 'persist') meter.flashWrite(output.bytes.length);
        },
        crashed: (error) => {
          throw error;
        },
      },
      entropy32: () => prng.bytes(32),
      pairingSecret16: PAIRING_SECRET16,
      buildUnixSeconds: parts.nowSeconds() - BUILD_AGE_SECONDS,
      writeMs: 0,
      onPairing: (bytes) => this.#paired(bytes),
    });
  }

  /** Orders that no report has answered. */
  get unanswered(): number {
    return this.#waiting.size;
  }

  /** Bytes of all records that lie in flash. */
  get flashBytes(): number {
    let bytes = 0;
    for (const record of this.#flash.image().values()) bytes += record.length;
    return bytes;
  }

  get isRegistered(): boolean {
    return this.#parts.chain.lockState(BigInt(formatHex(this.#lock20))) !== 0n;
  }

  /** Boots now, is paired and registered within seconds, and from then on somebody lives there. */
  moveIn(): void {
    const { queue, seed, number } = this.#parts;
    this.#body.boot();
    this.#tellTime();
    this.#senseBattery();
    queue.after(2_000, () => this.#meet());
    queue.after(3_000, () => this.#request(this.#pairFrame(), () => {}));
    queue.after(4_000, () => this.#register());
    // All locks together have as many passages in each hour, and which lock has when is the seed's.
    const turn = new Prng(seed, 'passages').fraction() + number * GOLDEN_RATIO;
    queue.after(FIRST_MINUTE_MS, () => this.#passThroughAgain((turn % 1) * PASSAGE_EVERY_MS));
  }

  /** Nobody comes any more; who is there ends what they do. */
  moveOut(): void {
    this.#isOver = true;
  }

  // The first minute

  #meet(): void {
    const { engine } = this.#parts;
    this.#body.give({ kind: 'button-pressed' });
    this.#client = new PairingClient(engine, PAIRING_SECRET16, this.#prng.bytes(16));
    this.#body.give({ kind: 'pairing-opened' });
    this.#body.give({ kind: 'pairing-received', bytes: this.#client.hello() });
  }

  #pairFrame(): PairingFrame {
    const { chain, registry20: registry, startBlock, endpoints, nowSeconds } = this.#parts;
    const settings = { chainId: chain.chainId, registry, startBlock, endpoints, texts: new Map() };
    return { kind: 'pair', owner: this.#owner.address20, ownerUnixSeconds: nowSeconds(), settings };
  }

  #register(): void {
    const deadlineSeconds = this.#parts.nowSeconds() + DEADLINE_SECONDS;
    this.#request({ kind: 'register', deadlineSeconds }, (frame) => {
      if (frame.kind !== 'registration') return;
      this.#send(encodeRegisterCall(this.#lock20, deadlineSeconds, frame.signature65));
    });
    this.#body.give({ kind: 'pairing-closed' });
    this.#client = undefined;
    this.#onAnswer = () => {};
  }

  #request(frame: PairingFrame, onAnswer: (frame: PairingFrame) => void): void {
    this.#onAnswer = onAnswer;
    if (this.#client === undefined) throw new Error('no pairing session is open');
    this.#body.give({ kind: 'pairing-received', bytes: this.#client.seal(frame) });
  }

  #paired(bytes: Uint8Array): void {
    for (const event of this.#client?.receive(bytes) ?? []) {
      if (event.kind === 'send') this.#body.give({ kind: 'pairing-received', bytes: event.bytes });
      if (event.kind === 'open') this.#lock20 = Uint8Array.from(event.greeting.lock20);
      if (event.kind === 'answer') this.#onAnswer(event.frame);
    }
  }

  // Every day

  #passThroughAgain(inMs: number): void {
    this.#parts.queue.after(inMs, () => {
      this.#passThrough();
      this.#passThroughAgain(PASSAGE_EVERY_MS);
    });
  }

  #passThrough(): void {
    if (this.#isOver) return;
    const { queue } = this.#parts;
    this.#order(ACTION.unlock);
    queue.after(THROUGH_MS, () => this.#goThrough());
    queue.after(LOCK_AGAIN_MS, () => this.#order(ACTION.lock));
  }

  #goThrough(): void {
    // A door that is locked is not opened: who stands there waits until they know better.
    if (this.#room.bolt !== 'unlocked') return;
    this.#room.moveDoor('open');
    this.#parts.queue.after(OPEN_MS, () => this.#room.moveDoor('closed'));
  }

  #order(action: number): void {
    const { queue, nowSeconds, meter } = this.#parts;
    meter.order();
    this.#waiting.set(this.#nonce, queue.nowMs);
    const notAfterSeconds = nowSeconds() + ORDER_SECONDS;
    this.#send(
      encodeCommandCall({
        lock: this.#lock20,
        challenge4: new Uint8Array(4),
        epoch: 1,
        notAfterSeconds,
        action,
      }),
    );
  }

  #send(data: Uint8Array): void {
    const { engine, chain, registry20: to20, nowSeconds } = this.#parts;
    chain.mine(nowSeconds());
    chain.submit(
      signTransaction(engine, this.#owner, { chainId: chain.chainId, to20, data, nonce: this.#nonce++ }),
    );
  }

  #deliver(cose: Uint8Array): void {
    this.#parts.meter.report(cose.length);
    const report = this.#reports.take(cose);
    const isPaired = this.#nonce > 0n;
    if (isPaired && !equalBytes(this.#reports.lock20 ?? this.#lock20, this.#lock20))
      throw new Error('the reports are of another lock than the one that was paired');
    this.#answered(report);
  }

  #answered({ cause, lastCommand }: Report): void {
    if (cause === 'refusal') throw new Error(`lock ${this.#parts.number} refused: ${lastCommand?.reason}`);
    if (cause !== 'command' || lastCommand === undefined) return;
    const signedMs = this.#waiting.get(lastCommand.nonce);
    if (signedMs === undefined) return;
    this.#waiting.delete(lastCommand.nonce);
    this.#parts.onReceipt(this.#parts.queue.nowMs - signedMs);
  }

  #tellTime(): void {
    this.#body.give({ kind: 'clock', unixSeconds: this.#parts.nowSeconds(), source: 'host' });
    this.#parts.queue.after(CLOCK_MS, () => this.#tellTime());
  }

  #senseBattery(): void {
    this.#body.give({ kind: 'battery-sensed', milliVolts: 6_000 });
    this.#parts.queue.after(BATTERY_MS, () => this.#senseBattery());
  }
}

function nobodyCounts(): void {}
