import { equalBytes } from '../protocol/bytes.js';
import { IoError } from '../protocol/errors.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type PairingFrame,
  PairingStream,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../protocol/pairing.js';
import { addressOf } from './address.js';
import type { CryptoEngine } from './engine.js';

type Greeting = Extract<PairingFrame, { kind: 'greeting' }>;

/** What came of bytes from the lock. */
export type PairingEvent =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Both sides have proven the secret; requests may be sealed from here on. */
  | { readonly kind: 'open'; readonly greeting: Greeting }
  | { readonly kind: 'answer'; readonly frame: PairingFrame };

/**
 * The tool's side of one pairing session, without any IO: bytes in, events out, over any byte stream.
 * Does not check who stands at the lock, nor which lock is meant: that is the secret's work.
 * @see PROTOCOL.md section 1.1
 */
export class PairingClient {
  readonly #engine: CryptoEngine;
  readonly #secret16: Uint8Array;
  readonly #nonce16: Uint8Array;
  readonly #stream = new PairingStream();
  #stage: 'greeting' | 'proof' | 'open' = 'greeting';
  #greeting: Greeting | undefined;
  #key: Uint8Array = new Uint8Array(0);
  #sent = 0;
  #received = 0;

  /** @param nonce16 - fresh randomness */
  constructor(engine: CryptoEngine, secret16: Uint8Array, nonce16: Uint8Array) {
    this.#engine = engine;
    this.#secret16 = secret16;
    this.#nonce16 = nonce16;
  }

  /** The first bytes to send. */
  hello(): Uint8Array {
    return encodePairingFrame({ kind: 'hello', nonce16: this.#nonce16 });
  }

  /**
   * Takes what arrived, in pieces of any size.
   * @throws IoError where the lock refuses or is another than it says
   * @throws DecodeError where the bytes are no frames
   */
  receive(bytes: Uint8Array): readonly PairingEvent[] {
    return this.#stream.feed(bytes).map((body) => this.#step(decodePairingFrame(body)));
  }

  /** Seals one request; the lock answers each with one frame. */
  seal(request: PairingFrame): Uint8Array {
    const inner = encodePairingFrame(request).subarray(2);
    const tag16 = pairingTag(this.#engine.hmacSha256, this.#key, 'tool', this.#sent++, inner);
    return encodePairingFrame({ kind: 'sealed', inner, tag16 });
  }

  #step(frame: PairingFrame): PairingEvent {
    switch (this.#stage) {
      case 'greeting':
        return this.#greeted(expectFrame(frame, 'greeting'));
      case 'proof':
        return this.#proven(expectFrame(frame, 'proof').mac32);
      case 'open':
        return this.#answered(expectFrame(frame, 'sealed'));
    }
  }

  #greeted(greeting: Greeting): PairingEvent {
    const { hmacSha256 } = this.#engine;
    if (!equalBytes(addressOf(this.#engine, greeting.publicKey33), greeting.lock20)) {
      throw new IoError('the lock shows a key that is not its own');
    }
    this.#key = pairingSessionKey(hmacSha256, this.#secret16, this.#nonce16, greeting);
    this.#greeting = greeting;
    this.#stage = 'proof';
    const mac32 = pairingProof(hmacSha256, this.#key, 'tool');
    return { kind: 'send', bytes: encodePairingFrame({ kind: 'proof', mac32 }) };
  }

  #proven(mac32: Uint8Array): PairingEvent {
    const expected = pairingProof(this.#engine.hmacSha256, this.#key, 'lock');
    if (this.#greeting === undefined || !equalBytes(mac32, expected)) {
      throw new IoError('this is not the lock whose code was scanned');
    }
    this.#stage = 'open';
    return { kind: 'open', greeting: this.#greeting };
  }

  #answered({ inner, tag16 }: Extract<PairingFrame, { kind: 'sealed' }>): PairingEvent {
    const expected = pairingTag(this.#engine.hmacSha256, this.#key, 'lock', this.#received++, inner);
    if (!equalBytes(tag16, expected)) throw new IoError('the answer of the lock was altered on the way');
    return { kind: 'answer', frame: decodePairingFrame(inner) };
  }
}

/** @throws IoError where the lock refused, or answered with another kind of frame */
export function expectFrame<K extends PairingFrame['kind']>(
  frame: PairingFrame,
  kind: K,
): Extract<PairingFrame, { kind: K }> {
  if (frame.kind === 'refused') throw new IoError(`the lock refused pairing: ${frame.reason}`);
  if (frame.kind !== kind) throw new IoError(`expected ${kind} from the lock, found ${frame.kind}`);
  return frame as Extract<PairingFrame, { kind: K }>;
}
