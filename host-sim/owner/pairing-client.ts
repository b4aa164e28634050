import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { addressOf } from '../../firmware/crypto/address.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { IoError } from '../../firmware/protocol/errors.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type LockSettings,
  type PairingFrame,
  PairingStream,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../../firmware/protocol/pairing.js';

const ANSWER_MS_MAX = 5_000;

export interface PairingOptions {
  /** The lock's pairing endpoint on loopback. */
  readonly port: number;
  /** What is printed as the lock's QR code. */
  readonly secret16: Uint8Array;
  readonly chainId: bigint;
  readonly registry20: Uint8Array;
  readonly owner20: Uint8Array;
  readonly ownerUnixSeconds: number;
  readonly endpoints: readonly string[];
  /** The first block that can hold a command for this lock. */
  readonly startBlock: number;
  /** Until when the registration may be sent, Unix seconds. */
  readonly deadlineSeconds: number;
  readonly texts?: ReadonlyMap<string, string>;
}

export interface PairedLock {
  readonly lock20: Uint8Array;
  readonly publicKey33: Uint8Array;
  readonly epoch: number;
  /** The device's consent: r, s, v over EIP-712 Registration. */
  readonly registrationSignature65: Uint8Array;
}

/**
 * The owner's side of pairing: proves the printed secret, pins the owner and takes the device's signature
 * for the registration. Somebody must have pressed the lock's inside button before.
 * @throws IoError where the lock refuses, breaks off, or is another than it says
 * @see PROTOCOL.md section 1.1
 */
export async function pairLock(options: PairingOptions): Promise<PairedLock> {
  return withLock(options, async (channel) => {
    const settings: LockSettings = {
      chainId: options.chainId,
      registry: options.registry20,
      startBlock: options.startBlock,
      endpoints: options.endpoints,
      texts: options.texts ?? new Map(),
    };
    const { owner20: owner, ownerUnixSeconds, deadlineSeconds } = options;
    const paired = await channel.ask({ kind: 'pair', owner, ownerUnixSeconds, settings }, 'paired');
    const registration = await channel.ask({ kind: 'register', deadlineSeconds }, 'registration');
    return {
      lock20: channel.lock20,
      publicKey33: channel.publicKey33,
      epoch: paired.epoch,
      registrationSignature65: registration.signature65,
    };
  });
}

/** An authenticated session with the lock's pairing endpoint. */
export interface PairingChannel {
  readonly lock20: Uint8Array;
  readonly publicKey33: Uint8Array;
  readonly paired: boolean;
  ask<K extends PairingFrame['kind']>(
    request: PairingFrame,
    expected: K,
  ): Promise<Extract<PairingFrame, { kind: K }>>;
}

/** Opens a session, proves the secret both ways, and closes it when the work is done. @throws IoError */
export async function withLock<T>(
  { port, secret16 }: Pick<PairingOptions, 'port' | 'secret16'>,
  work: (channel: PairingChannel) => Promise<T>,
): Promise<T> {
  const frames = new FrameSocket(connect({ host: '127.0.0.1', port }));
  try {
    return await work(await openChannel(frames, secret16));
  } finally {
    frames.close();
  }
}

async function openChannel(frames: FrameSocket, secret16: Uint8Array): Promise<PairingChannel> {
  const engine = createNobleEngine();
  const hmac = engine.hmacSha256;
  const nonce16 = Uint8Array.from(randomBytes(16));
  const greeting = expectFrame(await frames.exchange({ kind: 'hello', nonce16 }), 'greeting');
  const { lock20, publicKey33, paired } = greeting;
  if (!equalBytes(addressOf(engine, publicKey33), lock20))
    throw new IoError('the lock shows a key that is not its own');
  const key = pairingSessionKey(hmac, secret16, nonce16, greeting);
  const answer = await frames.exchange({ kind: 'proof', mac32: pairingProof(hmac, key, 'tool') });
  if (!equalBytes(expectFrame(answer, 'proof').mac32, pairingProof(hmac, key, 'lock'))) {
    throw new IoError('this is not the lock whose code was scanned');
  }
  let count = 0;
  return {
    lock20,
    publicKey33,
    paired,
    async ask(request, expected) {
      const inner = encodePairingFrame(request).subarray(2);
      const tag16 = pairingTag(hmac, key, 'tool', count, inner);
      const sealed = expectFrame(await frames.exchange({ kind: 'sealed', inner, tag16 }), 'sealed');
      if (!equalBytes(sealed.tag16, pairingTag(hmac, key, 'lock', count, sealed.inner))) {
        throw new IoError('the answer of the lock was altered on the way');
      }
      count++;
      return expectFrame(decodePairingFrame(sealed.inner), expected);
    },
  };
}

function expectFrame<K extends PairingFrame['kind']>(
  frame: PairingFrame,
  kind: K,
): Extract<PairingFrame, { kind: K }> {
  if (frame.kind === 'refused') throw new IoError(`the lock refused pairing: ${frame.reason}`);
  if (frame.kind !== kind) throw new IoError(`expected ${kind} from the lock, found ${frame.kind}`);
  return frame as Extract<PairingFrame, { kind: K }>;
}

/** Frames over a socket, one answer to each request. */
class FrameSocket {
  readonly #socket: Socket;
  readonly #stream = new PairingStream();
  readonly #arrived: PairingFrame[] = [];
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new IoError('the lock closed the pairing connection')));
  }

  async exchange(frame: PairingFrame): Promise<PairingFrame> {
    this.#socket.write(encodePairingFrame(frame));
    const timer = setTimeout(() => this.#fail(new IoError('the lock does not answer')), ANSWER_MS_MAX);
    try {
      for (;;) {
        const next = this.#arrived.shift();
        if (next !== undefined) return next;
        if (this.#failure !== undefined) throw this.#failure;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    try {
      for (const body of this.#stream.feed(Uint8Array.from(bytes)))
        this.#arrived.push(decodePairingFrame(body));
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new IoError(String(error));
    }
    this.#wake?.();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }
}
