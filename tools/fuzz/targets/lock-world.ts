import { Device } from '../../../firmware/lock/device.js';
import { Journal } from '../../../firmware/lock/journal.js';
import type { Input, Output } from '../../../firmware/lock/ports.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import { OWED_RECEIPTS_MAX, RECORD_BYTES_MAX, REPORT_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { decodePairingFrame, type PairingFrame, PairingStream } from '../../../firmware/protocol/pairing.js';
import { readReport } from '../../../firmware/protocol/report.js';
import { countersOfThisProcess } from '../step-counter.js';
import { expect } from '../target.js';
import { createCountingEngine } from './counting-engine.js';
import { LockChain } from './lock-chain.js';

/** True time at uptime 0. */
export const NOW = 1_790_000_000;
export const SECRET16 = new Uint8Array(16).fill(0x5e);
const JOURNAL_KEY32 = new Uint8Array(32).fill(0x99);

// What one input may cost at most.
const OUTPUTS_MAX = 64;
/** A report takes three: its signature, and the check of it. Every receipt that is owed may be signed at once. */
const CURVE_MAX = 3 * (OWED_RECEIPTS_MAX + 4);
const STEPS_MAX = 40_000;
const POST_BYTES_MAX = 1_024;
/** The longest key that a device's storage takes. */
const KEY_CHARS_MAX = 15;

type Of<Kind extends Output['kind']> = Extract<Output, { kind: Kind }>;

const counting = createCountingEngine();

/** A lock, its flash and what it has asked of the world and not been told yet; checks each output as it comes. */
export class LockWorld {
  readonly flash: Map<string, Uint8Array>;
  readonly chain: LockChain;
  readonly posts: Of<'http-post'>[] = [];
  readonly writes: Of<'persist'>[] = [];
  readonly loads: string[] = [];
  readonly publishes: number[] = [];
  readonly frames: PairingFrame[] = [];
  /** Somebody pressed the button inside. */
  isPressed = false;
  /** Somebody who may signed an order that opens. */
  isOpeningSigned = false;
  isRestarting = false;
  /** Records were sealed that no lock writes. */
  isForged = false;
  uptimeMs = 0;
  lock20: Uint8Array = new Uint8Array(20);
  #device: Device;
  #stream = new PairingStream();
  #published = 0;

  constructor(flash: ReadonlyMap<string, Uint8Array>, chain = new LockChain()) {
    this.flash = new Map(flash);
    this.chain = chain;
    this.#device = this.#create();
  }

  get nowSeconds(): number {
    return NOW + Math.floor(this.uptimeMs / 1_000);
  }

  /** The power is cut and comes back: what flash holds now is all that is left. */
  reboot(): void {
    for (const list of [this.posts, this.writes, this.loads, this.publishes, this.frames]) list.length = 0;
    this.uptimeMs = 0;
    this.isRestarting = false;
    this.#stream = new PairingStream();
    this.#device = this.#create();
    this.give({ kind: 'boot' });
  }

  /** Hands in one input. */
  give(input: Input): void {
    if (this.isRestarting) return;
    const before = { curve: counting.work.curve, steps: stepsSoFar() };
    if (input.kind === 'button-pressed') this.isPressed = true;
    const outputs = this.#device.handle(input, this.uptimeMs);
    const curve = counting.work.curve - before.curve;
    const steps = stepsSoFar() - before.steps;
    // A factory reset erases the place of every report.
    const count = outputs.filter(({ kind }) => kind !== 'erase').length;
    expect(count <= OUTPUTS_MAX, `${count} outputs of one ${input.kind}`);
    expect(curve <= CURVE_MAX, `${curve} operations on the curve for one ${input.kind}`);
    expect(steps <= STEPS_MAX, `${steps} steps for one ${input.kind}`);
    for (const output of outputs) this.#take(output);
  }

