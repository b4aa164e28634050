import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { EventQueue } from '../world/event-queue.js';
import { MemoryChain } from '../world/memory-chain.js';
import { FleetLock } from './fleet-lock.js';
import { FleetNode } from './fleet-node.js';
import { Meter, type Readings } from './meter.js';

export interface FleetOptions {
  readonly locks: number;
  readonly seed: number;
  /** Guarded. */
  readonly engine: CryptoEngine;
}

const CHAIN_ID = 4_689n;
const REGISTRY20 = new Uint8Array(20).fill(0x11);
const START_SECONDS = 1_900_000_000;
const BLOCK_SECONDS = 2.5;
/** A busy chain's height: as many digits as there will be in years. */
const HISTORY_BLOCKS = 40_000_000;
const NODES = 3;
/** Within which all locks move in. */
const MOVE_IN_MS = 300_000;
/** From the last move until a lock polls at its idle pace again. */
const SETTLE_MS = 600_000;
/** Longer than an order may wait and the door stands open. */
const COOL_DOWN_MS = 600_000;

/** Many locks on one chain, all in one virtual time: a function of the seed and their number. */
export class Fleet {
  /** Between this and the end of what is measured every lock lives its usual day. */
  static readonly settledMs = MOVE_IN_MS + SETTLE_MS;
  readonly #queue = new EventQueue();
  readonly #meter = new Meter();
  readonly #chain: MemoryChain;
  readonly #locks: readonly FleetLock[];
  readonly #waitsMs: number[] = [];
  readonly #requests: number[] = [];

  constructor({ locks, seed, engine }: FleetOptions) {
    const nowSeconds = () => START_SECONDS + Math.floor(this.#queue.nowMs / 1_000);
    this.#chain = new MemoryChain({
      chainId: CHAIN_ID,
      registry20: REGISTRY20,
      startSeconds: START_SECONDS - HISTORY_BLOCKS * BLOCK_SECONDS,
      blockSeconds: BLOCK_SECONDS,
      engine,
    });
    this.#chain.mine(START_SECONDS);
    const nodes = new Map<string, FleetNode>();
    for (let i = 0; i < NODES; i++)
      nodes.set(
        `http://node-${i}.example/`,
        new FleetNode({ chain: this.#chain, nowSeconds, meter: this.#meter }),
      );
    const endpoints = [...nodes.keys()];
    this.#locks = Array.from(
      { length: locks },
      (_, number) =>
        new FleetLock({
          engine,
          queue: this.#queue,
          chain: this.#chain,
          registry20: REGISTRY20,
          startBlock: HISTORY_BLOCKS - 1,
          endpoints,
          ask: (url, body) => {
            const node = nodes.get(url);
            if (node === undefined) throw new Error(`a lock asks ${url}, which nobody told it of`);
            this.#requests[number] = this.requestsOf(number) + 1;
            return node.ask(body);
          },
          meter: this.#meter,
          nowSeconds,
          seed,
          number,
          onReceipt: (waitMs) => this.#waitsMs.push(waitMs),
        }),
    );
    this.#locks.forEach((lock, i) => {
      this.#queue.at(Math.floor((i * MOVE_IN_MS) / locks), () => lock.moveIn());
    });
  }

  get nowMs(): number {
    return this.#queue.nowMs;
  }

  get readings(): Readings {
    return this.#meter.readings;
  }

  get peakRequestsPerSecond(): number {
    return this.#meter.peakRequestsPerSecond;
  }

  /** What one lock has asked since its first boot. @param number - counted from 0 */
  requestsOf(number: number): number {
    return this.#requests[number] ?? 0;
  }

  /** Begins to look for the busiest second. */
  startPeak(): void {
    this.#meter.startPeak();
  }

  /** From each order to the report that it was obeyed, milliseconds, in the order of the reports. */
  get waitsMs(): readonly number[] {
    return this.#waitsMs;
  }

  /** Records of all locks. */
  get flashBytes(): number {
    return this.#locks.reduce((bytes, lock) => bytes + lock.flashBytes, 0);
  }

  /** Locks whose owner has their token. */
  get registered(): number {
    return this.#locks.filter(({ isRegistered }) => isRegistered).length;
  }

  /** Orders that no report has answered. */
  get unanswered(): number {
    return this.#locks.reduce((orders, lock) => orders + lock.unanswered, 0);
  }

  /** Lets virtual time pass up to this moment. */
  runTo(ms: number): void {
    this.#queue.runTo(ms);
  }

  /** Nobody gives another order; what was ordered is done and reported. @returns when that is over, milliseconds */
  wind(): number {
    for (const lock of this.#locks) lock.moveOut();
    return this.nowMs + COOL_DOWN_MS;
  }
}
