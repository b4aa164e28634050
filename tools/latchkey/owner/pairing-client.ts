import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { expectFrame, PairingClient } from '../../../firmware/crypto/pairing-client.js';
import { IoError } from '../../../firmware/protocol/errors.js';
import type { LockSettings, PairingFrame } from '../../../firmware/protocol/pairing.js';

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
  const client = new PairingClient(createNobleEngine(), secret16, Uint8Array.from(randomBytes(16)));
  const { lock20, publicKey33, paired } = await frames.open(client);
  return {
    lock20,
    publicKey33,
    paired,
    ask: async (request, expected) => expectFrame(await frames.ask(client.seal(request)), expected),
  };
}

type Greeting = Extract<PairingFrame, { kind: 'greeting' }>;

/** A session over a socket, one answer to each request. */
class FrameSocket {
  readonly #socket: Socket;
  readonly #arrived: PairingFrame[] = [];
  #client: PairingClient | undefined;
  #greeting: Greeting | undefined;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#take(Uint8Array.from(bytes)));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new IoError('the lock closed the pairing connection')));
  }

  open(client: PairingClient): Promise<Greeting> {
    this.#client = client;
    this.#socket.write(client.hello());
    return this.#wait(() => this.#greeting);
  }

  ask(sealed: Uint8Array): Promise<PairingFrame> {
    this.#socket.write(sealed);
    return this.#wait(() => this.#arrived.shift());
  }

  close(): void {
    this.#socket.destroy();
  }

  async #wait<T>(take: () => T | undefined): Promise<T> {
    const timer = setTimeout(() => this.#fail(new IoError('the lock does not answer')), ANSWER_MS_MAX);
    try {
      for (;;) {
        const next = take();
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

  #take(bytes: Uint8Array): void {
    try {
      for (const event of this.#client?.receive(bytes) ?? []) {
        if (event.kind === 'send') this.#socket.write(event.bytes);
        else if (event.kind === 'open') this.#greeting = event.greeting;
        else this.#arrived.push(event.frame);
      }
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
