import { resolve } from 'node:path';
import { IoError } from '../../firmware/protocol/errors.js';
import { REFUSAL_REASONS } from '../../firmware/protocol/refusal.js';
import { readFirstLine } from './files.js';
import { EXIT_CODES, Failure, messageOf } from './owner/failure.js';
import { type PairingChannel, withLock } from './owner/pairing-client.js';
import { parsePairingSecret } from './owner/pairing-code.js';
import { refusalWords } from './refusal-words.js';
import type { Tool } from './tool.js';

export interface PairingFlags {
  /** 127.0.0.1:PORT */
  readonly at: string;
  readonly secretFile?: string;
}

/** How long somebody may take to the inside button. */
const BUTTON_MS_MAX = 120_000;
const BETWEEN_TRIES_MS = 500;

/** The lock's printed secret: from a file, or typed or scanned at a question; never from the command line. */
export async function askPairingSecret(
  { io }: Tool,
  { secretFile }: Pick<PairingFlags, 'secretFile'>,
): Promise<Uint8Array> {
  const text =
    secretFile === undefined
      ? await io.prompt.secret('The code of the lock, typed or scanned (not shown)')
      : readFirstLine(resolve(io.cwd, secretFile), 'the file of the pairing secret');
  return parsePairingSecret(text);
}

/**
 * Opens a session with the lock and works in it. While nobody has pressed the inside button, it asks again.
 * @throws Failure `failed` where the lock refuses, in plain words; `network` where none answers
 */
export async function inPairingSession<T>(
  { io, output }: Tool,
  flags: PairingFlags,
  secret16: Uint8Array,
  work: (channel: PairingChannel) => Promise<T>,
): Promise<T> {
  const port = portOf(flags.at);
  const endMs = io.nowUnixMs() + BUTTON_MS_MAX;
  let isOpen = false;
  for (;;) {
    try {
      return await withLock({ port, secret16 }, (channel) => {
        isOpen = true;
        output.endProgress();
        return work(channel);
      });
    } catch (error) {
      const isClosed = !isOpen && error instanceof IoError && error.message.includes('pairing-closed');
      if (!isClosed || io.nowUnixMs() >= endMs || io.signal?.aborted) throw explain(error, flags.at);
    }
    output.progress("press the lock's inside button");
    await io.sleep(BETWEEN_TRIES_MS);
  }
}

function portOf(at: string): number {
  const [, port] = /^(?:(?:127\.0\.0\.1|localhost):)?([1-9][0-9]{0,4})$/.exec(at) ?? [];
  if (port !== undefined && Number(port) < 65_536) return Number(port);
  // Nothing is encrypted there: the Wi-Fi's password would cross the network in plain.
  throw new Failure(
    EXIT_CODES.usage,
    `"${at}" is no pairing endpoint: expected 127.0.0.1:PORT on this computer; for a board see npm run esp32`,
  );
}

function explain(error: unknown, at: string): Error {
  if (error instanceof Failure || !(error instanceof Error)) return error as Error;
  const [, code] = /refused pairing: ([a-z-]+)/.exec(error.message) ?? [];
  const reason = REFUSAL_REASONS.find((name) => name === code);
  if (reason !== undefined)
    return new Failure(EXIT_CODES.failed, `the lock refuses: ${refusalWords(reason)}`);
  if ((error as { code?: unknown }).code === 'ECONNREFUSED')
    return new Failure(EXIT_CODES.network, `no lock answers at ${at}: is it running, is the port right?`);
  return new Failure(EXIT_CODES.network, `pairing at ${at} failed: ${messageOf(error)}`);
}
