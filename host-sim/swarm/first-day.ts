import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { PairingClient } from '../../firmware/crypto/pairing-client.js';
import { readUint } from '../../firmware/protocol/bytes.js';
import type { LockSettings, PairingFrame } from '../../firmware/protocol/pairing.js';
import type { Archive } from '../world/archive.js';
import { type Signer, signTransaction } from '../world/chain-signer.js';
import type { EventQueue } from '../world/event-queue.js';
import type { MemoryChain } from '../world/memory-chain.js';
import { encodeRegisterCall } from '../world/register-call.js';
import type { LockBody } from './lock-body.js';

export interface FirstDayParts {
  readonly engine: CryptoEngine;
  readonly queue: EventQueue;
  readonly lock: LockBody;
  readonly chain: MemoryChain;
  readonly archive: Archive;
  readonly owner: Signer;
  /** 20-byte address. */
  readonly registry20: Uint8Array;
  readonly settings: LockSettings;
  readonly nowSeconds: () => number;
}

/** Whoever pairs and registers the lock of a world. */
export interface FirstDayTeller {
  /** Lets virtual time pass until that is done. */
  live(): void;
  /** The lock speaks to the tool. */
  paired(bytes: Uint8Array): void;
}

/** What the box of every simulated lock carries. */
export const PAIRING_SECRET16: Uint8Array = new Uint8Array(16).fill(0x5e);
/** The contract takes an hour at most. */
export const DEADLINE_SECONDS = 1_800;
/** Longer than any world's blocks are apart. */
const BLOCK_SECONDS_MAX = 15;

/** Pairs and registers a lock in the first half minute of its world, before anything goes wrong. */
export class FirstDay implements FirstDayTeller {
  readonly #parts: FirstDayParts;
  #client: PairingClient | undefined;
  #onAnswer: (frame: PairingFrame) => void = () => {};

  constructor(parts: FirstDayParts) {
    this.#parts = parts;
  }

  live(): void {
    const { engine, queue, lock, chain, archive, nowSeconds } = this.#parts;
    lock.boot();
    queue.runTo(2_000);
    lock.give({ kind: 'button-pressed' });
    this.#client = new PairingClient(engine, PAIRING_SECRET16, new Uint8Array(16).fill(0x33));
    lock.give({ kind: 'pairing-opened' });
    lock.give({ kind: 'pairing-received', bytes: this.#client.hello() });
    queue.runTo(3_000);
    this.#request(pairFrameOf(this.#parts), () => {});
    queue.runTo(4_000);
    const deadlineSeconds = nowSeconds() + DEADLINE_SECONDS;
    this.#request({ kind: 'register', deadlineSeconds }, (frame) => {
      if (frame.kind === 'registration') register(this.#parts, deadlineSeconds, frame.signature65);
    });
    lock.give({ kind: 'pairing-closed' });
    this.#client = undefined;
    queue.runTo(30_000);
    if (chain.lockState(readUint(archive.lock20)) === 0n) throw new Error('the lock was not registered');
  }

  /** The lock speaks to the tool. */
  paired(bytes: Uint8Array): void {
    const { lock, archive } = this.#parts;
    for (const event of this.#client?.receive(bytes) ?? []) {
      if (event.kind === 'send') lock.give({ kind: 'pairing-received', bytes: event.bytes });
      if (event.kind === 'open') archive.lock20 = Uint8Array.from(event.greeting.lock20);
      if (event.kind === 'answer') this.#onAnswer(event.frame);
    }
  }

  #request(frame: PairingFrame, onAnswer: (frame: PairingFrame) => void): void {
    this.#onAnswer = onAnswer;
    if (this.#client === undefined) return;
    this.#parts.lock.give({ kind: 'pairing-received', bytes: this.#client.seal(frame) });
  }
}

/** The tool pins the world's owner, chain and nodes. */
export function pairFrameOf(parts: FirstDayParts): PairingFrame {
  const { owner, nowSeconds, settings } = parts;
  return { kind: 'pair', owner: owner.address20, ownerUnixSeconds: nowSeconds(), settings };
}

/** The owner sends the registration that the lock has signed, and it is mined. */
export function register(parts: FirstDayParts, deadlineSeconds: number, signature65: Uint8Array): void {
  const { engine, chain, archive, owner, registry20: to20, nowSeconds } = parts;
  const data = encodeRegisterCall(archive.lock20, deadlineSeconds, signature65);
  chain.mine(nowSeconds());
  chain.submit(signTransaction(engine, owner, { chainId: chain.chainId, to20, data, nonce: 0 }));
  chain.mine(nowSeconds() + BLOCK_SECONDS_MAX);
}
