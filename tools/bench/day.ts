import { addressOf } from '../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { freshAuthority } from '../../firmware/lock/authority.js';
import { Device } from '../../firmware/lock/device.js';
import type { DeviceOptions } from '../../firmware/lock/device-parts.js';
import { encodeIdentity } from '../../firmware/lock/identity.js';
import { Journal } from '../../firmware/lock/journal.js';
import { encodeLockState, FIRST_STATE } from '../../firmware/lock/lock-state.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { VirtualNode } from './virtual-node.js';

/** What a lock asked of its node and was told, as bodies, counted exactly. */
export interface Traffic {
  readonly requests: number;
  readonly upBytes: number;
  readonly downBytes: number;
  /** Virtual time that it took, seconds. */
  readonly seconds: number;
  /** The longest time from an order's block to the bolt's start, seconds; 0 without orders. */
  readonly longestWaitSeconds: number;
}

export interface DayFigures {
  readonly everySecond: Traffic;
  readonly adaptive: Traffic;
  readonly nobodyThere: Traffic;
  readonly monthOffline: Traffic;
}

/** IoTeX's. */
const BLOCK_MS = 2_500;
const DAY_MS = 86_400_000;
const MONTH_BLOCKS = (30 * DAY_MS) / BLOCK_MS;
/** A busy chain's height: as many digits as there will be in years. */
const FIRST_BLOCK = 40_000_000;
/** The lock is found at a quarter past twelve at night. */
const BOOT_SECONDS = 1_795_306_500;
/** When somebody goes through the door, hours after boot: unlock, open, close, and lock two minutes later. */
const PASSAGES_HOURS = Object.freeze([7.25, 8, 12.4, 13.1, 17.9, 22.5]);
const KEY_BYTES = 32;
const CHAIN = Object.freeze({ chainId: 4_689n, registry20: new Uint8Array(20).fill(0x11) });

/** Runs the lock's own machines through virtual days and counts what they ask. No network, no waiting, no chance. */
export function measureDay(): DayFigures {
  const engine = guardEngine(createNobleEngine());
  return {
    everySecond: new VirtualDay(engine, { pollIntervalMs: 1_000 }).run(DAY_MS, PASSAGES_HOURS),
    adaptive: new VirtualDay(engine, {}).run(DAY_MS, PASSAGES_HOURS),
    nobodyThere: new VirtualDay(engine, {}).run(DAY_MS, []),
    monthOffline: new VirtualDay(engine, {}, MONTH_BLOCKS).catchUp(),
  };
}

class VirtualDay {
  readonly #device: Device;
  readonly #node: VirtualNode;
  readonly #firstHead: number;
  readonly #inputs: Input[] = [];
  #uptimeMs = 0;
  #wakeMs = 0;
  #requests = 0;
  #upBytes = 0;
  #downBytes = 0;
  #lastBlockAsked = 0;
  #orderedMs: number | undefined;
  #longestWaitMs = 0;

