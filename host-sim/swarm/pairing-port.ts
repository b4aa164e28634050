import { PairingClient } from '../../firmware/crypto/pairing-client.js';
import type { Output } from '../../firmware/lock/ports.js';
import { concatBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError, IoError } from '../../firmware/protocol/errors.js';
import type { PairingFrame } from '../../firmware/protocol/pairing.js';
import type { Prng } from '../world/prng.js';
import type { Neighbourhood } from './neighbour.js';

type Greeting = Extract<PairingFrame, { kind: 'greeting' }>;

/** What is done to the bytes on their way to the lock. */
export type Mischief =
  | 'none'
  | 'pieces'
  | 'doubled'
  | 'truncated'
  | 'bent'
  | 'tampered'
  | 'reordered'
  | 'random';

export const MISCHIEFS: readonly Mischief[] = Object.freeze([
  'doubled',
  'truncated',
  'bent',
  'tampered',
  'reordered',
  'random',
]);

/** One connection to the lock's pairing port. */
export interface Visit {
  readonly secret16: Uint8Array;
  /** Seconds between the press of the inside button and the connection; nobody presses where undefined. */
  readonly pressedSeconds: number | undefined;
  readonly mischief: Mischief;
  /** Breaks off after so many requests; never where undefined. */
  readonly cutAfter?: number;
  /** What to ask next. @returns undefined: leaves */
  readonly say: (greeting: Greeting, answer: PairingFrame | undefined) => PairingFrame | undefined;
}

const VISIT_MS_MAX = 60_000;
const THINKING_MS_MAX = 400;

/** The cable between a tool and the lock: one visitor at a time, who reads what the lock answers and asks the next. */
export class PairingPort {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #visit: Visit | undefined;
  #client: PairingClient | undefined;
  #greeting: Greeting | undefined;
  #requests = 0;
  #held: Uint8Array | undefined;
  #count = 0;

  constructor(neighbourhood: Neighbourhood, prng: Prng) {
    this.#parts = neighbourhood;
    this.#prng = prng;
  }

  get isBusy(): boolean {
    return this.#visit !== undefined;
  }

  /** @returns whether the port was free */
  begin(visit: Visit): boolean {
    if (this.isBusy) return false;
    const { lock, queue } = this.#parts;
    this.#visit = visit;
    const count = ++this.#count;
    const { pressedSeconds } = visit;
    if (pressedSeconds !== undefined) lock.give({ kind: 'button-pressed' });
    queue.after(1_000 * (pressedSeconds ?? 1), () => {
      if (this.#count === count) this.#open(visit);
    });
    queue.after(1_000 * (pressedSeconds ?? 1) + VISIT_MS_MAX, () => {
      if (this.#count === count) this.#leave();
    });
    return true;
  }

  /** Sees what the lock says. */
  output(output: Output): void {
    if (output.kind !== 'pairing-send' && output.kind !== 'pairing-close') return;
    const count = this.#count;
    const bytes = output.kind === 'pairing-send' ? output.bytes.slice() : undefined;
    this.#parts.queue.after(this.#prng.between(1, THINKING_MS_MAX), () => {
      if (this.#count !== count || this.#client === undefined) return;
      if (bytes === undefined) this.#leave();
      else this.#hear(bytes);
    });
  }

  #open({ secret16 }: Visit): void {
    const { lock, engine } = this.#parts;
    this.#client = new PairingClient(engine, secret16, this.#prng.bytes(16));
    this.#greeting = undefined;
    this.#requests = 0;
    this.#held = undefined;
    lock.give({ kind: 'pairing-opened' });
    this.#send(this.#client.hello());
  }

  #hear(bytes: Uint8Array): void {
    try {
      for (const event of this.#client?.receive(bytes) ?? []) {
        if (event.kind === 'send') this.#send(event.bytes);
        else if (event.kind === 'open') this.#enter(event.greeting);
        else if (this.#greeting !== undefined) this.#ask(this.#greeting, event.frame);
      }
    } catch (error) {
      if (!(error instanceof IoError || error instanceof DecodeError)) throw error;
      this.#leave();
    }
  }

  #enter(greeting: Greeting): void {
    this.#greeting = greeting;
    this.#ask(greeting, undefined);
  }

  #ask(greeting: Greeting, answer: PairingFrame | undefined): void {
    const visit = this.#visit;
    const request = this.#requests++ === visit?.cutAfter ? undefined : visit?.say(greeting, answer);
    if (request === undefined || this.#client === undefined) this.#leave();
    else this.#send(this.#tampered(this.#client.seal(request)));
  }

  #leave(): void {
    this.#visit = undefined;
    this.#client = undefined;
    this.#parts.lock.give({ kind: 'pairing-closed' });
  }

  #send(bytes: Uint8Array): void {
    for (const sent of this.#bend(bytes)) this.#parts.lock.give({ kind: 'pairing-received', bytes: sent });
  }

  /** Somebody on the cable alters what a true tool has sealed. */
  #tampered(sealed: Uint8Array): Uint8Array {
    const last = sealed.length - 1;
    return this.#visit?.mischief === 'tampered'
      ? sealed.map((byte, i) => (i === last ? byte ^ 1 : byte))
      : sealed;
  }

  /** The first frame is a true one more often than not: else nothing would come of most visits. */
  #bend(bytes: Uint8Array): readonly Uint8Array[] {
    const prng = this.#prng;
    const mischief = this.#visit?.mischief ?? 'none';
    if (mischief === 'none' || (mischief !== 'pieces' && mischief !== 'reordered' && !prng.chance(0.4)))
      return [bytes];
    const at = prng.between(0, bytes.length - 1);
    switch (mischief) {
      case 'tampered':
        return [bytes];
      case 'pieces':
        return [bytes.slice(0, at), bytes.slice(at)];
      case 'doubled':
        return [bytes, bytes];
      case 'truncated':
        return [bytes.slice(0, at)];
      case 'bent':
        return [bytes.map((byte, i) => (i === at ? byte ^ (1 << prng.between(0, 7)) : byte))];
      case 'reordered': {
        const held = this.#held;
        this.#held = held === undefined && prng.chance(0.3) ? bytes : undefined;
        if (this.#held !== undefined) return [];
        return held === undefined ? [bytes] : [bytes, held];
      }
      case 'random':
        return [concatBytes(prng.bytes(prng.between(1, 80)), bytes)];
    }
  }
}