  /** Answers all that was asked, as a good world does, until nothing is left or it took too many turns. */
  settle(): void {
    for (let turn = 0; turn < SETTLE_TURNS; turn++) {
      const write = this.writes.shift();
      if (write !== undefined) {
        this.flash.set(write.key, write.bytes);
        this.give({ kind: 'stored', key: write.key });
        continue;
      }
      const load = this.loads.shift();
      const seq = this.publishes.shift();
      const post = this.posts.shift();
      if (load !== undefined) this.give({ kind: 'loaded', key: load, bytes: this.flash.get(load) });
      if (seq !== undefined) this.give({ kind: 'published', seq });
      if (post !== undefined)
        this.give({ kind: 'http-done', id: post.id, status: 200, body: this.chain.answer(post.body) });
      if (load === undefined && seq === undefined && post === undefined) return;
    }
  }

  /** Writes another payload under a name, sealed as the lock seals it: what a bug or another firmware may leave. */
  reseal(name: string, change: (payload: Uint8Array) => Uint8Array): void {
    const journal = new Journal<undefined>(counting.engine, JOURNAL_KEY32, this.flash);
    const payload = journal.readDouble(name);
    if (payload === undefined) return;
    const changed = change(payload);
    if (changed.length + 29 > RECORD_BYTES_MAX) return;
    for (const write of journal.writeDouble(name, changed, undefined)) {
      if (write.kind === 'persist') this.flash.set(write.key, write.bytes);
    }
  }

  #create(): Device {
    return new Device({
      engine: counting.engine,
      records: this.flash,
      entropy32: new Uint8Array(32).fill(0x77),
      journalKey32: JOURNAL_KEY32,
      pairingSecret16: SECRET16,
      firmwareVersion: '0.1.0',
      buildUnixSeconds: NOW - 86_400,
      pollIntervalMs: 1_000,
    });
  }

  #take(output: Output): void {
    switch (output.kind) {
      case 'http-post':
        expect(output.body.length <= POST_BYTES_MAX, `a post of ${output.body.length} bytes`);
        this.posts.push(output);
        expect(this.posts.length <= POSTS_MAX, 'more exchanges at once than a lock has buffers for');
        return;
      case 'persist':
        expect(output.bytes.length <= RECORD_BYTES_MAX, `a record of ${output.bytes.length} bytes`);
        expect(output.key.length <= KEY_CHARS_MAX, `the key ${output.key}`);
        this.writes.push(output);
        expect(this.writes.length === 1, 'a second write before the first was answered');
        return;
      case 'erase':
        this.flash.delete(output.key);
        return;
      case 'load':
        this.loads.push(output.key);
        return;
      case 'wake-at':
        expect(Number.isFinite(output.uptimeMs), `woken at ${output.uptimeMs}`);
        return;
      case 'publish':
        this.#checkReport(output);
        this.publishes.push(output.seq);
        return;
      case 'drive-bolt':
        if (output.target === 'unlocked')
          expect(this.isPressed || this.isOpeningSigned, 'it opens, and nobody asked for it');
        return;
      case 'pairing-send':
        this.#hearFrames(output.bytes);
        return;
      case 'restart':
        this.isRestarting = true;
        return;
      case 'notice':
        if (output.notice.event === 'booted') this.lock20 = output.notice.lock;
        return;
      default:
        return;
    }
  }

  #checkReport({ seq, cose }: Of<'publish'>): void {
    expect(cose.length <= REPORT_BYTES_MAX, `a report of ${cose.length} bytes`);
    // A whole record may hold what another firmware signed: only what cannot be read at all is wrong.
    if (this.isForged) return;
    expect(readReport(cose).report.seq === seq, 'a report under another number');
    this.#published++;
    expect(this.#published < PUBLISHED_MAX, 'reports without end');
  }

  #hearFrames(bytes: Uint8Array): void {
    try {
      this.frames.push(...this.#stream.feed(bytes).map(decodePairingFrame));
    } catch (error) {
      if (error instanceof DecodeError) expect(false, `a frame that the tool cannot read: ${error.message}`);
      throw error;
    }
  }
}

const SETTLE_TURNS = 60;
/** One for commands, one for vetoes. */
const POSTS_MAX = 2;
const PUBLISHED_MAX = 4_000;

function stepsSoFar(): number {
  const counters = countersOfThisProcess();
  let sum = 0;
  for (let place = 0; place < counters.length; place++) sum += counters[place] as number;
  return sum;
}