  constructor(engine: CryptoEngine, options: Partial<DeviceOptions>, blocksBehind = 0) {
    const lockKey32 = new Uint8Array(KEY_BYTES).fill(0x21);
    const ownerKey32 = new Uint8Array(KEY_BYTES).fill(0x22);
    const lock20 = addressOf(engine, engine.publicKey(lockKey32));
    const owner20 = addressOf(engine, engine.publicKey(ownerKey32));
    this.#firstHead = FIRST_BLOCK + blocksBehind;
    this.#node = new VirtualNode(engine, { ...CHAIN, lock20, ownerKey32 }, this.#firstHead);
    this.#device = new Device({
      engine,
      records: pairedFlash(engine, lockKey32, owner20),
      entropy32: new Uint8Array(KEY_BYTES).fill(0x77),
      journalKey32: journalKey(),
      pairingSecret16: new Uint8Array(16).fill(0x5e),
      firmwareVersion: '0.1.0',
      buildUnixSeconds: BOOT_SECONDS - 86_400,
      ...options,
    });
    this.#give({ kind: 'boot' });
    this.#give({ kind: 'door-sensed', door: 'closed' });
    this.#give({ kind: 'bolt-sensed', bolt: 'locked' });
    this.#give({ kind: 'clock', unixSeconds: BOOT_SECONDS, source: 'host' });
  }

  run(ms: number, passagesHours: readonly number[]): Traffic {
    const acts = passagesHours.flatMap((hours) => this.#passage(hours * 3_600_000));
    for (const { atMs, act } of acts) {
      this.#pass(atMs);
      act();
    }
    this.#pass(ms);
    if (this.#orderedMs !== undefined) throw new Error('an order was not obeyed');
    return this.#traffic();
  }

  /** Until a range begins within a look back of the head. */
  catchUp(): Traffic {
    while (this.#lastBlockAsked < this.#node.head - 100) this.#pass(this.#wakeMs);
    return this.#traffic();
  }

  #passage(atMs: number): readonly { readonly atMs: number; readonly act: () => void }[] {
    return [
      { atMs, act: () => this.#order(ACTION.unlock) },
      { atMs: atMs + 40_000, act: () => this.#give({ kind: 'door-sensed', door: 'open' }) },
      { atMs: atMs + 50_000, act: () => this.#give({ kind: 'door-sensed', door: 'closed' }) },
      { atMs: atMs + 120_000, act: () => this.#order(ACTION.lock) },
    ];
  }

  #order(action: number): void {
    this.#node.mine(action, BOOT_SECONDS + Math.floor(this.#uptimeMs / 1_000) + 300);
    this.#orderedMs = this.#uptimeMs;
  }

  #pass(untilMs: number): void {
    while (this.#wakeMs <= untilMs) {
      this.#uptimeMs = Math.max(this.#uptimeMs, this.#wakeMs);
      this.#node.head = Math.max(this.#node.head, this.#firstHead + Math.floor(this.#uptimeMs / BLOCK_MS));
      this.#wakeMs = Infinity;
      this.#give({ kind: 'tick' });
    }
    this.#uptimeMs = Math.max(this.#uptimeMs, untilMs);
  }

  #give(input: Input): void {
    this.#inputs.push(input);
    if (this.#inputs.length > 1) return;
    for (let next = this.#inputs[0]; next !== undefined; next = this.#inputs[0]) {
      for (const output of this.#device.handle(next, this.#uptimeMs)) this.#carryOut(output);
      this.#inputs.shift();
    }
  }

  #carryOut(output: Output): void {
    switch (output.kind) {
      case 'wake-at':
        this.#wakeMs = output.uptimeMs;
        return;
      case 'http-post':
        this.#inputs.push(this.#exchange(output.id, output.body));
        return;
      case 'persist':
        this.#inputs.push({ kind: 'stored', key: output.key });
        return;
      case 'publish':
        this.#inputs.push({ kind: 'published', seq: output.seq });
        return;
      case 'drive-bolt':
        this.#longestWaitMs = Math.max(
          this.#longestWaitMs,
          this.#uptimeMs - (this.#orderedMs ?? this.#uptimeMs),
        );
        this.#orderedMs = undefined;
        this.#inputs.push({ kind: 'bolt-sensed', bolt: output.target });
        return;
      default:
        return;
    }
  }

  #exchange(id: number, body: Uint8Array): Input {
    const answer = this.#node.answer(body);
    this.#requests++;
    this.#upBytes += body.length;
    this.#downBytes += answer.length;
    const range = /"fromBlock":"(0x[0-9a-f]+)","toBlock":"0x/.exec(Buffer.from(body).toString());
    const from = /"fromBlock":"(0x[0-9a-f]+)"/.exec(Buffer.from(body).toString());
    // A look at the newest blocks alone says nothing of the backlog: it spans over a thousand.
    const fromBlock = Number((range ?? from)?.[1] ?? 0);
    if (range || fromBlock > this.#node.head - 100) this.#lastBlockAsked = fromBlock;
    return { kind: 'http-done', id, status: 200, body: answer };
  }

  #traffic(): Traffic {
    return {
      requests: this.#requests,
      upBytes: this.#upBytes,
      downBytes: this.#downBytes,
      seconds: Math.round(this.#uptimeMs / 1_000),
      longestWaitSeconds: Math.round(this.#longestWaitMs / 100) / 10,
    };
  }
}

/** Flash as pairing left it, read up to the first block. */
function pairedFlash(
  engine: CryptoEngine,
  secretKey32: Uint8Array,
  owner20: Uint8Array,
): ReadonlyMap<string, Uint8Array> {
  const flash = new Map<string, Uint8Array>();
  const journal = new Journal<undefined>(engine, journalKey(), flash);
  const identity = encodeIdentity({
    secretKey32,
    settings: {
      chainId: CHAIN.chainId,
      registry: CHAIN.registry20,
      startBlock: 1,
      endpoints: ['http://node.example/'],
      texts: new Map(),
    },
  });
  const state = encodeLockState({
    ...FIRST_STATE,
    floorSeconds: BOOT_SECONDS - 3_600,
    cursors: [FIRST_BLOCK],
    authority: freshAuthority(owner20, 1),
  });
  for (const outputs of [
    journal.writeDouble('identity', identity, undefined),
    journal.answered('identity-a', true)?.outputs ?? [],
    journal.writeDouble('state', state, undefined),
  ]) {
    for (const output of outputs) if (output.kind === 'persist') flash.set(output.key, output.bytes);
  }
  return flash;
}

function journalKey(): Uint8Array {
  return new Uint8Array(KEY_BYTES).fill(0x99);
}
