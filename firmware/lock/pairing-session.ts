import type { CryptoEngine } from '../crypto/engine.js';
import { equalBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type PairingFrame,
  PairingStream,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../protocol/pairing.js';
import type { RefusalReason } from '../protocol/refusal.js';

/** What a tool that has proved itself may ask. */
export type PairingRequest = Extract<
  PairingFrame,
  { kind: 'pair' | 'register' | 'configure' | 'ask' | 'adopt' | 'refuse' }
>;

export type PairingStep =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'request'; readonly request: PairingRequest }
  /** The session is over; the stream is to be closed. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

type Greeting = Extract<PairingFrame, { kind: 'greeting' }>;
type Stage = 'hello' | 'proof' | 'open' | 'over';

/**
 * The lock's side of one pairing connection: nonces, proof of the printed secret, then sealed requests.
 * Does not decide what a request may change, nor whether somebody stands at the lock.
 * @see PROTOCOL.md section 1.1
 */
export class PairingSession {
  readonly #engine: CryptoEngine;
  readonly #secret16: Uint8Array;
  readonly #greeting: Greeting;
  readonly #stream = new PairingStream();
  #stage: Stage = 'hello';
  #key: Uint8Array = new Uint8Array(0);
  #received = 0;
  #sent = 0;

  constructor(engine: CryptoEngine, secret16: Uint8Array, greeting: Greeting) {
    this.#engine = engine;
    this.#secret16 = secret16;
    this.#greeting = greeting;
  }

  /** Takes what arrived on the stream, in pieces of any size. */
  receive(bytes: Uint8Array): readonly PairingStep[] {
    const steps: PairingStep[] = [];
    try {
      for (const body of this.#stream.feed(bytes)) {
        if (this.#stage === 'over') break;
        steps.push(this.#step(decodePairingFrame(body)));
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      steps.push(this.#refuse('pairing-frame'));
    }
    return steps;
  }

  /** Seals an answer for the tool. */
  seal(frame: PairingFrame): Uint8Array {
    const inner = encodePairingFrame(frame).subarray(2);
    const tag16 = pairingTag(this.#engine.hmacSha256, this.#key, 'lock', this.#sent++, inner);
    return encodePairingFrame({ kind: 'sealed', inner, tag16 });
  }

  #step(frame: PairingFrame): PairingStep {
    const { hmacSha256 } = this.#engine;
    if (this.#stage === 'hello' && frame.kind === 'hello') {
      this.#key = pairingSessionKey(hmacSha256, this.#secret16, frame.nonce16, this.#greeting);
      this.#stage = 'proof';
      return { kind: 'send', bytes: encodePairingFrame(this.#greeting) };
    }
    if (this.#stage === 'proof' && frame.kind === 'proof') {
      if (!equalBytes(frame.mac32, pairingProof(hmacSha256, this.#key, 'tool')))
        return this.#refuse('pairing-secret');
      this.#stage = 'open';
      const mac32 = pairingProof(hmacSha256, this.#key, 'lock');
      return { kind: 'send', bytes: encodePairingFrame({ kind: 'proof', mac32 }) };
    }
    if (this.#stage === 'open' && frame.kind === 'sealed') {
      const tag = pairingTag(hmacSha256, this.#key, 'tool', this.#received++, frame.inner);
      if (!equalBytes(frame.tag16, tag)) return this.#refuse('pairing-secret');
      const request = decodePairingFrame(frame.inner);
      if (isRequest(request)) return { kind: 'request', request };
    }
    return this.#refuse('pairing-frame');
  }

  #refuse(reason: RefusalReason): PairingStep {
    this.#stage = 'over';
    return { kind: 'refused', reason };
  }
}

function isRequest(frame: PairingFrame): frame is PairingRequest {
  switch (frame.kind) {
    case 'pair':
    case 'register':
    case 'configure':
    case 'ask':
    case 'adopt':
    case 'refuse':
      return true;
    default:
      return false;
  }
}
