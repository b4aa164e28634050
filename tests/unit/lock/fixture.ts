import { addressOf } from '../../../firmware/crypto/address.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { type VerifiedReport, verifyReport } from '../../../firmware/crypto/report.js';
import { Device } from '../../../firmware/lock/device.js';
import type { DeviceOptions } from '../../../firmware/lock/device-parts.js';
import type { Input, Notice, Output } from '../../../firmware/lock/ports.js';
import { concatBytes, equalBytes } from '../../../firmware/protocol/bytes.js';
import {
  encodeCommandCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../../firmware/protocol/command.js';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import type { Order } from '../../../firmware/protocol/order.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type PairingFrame,
  PairingStream,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../../../firmware/protocol/pairing.js';
import type { SensedBolt } from '../../../firmware/protocol/report.js';
import type { Terms } from '../../../firmware/protocol/terms.js';
import { signedPayload, signingPayload, type Transaction } from '../../../firmware/protocol/transaction.js';

export const engine = guardEngine(createNobleEngine());
export const REGISTRY = new Uint8Array(20).fill(0x11);
export const CHAIN_ID = 31337n;
export const NOW = 1_790_000_000;
export const SECRET = new Uint8Array(16).fill(0x5e);
export const URL = 'http://node.example/';

/** Somebody with a key: an owner, a guest, a thief. */
export interface Person {
  readonly key: Uint8Array;
  readonly address: Uint8Array;
}

export function person(seed: number): Person {
  const key = new Uint8Array(32).fill(seed);
  return { key, address: addressOf(engine, engine.publicKey(key)) };
}

export const OWNER = person(1);
export const GUEST = person(2);
export const STRANGER = person(3);

/** A transaction on the fake chain, and the JSON that a node answers. */
export interface Mined {
  readonly hash: Uint8Array;
  readonly json: Record<string, unknown>;
  readonly block: number;
  readonly topic: string;
}

export interface CallOptions {
  readonly nonce: number;
  readonly chainId?: bigint;
  readonly to?: Uint8Array;
}

/** Signs a type-2 transaction as a wallet would. */
export function signCall(by: Person, data: Uint8Array, options: CallOptions): Omit<Mined, 'block' | 'topic'> {
  const { nonce, chainId = CHAIN_ID, to = REGISTRY } = options;
  const transaction: Transaction = {
    type: 2,
    chainId,
    nonce: BigInt(nonce),
    gasLimit: 60_000n,
    maxPriorityFeePerGas: 1n,
    maxFeePerGas: 2n,
    to,
    value: 0n,
    data,
    accessList: [],
  };
  const digest = engine.keccak256(signingPayload(transaction));
  const { signature64, recoveryId } = engine.signRecoverable(digest, by.key);
  const r = signature64.slice(0, 32);
  const s = signature64.slice(32);
  const hash = engine.keccak256(signedPayload({ ...transaction, r, s, yParity: recoveryId }));
  const quantity = (bytes: Uint8Array) => formatQuantity(BigInt(formatHex(bytes)));
  const json = {
    type: '0x2',
    chainId: formatQuantity(chainId),
    nonce: formatQuantity(nonce),
    gas: formatQuantity(60_000),
    gasPrice: '0x2',
    maxPriorityFeePerGas: '0x1',
    maxFeePerGas: '0x2',
    to: formatHex(to),
    value: '0x0',
    input: formatHex(data),
    accessList: [],
    r: quantity(r),
    s: quantity(s),
    yParity: formatQuantity(recoveryId),
    v: formatQuantity(recoveryId),
    hash: formatHex(hash),
    from: formatHex(by.address),
  };
  return { hash, json };
}

export interface WorldOptions {
  readonly device?: Partial<DeviceOptions>;
  /** Flash from an earlier boot. */
  readonly flash?: Map<string, Uint8Array>;
  readonly entropySeed?: number;
  /** No wall clock is told. */
  readonly clockless?: boolean;
  readonly bolt?: SensedBolt;
  /** Reports are not taken until asked. */
  readonly holdReports?: boolean;
}

/**
 * One device, a flash, a bolt and an honest chain in memory; time moves only when a test moves it.
 * Outputs are carried out at once, and what they cause is handed in after them.
 */
export class LockWorld {
  readonly flash: Map<string, Uint8Array>;
  readonly notices: Notice[] = [];
  readonly outputs: Output[] = [];
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
  flashFails = false;
  /** Throws the world away right after this many writes. */
  cutAfterWrites: number | undefined;
  isCut = false;
  answer: ((method: string, params: readonly unknown[]) => unknown) | undefined;
  readonly #options: WorldOptions;
  readonly #queue: Input[] = [];
  #draining = false;
  #sessionKey = new Uint8Array(0);
  #sealedCount = 0;
  readonly #stream = new PairingStream();
  readonly pairingFrames: PairingFrame[] = [];
  pairingClosed = false;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.flash = options.flash ?? new Map();
    this.bolt = options.bolt ?? 'locked';
    this.device = new Device({
      engine,
      records: new Map(this.flash),
      entropy32: new Uint8Array(32).fill(options.entropySeed ?? 0x77),
      journalKey32: new Uint8Array(32).fill(0x99),
      pairingSecret16: SECRET,
      firmwareVersion: '0.1.0',
      buildUnixSeconds: NOW - 86_400,
      ...options.device,
    });
  }

  get nowSeconds(): number {
    return this.startSeconds + Math.floor(this.uptimeMs / 1000);
  }

  boot(): this {
    this.give({ kind: 'boot' });
    this.give({ kind: 'door-sensed', door: 'closed' });
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
    const next = new LockWorld({ bolt: this.bolt, ...options, flash: new Map(this.flash) });
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

  /** Puts a signed call into a block of its own and shows its event. */
  mine(by: Person, data: Uint8Array, options: CallOptions, topic: string = TOPIC.commanded): Mined {
    this.head++;
    const mined: Mined = { ...signCall(by, data, options), block: this.head, topic };
    this.chain.push(mined);
    return mined;
  }

  order(by: Person, nonce: number, order: Partial<Order> & { action: number }): Mined {
    const whole: Order = {
      lock: this.lock,
      challenge4: new Uint8Array(4),
      epoch: 1,
      notAfterSeconds: this.nowSeconds + 300,
      ...order,
    };
    return this.mine(by, encodeCommandCall(whole), { nonce });
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

  /** Sends a sealed request. @returns the unsealed answer */
  ask(frame: PairingFrame): PairingFrame | undefined {
    const inner = encodePairingFrame(frame).subarray(2);
    const tag16 = pairingTag(engine.hmacSha256, this.#sessionKey, 'tool', this.#sealedCount++, inner);
    this.give({ kind: 'pairing-received', bytes: encodePairingFrame({ kind: 'sealed', inner, tag16 }) });
    const answer = this.pairingFrames.at(-1);
    return answer?.kind === 'sealed' ? decodePairingFrame(answer.inner) : answer;
  }

  /** Press, prove, pin: a lock that has an owner, its bolt back where it was. */
  pair(owner: Person = OWNER, endpoints: readonly string[] = [URL]): this {
    this.press();
    this.openPairing();
    this.ask({
      kind: 'pair',
      owner: owner.address,
      ownerUnixSeconds: this.nowSeconds,
      settings: { chainId: CHAIN_ID, registry: REGISTRY, startBlock: 1, endpoints, texts: new Map() },
    });
    this.give({ kind: 'pairing-closed' });
    this.driven.length = 0;
    return this;
  }

  #carryOut(output: Output): void {
    switch (output.kind) {
      case 'persist':
        this.#persist(output.key, output.bytes);
        return;
      case 'drive-bolt':
        this.driven.push(output.target);
        if (this.boltStuck) return;
        this.bolt = output.target;
        this.#queue.push({ kind: 'bolt-sensed', bolt: output.target });
        return;
      case 'http-post':
        this.#queue.push(this.#rpc(output));
        return;
      case 'publish':
        if (this.#options.holdReports === true) return;
        this.published.push({ seq: output.seq, cose: output.cose });
        this.#queue.push({ kind: 'published', seq: output.seq });
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
      default:
        return;
    }
  }

  #persist(key: string, bytes: Uint8Array): void {
    if (this.flashFails) {
      this.#queue.push({ kind: 'store-failed', key });
      return;
    }
    this.flash.set(key, bytes);
    if (this.cutAfterWrites !== undefined && --this.cutAfterWrites <= 0) {
      this.isCut = true;
      return;
    }
    this.#queue.push({ kind: 'stored', key });
  }

  #rpc({ id, body }: Extract<Output, { kind: 'http-post' }>): Input {
    const request: unknown = JSON.parse(new TextDecoder().decode(body));
    const one = (call: { id: number; method: string; params: unknown[] }) => ({
      jsonrpc: '2.0',
      id: call.id,
      result: this.answer?.(call.method, call.params) ?? this.honest(call.method, call.params),
    });
    const calls = request as Parameters<typeof one>[0] | Parameters<typeof one>[0][];
    const answer = Array.isArray(calls) ? calls.map(one) : one(calls);
    return { kind: 'http-done', id, status: 200, body: new TextEncoder().encode(JSON.stringify(answer)) };
  }

  /** What an honest node answers. */
  honest(method: string, params: readonly unknown[]): unknown {
    if (method === 'eth_blockNumber') return formatQuantity(this.head);
    if (method === 'eth_getTransactionByHash') {
      return this.chain.find(({ hash }) => formatHex(hash) === params[0])?.json ?? null;
    }
    const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock?: string };
    const to = toBlock === undefined || toBlock === 'latest' ? this.head : Number(toBlock);
    return this.chain
      .filter(({ block }) => block >= Number(fromBlock) && block <= to)
      .map((mined) => logOf(mined, this.lock));
  }
}

/** The event log of a mined call, as a node shows it. */
export function logOf({ hash, block, topic }: Mined, lock: Uint8Array): Record<string, unknown> {
  const words = topic === TOPIC.commanded ? 1 : 2;
  return {
    address: formatHex(REGISTRY),
    topics: [topic, formatHex(concatBytes(new Uint8Array(12), lock))],
    data: formatHex(new Uint8Array(32 * words)),
    blockHash: formatHex(new Uint8Array(32)),
    blockNumber: formatQuantity(block),
    transactionHash: formatHex(hash),
    transactionIndex: '0x0',
    logIndex: '0x0',
    removed: false,
  };
}

/** Four bytes of a challenge, as an order carries them. */
export function firstFour(challenge16: Uint8Array): Uint8Array {
  return challenge16.slice(0, 4);
}
