import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { PairingClient } from '../../firmware/crypto/pairing-client.js';
import { DecodeError, IoError } from '../../firmware/protocol/errors.js';
import type { PairingFrame } from '../../firmware/protocol/pairing.js';
import { PAIRING_SECRET16 } from '../swarm/first-day.js';
import type { LockBody } from '../swarm/lock-body.js';
import type { Play } from './scenario.js';

export interface ToolParts {
  readonly engine: CryptoEngine;
  readonly lock: LockBody;
}

type Greeting = Extract<PairingFrame, { kind: 'greeting' }>;

/** What to ask next in a session, from what was answered last; undefined ends it. */
export type Asking = (answer: PairingFrame | undefined, greeting: Greeting) => PairingFrame | undefined;

const TRIES_MAX = 4;
/** Frames are there at once, and flash takes milliseconds. */
const ANSWER_MS = 3_000;

/** Somebody at the lock with the printed secret and a cable, who begins anew where a session breaks. */
export class Tool {
  readonly #parts: ToolParts;
  #client: PairingClient | undefined;
  #greeting: Greeting | undefined;
  #answer: PairingFrame | undefined;
  #isBroken = false;
  #sessions = 0;

  constructor(parts: ToolParts) {
    this.#parts = parts;
  }

  /** The lock speaks. */
  hear(bytes: Uint8Array): void {
    if (this.#client === undefined || this.#isBroken) return;
    try {
      for (const event of this.#client.receive(bytes)) {
        if (event.kind === 'send') this.#parts.lock.hear(event.bytes);
        if (event.kind === 'open') this.#greeting = event.greeting;
        if (event.kind === 'answer') this.#answer = event.frame;
      }
    } catch (error) {
      if (!(error instanceof IoError || error instanceof DecodeError)) throw error;
      this.#isBroken = true;
    }
  }

  /** Presses the button, proves the secret and asks; all of it again where that breaks off. @returns the last answer */
  *session(asking: Asking): Play<PairingFrame | undefined> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const answer = yield* this.#once(asking);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  *#once(asking: Asking): Play<PairingFrame | undefined> {
    const { lock, engine } = this.#parts;
    yield { until: () => lock.isOn, withinMs: 10_000 };
    // A lock that has just started listens to its sensors first.
    yield { until: () => lock.uptimeMs > 1_500, withinMs: 2_000 };
    lock.give({ kind: 'button-pressed' });
    this.#isBroken = false;
    this.#greeting = undefined;
    this.#client = new PairingClient(engine, PAIRING_SECRET16, new Uint8Array(16).fill(++this.#sessions));
    lock.give({ kind: 'pairing-opened' });
    lock.hear(this.#client.hello());
    yield { until: () => this.#greeting !== undefined || this.#isBroken, withinMs: ANSWER_MS };
    if (this.#greeting === undefined) return this.#leave(undefined);
    let last: PairingFrame | undefined;
    for (;;) {
      const request = asking(last, this.#greeting);
      if (request === undefined) return this.#leave(last);
      this.#answer = undefined;
      lock.hear(this.#client.seal(request));
      yield { until: () => this.#answer !== undefined || this.#isBroken, withinMs: ANSWER_MS };
      if (this.#answer === undefined) return this.#leave(undefined);
      last = this.#answer;
    }
  }

  #leave(answer: PairingFrame | undefined): PairingFrame | undefined {
    this.#client = undefined;
    this.#parts.lock.give({ kind: 'pairing-closed' });
    return answer;
  }
}
