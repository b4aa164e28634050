import { randomBytes } from 'node:crypto';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { expectFrame, PairingClient, type PairingEvent } from '../../firmware/crypto/pairing-client.js';
import { DecodeError, IoError } from '../../firmware/protocol/errors.js';
import type { LockSettings, PairingFrame } from '../../firmware/protocol/pairing.js';
import { type ByteStream, Inbox } from './byte-stream.js';

export interface ConfigureOptions {
  readonly secret16: Uint8Array;
  readonly settings: LockSettings;
  /** 20-byte address of the signing key to pin; a lock that has an owner keeps its own. */
  readonly owner20: Uint8Array;
  readonly nowSeconds: number;
  /** What comes until the stream was quiet for this long is thrown away: a board prints when its port is opened. */
  readonly quietMs?: number;
  /** How long somebody may take to press the inside button, milliseconds. */
  readonly buttonMsMax?: number;
  /** Told while the lock waits for its button. */
  readonly onWaiting?: () => void;
}

export interface ConfiguredLock {
  readonly lock20: Uint8Array;
  /** Whether this session pinned the owner; otherwise it only changed settings. */
  readonly isNew: boolean;
  readonly epoch: number | undefined;
  /** The device's consent to be registered, r, s, v; until `deadlineSeconds`. */
  readonly registrationSignature65: Uint8Array;
  readonly deadlineSeconds: number;
}

type Greeting = Extract<PairingFrame, { kind: 'greeting' }>;

const ANSWER_MS_MAX = 10_000;
const BUTTON_MS_MAX_DEFAULT = 120_000;
const BETWEEN_TRIES_MS = 1_000;
const QUIET_MS = 250;
/** The contract refuses a deadline over an hour ahead. */
const REGISTRATION_SECONDS = 3_500;

/**
 * Pairs a lock, or changes the settings of one that is paired, over any byte stream.
 * @throws IoError where the lock refuses, is another one, or nobody presses its button
 * @see PROTOCOL.md section 1.1
 */
export async function configureLock(stream: ByteStream, options: ConfigureOptions): Promise<ConfiguredLock> {
  try {
    const session = await openSession(new Inbox(stream), options);
    const { lock20, paired } = session.greeting;
    const epoch = paired ? await change(session, options) : await pair(session, options);
    const deadlineSeconds = options.nowSeconds + REGISTRATION_SECONDS;
    const { signature65 } = await session.ask({ kind: 'register', deadlineSeconds }, 'registration');
    return { lock20, isNew: !paired, epoch, registrationSignature65: signature65, deadlineSeconds };
  } finally {
    stream.close();
  }
}

async function pair(session: Session, options: ConfigureOptions): Promise<number> {
  const { owner20: owner, settings, nowSeconds: ownerUnixSeconds } = options;
  const { epoch } = await session.ask({ kind: 'pair', owner, ownerUnixSeconds, settings }, 'paired');
  return epoch;
}

async function change(session: Session, { settings }: ConfigureOptions): Promise<undefined> {
  await session.ask({ kind: 'configure', settings }, 'configured');
  return undefined;
}

class Session {
  readonly greeting: Greeting;
  readonly #inbox: Inbox;
  readonly #client: PairingClient;

  constructor(inbox: Inbox, client: PairingClient, greeting: Greeting) {
    this.#inbox = inbox;
    this.#client = client;
    this.greeting = greeting;
  }

  async ask<K extends PairingFrame['kind']>(
    request: PairingFrame,
    expected: K,
  ): Promise<Extract<PairingFrame, { kind: K }>> {
    this.#inbox.write(this.#client.seal(request));
    const event = await nextEvent(this.#inbox, this.#client, 'answer');
    return expectFrame(event.frame, expected);
  }
}

/** A lock whose button was not pressed yet says so and closes: it is asked again until it was. */
async function openSession(inbox: Inbox, options: ConfigureOptions): Promise<Session> {
  const engine = createNobleEngine();
  const endMs = Date.now() + (options.buttonMsMax ?? BUTTON_MS_MAX_DEFAULT);
  if (options.quietMs !== undefined) await inbox.drain(options.quietMs);
  for (;;) {
    const client = new PairingClient(engine, options.secret16, Uint8Array.from(randomBytes(16)));
    inbox.write(client.hello());
    try {
      const { greeting } = await nextEvent(inbox, client, 'open');
      return new Session(inbox, client, greeting);
    } catch (error) {
      if (!isWorthAnotherTry(error) || Date.now() >= endMs) throw error;
    }
    options.onWaiting?.();
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    await inbox.drain(QUIET_MS);
  }
}

/** Not pressed yet, still starting, or a line of the boot loader in between; a wrong secret is none of these. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof DecodeError) return true;
  return error instanceof IoError && /pairing-closed|does not answer|pairing-frame/.test(error.message);
}

async function nextEvent<K extends 'open' | 'answer'>(
  inbox: Inbox,
  client: PairingClient,
  kind: K,
): Promise<Extract<PairingEvent, { kind: K }>> {
  const endMs = Date.now() + ANSWER_MS_MAX;
  for (;;) {
    const bytes = await inbox.next(Math.max(1, endMs - Date.now()));
    if (bytes === undefined) throw new IoError('the lock does not answer');
    for (const event of client.receive(bytes)) {
      if (event.kind === 'send') inbox.write(event.bytes);
      else if (event.kind === kind) return event as Extract<PairingEvent, { kind: K }>;
    }
  }
}
