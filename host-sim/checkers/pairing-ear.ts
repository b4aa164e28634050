import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { PAIRING_WINDOW_MS } from '../../firmware/protocol/limits.js';
import {
  decodePairingFrame,
  type PairingFrame,
  PairingStream,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../../firmware/protocol/pairing.js';

/** One connection, as far as it has come. */
export interface PairingTalk {
  /** The inside button was pressed in this boot, at most PAIRING_WINDOW_MS before. */
  readonly isPressed: boolean;
  /** Wrong secrets since that press. */
  readonly wrongSecrets: number;
  /** 20-byte address of the lock, once it has said so. */
  readonly lock20: Uint8Array | undefined;
  /** The tool has proved the secret. */
  readonly isProven: boolean;
  /** True requests of the tool, and the lock's answers to them. */
  readonly requests: number;
  readonly answers: number;
  /** What the lock gave for one `adopt`, and nobody has used yet. */
  readonly challenge16: Uint8Array | undefined;
}

/** Something that was said at the pairing port: `asked` by a tool that has proved itself, all else by the lock. */
export type PairingSight =
  | { readonly kind: 'greeted' | 'proved'; readonly talk: PairingTalk }
  | { readonly kind: 'asked'; readonly frame: PairingFrame; readonly talk: PairingTalk }
  | { readonly kind: 'answered'; readonly frame: PairingFrame; readonly talk: PairingTalk };

type Greeting = Extract<PairingFrame, { kind: 'greeting' }>;

interface Session {
  talk: PairingTalk;
  readonly tool: PairingStream;
  readonly lock: PairingStream;
  /** Frames of the tool that the greeting must be known for. */
  readonly waiting: PairingFrame[];
  nonce16: Uint8Array | undefined;
  key: Uint8Array | undefined;
  sealedByTool: number;
}

/** Hears both sides of the pairing port with the printed secret in hand, and believes only what that proves. */
export class PairingEar {
  readonly #engine: CryptoEngine;
  readonly #secret16: Uint8Array;
  readonly #nowMs: () => number;
  #pressMs = -Infinity;
  #wrongSecrets = 0;
  #session: Session | undefined;

  constructor(engine: CryptoEngine, secret16: Uint8Array, nowMs: () => number) {
    this.#engine = engine;
    this.#secret16 = secret16;
    this.#nowMs = nowMs;
  }

  boot(): void {
    this.#pressMs = -Infinity;
    this.#session = undefined;
  }

  input(input: Input): readonly PairingSight[] {
    switch (input.kind) {
      case 'button-pressed':
        this.#pressMs = this.#nowMs();
        this.#wrongSecrets = 0;
        return [];
      case 'pairing-opened':
        this.#session = this.#open();
        return [];
      case 'pairing-closed':
        this.#session = undefined;
        return [];
      case 'pairing-received':
        return this.#toolSays(input.bytes);
      default:
        return [];
    }
  }

  output(output: Output): readonly PairingSight[] {
    if (output.kind === 'pairing-close') this.#session = undefined;
    if (output.kind !== 'pairing-send' || this.#session === undefined) return [];
    const session = this.#session;
    return bodiesOf(session.lock, output.bytes).flatMap((frame) => this.#lockSays(session, frame));
  }

  #open(): Session {
    return {
      talk: {
        isPressed: this.#nowMs() < this.#pressMs + PAIRING_WINDOW_MS,
        wrongSecrets: this.#wrongSecrets,
        lock20: undefined,
        isProven: false,
        requests: 0,
        answers: 0,
        challenge16: undefined,
      },
      tool: new PairingStream(),
      lock: new PairingStream(),
      waiting: [],
      nonce16: undefined,
      key: undefined,
      sealedByTool: 0,
    };
  }

  #toolSays(bytes: Uint8Array): readonly PairingSight[] {
    const session = this.#session;
    if (session === undefined) return [];
    session.waiting.push(...bodiesOf(session.tool, bytes));
    return this.#takeWaiting(session);
  }

  #takeWaiting(session: Session): readonly PairingSight[] {
    const sights: PairingSight[] = [];
    while (session.nonce16 === undefined || session.key !== undefined) {
      const frame = session.waiting.shift();
      if (frame === undefined) break;
      sights.push(...this.#toolFrame(session, frame));
    }
    return sights;
  }

  #toolFrame(session: Session, frame: PairingFrame): readonly PairingSight[] {
    const { hmacSha256 } = this.#engine;
    const { key, talk } = session;
    if (frame.kind === 'hello' && session.nonce16 === undefined) session.nonce16 = frame.nonce16;
    else if (frame.kind === 'proof' && key !== undefined && !talk.isProven) {
      const isProven = equalBytes(frame.mac32, pairingProof(hmacSha256, key, 'tool'));
      if (!isProven) this.#wrongSecrets++;
      session.talk = { ...talk, isProven };
    } else if (frame.kind === 'sealed' && key !== undefined && talk.isProven) {
      const tag16 = pairingTag(hmacSha256, key, 'tool', session.sealedByTool++, frame.inner);
      const inner = equalBytes(frame.tag16, tag16) ? frameOf(frame.inner) : undefined;
      if (!equalBytes(frame.tag16, tag16)) this.#wrongSecrets++;
      if (inner === undefined) return [];
      session.talk = { ...talk, requests: talk.requests + 1 };
      const sight: PairingSight = { kind: 'asked', frame: inner, talk: session.talk };
      if (inner.kind === 'adopt') session.talk = { ...session.talk, challenge16: undefined };
      return [sight];
    }
    return [];
  }

  #lockSays(session: Session, frame: PairingFrame): readonly PairingSight[] {
    switch (frame.kind) {
      case 'greeting':
        session.key = this.#keyOf(session, frame);
        session.talk = { ...session.talk, lock20: frame.lock20 };
        return [{ kind: 'greeted', talk: session.talk }, ...this.#takeWaiting(session)];
      case 'proof':
        return [{ kind: 'proved', talk: session.talk }];
      case 'sealed': {
        const inner = frameOf(frame.inner);
        if (inner === undefined) return [];
        session.talk = { ...session.talk, answers: session.talk.answers + 1 };
        if (inner.kind === 'challenge') session.talk = { ...session.talk, challenge16: inner.challenge16 };
        return [{ kind: 'answered', frame: inner, talk: session.talk }];
      }
      default:
        return [];
    }
  }

  #keyOf({ nonce16 }: Session, greeting: Greeting): Uint8Array | undefined {
    if (nonce16 === undefined) return undefined;
    return pairingSessionKey(this.#engine.hmacSha256, this.#secret16, nonce16, greeting);
  }
}

/** The frames that are whole now; what cannot be read ends the list. */
function bodiesOf(stream: PairingStream, bytes: Uint8Array): readonly PairingFrame[] {
  try {
    return stream.feed(bytes).flatMap((body) => frameOf(body) ?? []);
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
  }
}

function frameOf(body: Uint8Array): PairingFrame | undefined {
  try {
    return decodePairingFrame(body);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
