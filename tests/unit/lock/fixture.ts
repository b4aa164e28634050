import { type VerifiedReport, verifyReport } from '../../../firmware/crypto/report.js';
import { Device } from '../../../firmware/lock/device.js';
import type { Input, Notice, Output } from '../../../firmware/lock/ports.js';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import {
  encodeCommandCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../../firmware/protocol/command.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import type { Order } from '../../../firmware/protocol/order.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type LockSettings,
  type PairingFrame,
  PairingStream,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../../../firmware/protocol/pairing.js';
import type { SensedBolt } from '../../../firmware/protocol/report.js';
import type { Terms } from '../../../firmware/protocol/terms.js';
import { exchange, type Lie, type NodeFault, type Post } from './fake-node.js';
import {
  type CallOptions,
  CHAIN_ID,
  engine,
  type Mined,
  NOW,
  OWNER,
  type Person,
  REGISTRY,
  SECRET,
  signCall,
  URL,
} from './signer.js';
import type { WorldOptions } from './world-options.js';

/**
 * One device, a flash, a bolt and an honest chain in memory; time moves only when a test moves it.
 * Outputs are carried out at once, and what they cause is handed in after them.
 */
export class LockWorld {
  readonly flash: Map<string, Uint8Array>;
  readonly notices: Notice[] = [];
  readonly outputs: Output[] = [];
  /** What the sink was sent, repetitions included. */
  readonly published: { seq: number; cose: Uint8Array }[] = [];
  readonly driven: string[] = [];
  readonly chain: Mined[] = [];
  readonly device: Device;
  head = 10;
  uptimeMs = 0;
  /** Seconds of true time at uptime 0. */
  startSeconds = NOW;
  bolt: SensedBolt;
  /** What a failing part does; honest parts while undefined. */
  boltStuck = false;
  flashFails: boolean | ((key: string, bytes: Uint8Array) => boolean) = false;
  /** Flash answers only when `answerFlash` is called. */
  flashIsSlow = false;
  sink: 'takes' | 'hangs' | 'fails';
  writes = 0;
  isCut = false;
  /** The lock has asked for its next boot. */
  isRestarting = false;
  /** A lying node: its result for a call, or undefined for the honest one. */
  answer: Lie | undefined;
  /** A failing node: what its whole exchange comes to, or undefined where it works. */
  fault: ((post: Post) => NodeFault | undefined) | undefined;
  readonly posts: Post[] = [];
  readonly #options: WorldOptions;
  readonly #queue: Input[] = [];
  readonly #heldStores: Input[] = [];
  #draining = false;
  #sessionKey = new Uint8Array(0);
  #sealedCount = 0;
  readonly #stream = new PairingStream();
  readonly pairingFrames: PairingFrame[] = [];
  pairingClosed = false;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.flash = new Map(options.flash);
    this.bolt = options.bolt ?? 'locked';
    this.sink = options.sink ?? 'takes';
    this.device = new Device({
      engine,
      records: this.flash,
      entropy32: new Uint8Array(32).fill(options.entropySeed ?? 0x77),
      journalKey32: new Uint8Array(32).fill(0x99),
      pairingSecret16: SECRET,
      firmwareVersion: '0.1.0',
      buildUnixSeconds: NOW - 86_400,
      // Tests of other things do not wait for a lock that polls seldom.
      ...(options.isPollingAdaptively === true ? {} : { pollIntervalMs: 1_000 }),
      ...options.device,
    });
  }

  get nowSeconds(): number {
    return this.startSeconds + Math.floor(this.uptimeMs / 1000);
  }

  boot(): this {
    this.give({ kind: 'boot' });
    this.give({ kind: 'door-sensed', door: this.#options.door ?? 'closed' });
    this.give({ kind: 'bolt-sensed', bolt: this.bolt });
    if (this.#options.clockless !== true) this.tellTime();
    return this;
  }

  tellTime(unixSeconds = this.nowSeconds): void {
    this.give({ kind: 'clock', unixSeconds, source: 'host' });
  }

  /** Lets time pass in steps, with a tick at each. */
  pass(ms: number, stepMs = 1_000): this {
    const end = this.uptimeMs + ms;
    while (this.uptimeMs < end && !this.isCut) {
      this.uptimeMs = Math.min(end, this.uptimeMs + stepMs);
      this.give({ kind: 'tick' });
    }
    return this;
  }

  /** The same flash in a new boot, as after a power cut. */
  reboot(options: WorldOptions = {}): LockWorld {
    const next = new LockWorld({ bolt: this.bolt, ...options, flash: this.flash });
    next.startSeconds = this.nowSeconds;
    next.head = this.head;
    next.chain.push(...this.chain);
    return next.boot();
  }

  give(input: Input): void {
    this.#queue.push(input);
    if (this.#draining || this.isCut) return;
    this.#draining = true;
    for (let next = this.#queue.shift(); next !== undefined && !this.isCut; next = this.#queue.shift()) {
      for (const output of this.device.handle(next, this.uptimeMs)) {
        if (this.isCut) break;
        this.outputs.push(output);
        this.#carryOut(output);
      }
    }
    this.#draining = false;
  }

  /** Slow flash answers this many writes, those that follow from an answer included. */
  answerFlash(count = 1_000): void {
    for (let i = 0; i < count; i++) {
      const held = this.#heldStores.shift();
      if (held === undefined) return;
      this.give(held);
    }
  }

  // The chain

  /** Puts a signed call into a block of its own and shows its event. */
  mine(by: Person, data: Uint8Array, options: CallOptions, topic: string = TOPIC.commanded): Mined {
    return this.show(signCall(by, data, options), topic);
  }

  show(signed: Omit<Mined, 'block' | 'topic'>, topic: string = TOPIC.commanded): Mined {
    this.head++;
    const mined: Mined = { ...signed, block: this.head, topic };
    this.chain.push(mined);
    return mined;
  }

  order(by: Person, nonce: number | bigint, order: Partial<Order> & { action: number }): Mined {
    return this.show(this.signOrder(by, nonce, order));
  }

  /** An order that was signed and not shown to anyone. */
  signOrder(by: Person, nonce: number | bigint, order: Partial<Order> & { action: number }) {
    const whole: Order = {
      lock: this.lock,
      challenge4: new Uint8Array(4),
      epoch: 1,
      notAfterSeconds: this.nowSeconds + 300,
      ...order,
    };
    return signCall(by, encodeCommandCall(whole), { nonce });
  }

  grant(by: Person, nonce: number, guest: Person, terms: Partial<Terms>): Mined {
    const whole: Terms = {
      notBeforeSeconds: 0,
      notAfterSeconds: 2 ** 40 - 1,
      rights: 3,
      weekdays: 0x7f,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
      epoch: 1,
      serial: this.nowSeconds,
      ...terms,
    };
    return this.mine(by, encodeGrantCall(this.lock, guest.address, whole), { nonce }, TOPIC.granted);
  }

  handover(
    by: Person,
    nonce: number,
    to: Person,
    epoch = 1,
    newEpoch = 2,
    notAfterSeconds = this.nowSeconds + 86_400,
  ): Mined {
    const data = encodeHandoverCall(this.lock, to.address, { epoch, newEpoch, notAfterSeconds });
    return this.mine(by, data, { nonce }, TOPIC.handedOver);
  }

  // What became of it

  get lock(): Uint8Array {
    const booted = this.notices.find((notice) => notice.event === 'booted');
    if (booted?.event !== 'booted') throw new Error('the lock has not booted');
    return booted.lock;
  }

  refusals(): string[] {
    return this.notices.flatMap((notice) => (notice.event === 'refused' ? [notice.reason] : []));
  }

  /** Every report that was delivered, verified. */
  reports(): VerifiedReport[] {
    return this.published.map(({ cose }) => verifyReport(engine, cose));
  }

  lastReport(): VerifiedReport['report'] {
    const last = this.reports().at(-1);
    if (last === undefined) throw new Error('no report yet');
    return last.report;
  }

  // Pairing, from the tool's side

  press(): void {
    this.give({ kind: 'button-pressed' });
  }

  /** Opens a session and proves the secret. @returns whether the lock proved itself too */
  openPairing(secret = SECRET): boolean {
    const nonce16 = new Uint8Array(16).fill(0x33);
    this.pairingFrames.length = 0;
    this.pairingClosed = false;
    this.#sealedCount = 0;
    this.give({ kind: 'pairing-opened' });
    this.give({ kind: 'pairing-received', bytes: encodePairingFrame({ kind: 'hello', nonce16 }) });
    const greeting = this.pairingFrames.at(-1);
    if (greeting?.kind !== 'greeting') return false;
    this.#sessionKey = Uint8Array.from(pairingSessionKey(engine.hmacSha256, secret, nonce16, greeting));
    const mac32 = pairingProof(engine.hmacSha256, this.#sessionKey, 'tool');
    this.give({ kind: 'pairing-received', bytes: encodePairingFrame({ kind: 'proof', mac32 }) });
    const proof = this.pairingFrames.at(-1);
    return (
      proof?.kind === 'proof' &&
      equalBytes(proof.mac32, pairingProof(engine.hmacSha256, this.#sessionKey, 'lock'))
    );
  }

  /** Seals a request as the tool would. */
  seal(frame: PairingFrame): Uint8Array {
    const inner = encodePairingFrame(frame).subarray(2);
    const tag16 = pairingTag(engine.hmacSha256, this.#sessionKey, 'tool', this.#sealedCount++, inner);
    return encodePairingFrame({ kind: 'sealed', inner, tag16 });
  }

  /** Sends a sealed request. @returns the unsealed answer */
  ask(frame: PairingFrame): PairingFrame | undefined {
    this.give({ kind: 'pairing-received', bytes: this.seal(frame) });
    const answer = this.pairingFrames.at(-1);
    return answer?.kind === 'sealed' ? decodePairingFrame(answer.inner) : answer;
  }

  /** Press, prove, pin: a lock that has an owner. */
  pair(owner: Person = OWNER, endpoints: readonly string[] = [URL]): this {
    this.press();
    this.openPairing();
    this.ask(this.pairRequest(owner, endpoints));
    this.give({ kind: 'pairing-closed' });
    return this;
  }

  pairRequest(owner: Person = OWNER, endpoints: readonly string[] = [URL]): PairingFrame {
    const settings = settingsWith({ endpoints, texts: this.#options.texts ?? new Map() });
    return { kind: 'pair', owner: owner.address, ownerUnixSeconds: this.nowSeconds, settings };
  }

  // The world

  #carryOut(output: Output): void {
    switch (output.kind) {
      case 'persist':
        this.#persist(output.key, output.bytes);
        return;
      case 'load':
        this.#queue.push({ kind: 'loaded', key: output.key, bytes: this.flash.get(output.key) });
        return;
      case 'drive-bolt':
        this.driven.push(output.target);
        if (this.#options.driver !== undefined) {
          this.#options.driver.drive(output.target);
          return;
        }
        if (this.boltStuck) return;
        this.bolt = output.target;
        this.#queue.push({ kind: 'bolt-sensed', bolt: output.target });
        return;
      case 'stop-bolt':
        this.#options.driver?.stop();
        return;
      case 'http-post':
        this.posts.push(output);
        this.#exchange(output);
        return;
      case 'publish':
        this.published.push({ seq: output.seq, cose: output.cose });
        if (this.sink === 'takes') this.#queue.push({ kind: 'published', seq: output.seq });
        if (this.sink === 'fails') this.#queue.push({ kind: 'publish-failed', seq: output.seq });
        return;
      case 'pairing-send':
        this.pairingFrames.push(...this.#stream.feed(output.bytes).map(decodePairingFrame));
        return;
      case 'pairing-close':
        this.pairingClosed = true;
        return;
      case 'notice':
        this.notices.push(output.notice);
        return;
      case 'erase':
        this.#erase(output.key);
        return;
      case 'restart':
        this.isRestarting = true;
        this.isCut = true;
        return;
      default:
        return;
    }
  }

  #persist(key: string, bytes: Uint8Array): void {
    this.writes++;
    const { cut } = this.#options;
    const isCutHere = cut?.atWrite === this.writes;
    if (isCutHere && cut.how === 'before') {
      this.isCut = true;
      return;
    }
    const fails = typeof this.flashFails === 'function' ? this.flashFails(key, bytes) : this.flashFails;
    if (!fails)
      this.flash.set(
        key,
        isCutHere && cut.how === 'torn' ? bytes.slice(0, bytes.length >> 1) : bytes.slice(),
      );
    if (isCutHere) {
      this.isCut = true;
      return;
    }
    const answer: Input = { kind: fails ? 'store-failed' : 'stored', key };
    if (this.flashIsSlow) this.#heldStores.push(answer);
    else this.#queue.push(answer);
  }

  /** An erasure is a write too, but never torn, and never answered. */
  #erase(key: string): void {
    this.writes++;
    const isCutHere = this.#options.cut?.atWrite === this.writes;
    if (!isCutHere || this.#options.cut?.how !== 'before') this.flash.delete(key);
    if (isCutHere) this.isCut = true;
  }

  #exchange(post: Post): void {
    const answer = exchange(this, post, this.fault?.(post), this.answer);
    if (answer !== undefined) this.#queue.push(answer);
  }
}

/** Settings as the tool sends them at pairing. */
export function settingsWith(settings: Partial<LockSettings> = {}): LockSettings {
  return {
    chainId: CHAIN_ID,
    registry: REGISTRY,
    startBlock: 1,
    endpoints: [URL],
    texts: new Map(),
    ...settings,
  };
}
