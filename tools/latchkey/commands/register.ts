import type { Command } from 'commander';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { parseHex } from '../../../firmware/protocol/hex.js';
import { openChain } from '../chain-link.js';
import { chosenLock } from '../chosen-lock.js';
import { openKey } from '../key-ring.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { askPairingSecret, inPairingSession, type PairingFlags } from '../pairing-session.js';
import { type Consent, registerLock } from '../registration.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';
import { consentOf } from './pair.js';

type RegisterFlags = Partial<PairingFlags>;

/** `register`: puts a paired lock on the chain, by the device's consent and the owner's transaction. */
export const addRegister: AddCommand = (program, io) => {
  program
    .command('register')
    .description('registers a paired lock on the chain for your key')
    .option('--at <endpoint>', "the lock's pairing endpoint: needed an hour after pairing")
    .option('--secret-file <file>', 'its first line is the code of the lock; else it is asked for')
    .addHelpText('after', examples('latchkey register --lock front-door'))
    .action((flags: RegisterFlags, command: Command) => register(openTool(io, command), flags));
};

async function register(tool: Tool, flags: RegisterFlags): Promise<void> {
  const lock = chosenLock(tool);
  const chain = await openChain(tool, lock);
  const account = await openKey(tool);
  const consent = await consentFor(tool, flags, parseHex(lock.address, 20), lock.record?.consent);
  await registerLock(tool, chain, account, lock, consent);
}

/** The consent of the pairing while it lasts, else a new one from the lock. */
async function consentFor(
  tool: Tool,
  { at, secretFile }: RegisterFlags,
  lock20: Uint8Array,
  kept: Consent | undefined,
): Promise<Consent> {
  if (at !== undefined) {
    const flags = { at, ...(secretFile !== undefined && { secretFile }) };
    const secret16 = await askPairingSecret(tool, flags);
    return inPairingSession(tool, flags, secret16, (channel) => {
      if (!equalBytes(channel.lock20, lock20))
        throw new Failure(EXIT_CODES.usage, 'another lock answers there: say --lock, or another --at');
      return consentOf(tool, channel);
    });
  }
  if (kept !== undefined && kept.deadlineSeconds > tool.io.nowUnixMs() / 1_000) return kept;
  throw new Failure(
    EXIT_CODES.usage,
    "the lock's consent is over: press its inside button and say --at 127.0.0.1:PORT",
  );
}
