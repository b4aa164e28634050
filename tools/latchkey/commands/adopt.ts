import type { Command } from 'commander';
import type { Address, Hex, LocalAccount } from 'viem';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { personWords } from '../address-book.js';
import { fingerprint } from '../address-text.js';
import { type ChainLink, openChain } from '../chain-link.js';
import { type ChosenLock, chosenLock } from '../chosen-lock.js';
import { checkName } from '../config.js';
import { isHash } from '../explanation.js';
import { openKey } from '../key-ring.js';
import { LockReports } from '../lock-reports.js';
import { type AdoptedLock, adoptIn } from '../owner/adoption-client.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import type { LockState } from '../owner/wallet.js';
import { askPairingSecret, inPairingSession, type PairingFlags } from '../pairing-session.js';
import { domainOf, fetchTransaction } from '../registry-history.js';
import { expectLockState } from '../registry-state.js';
import { digestSigner } from '../sign-digest.js';
import { durationWords } from '../time-text.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

interface AdoptFlags extends PairingFlags {
  readonly handover?: string;
  readonly name?: string;
}

/** `adopt`: asks a paired lock, whose token is yours by other means than a handover, to obey you. */
export const addAdopt: AddCommand = (program, io) => {
  program
    .command('adopt')
    .description(
      'asks a lock that you bought and stand beside to obey you, where its owner handed nothing over',
    )
    .requiredOption('--at <endpoint>', "the lock's pairing endpoint, 127.0.0.1:PORT")
    .option('--secret-file <file>', 'its first line is the code of the lock; else it is asked for')
    .option('--handover <tx>', 'hash of a handover to you by its owner, late or not: then it obeys at once')
    .option('--name <name>', 'what to call the lock, where latchkey.json does not hold it yet')
    .addHelpText(
      'after',
      `${examples('latchkey adopt --lock 0x49c5…0403 --at 127.0.0.1:4711 --name front-door')}
The lock waits for 24 hours in which its reports were delivered. Until then its owner of now can stop it (latchkey refuse).`,
    )
    .action((flags: AdoptFlags, command: Command) => adopt(openTool(io, command), flags));
};

async function adopt(tool: Tool, flags: AdoptFlags): Promise<void> {
  const { output } = tool;
  if (flags.name !== undefined) checkName(flags.name, 'lock');
  const lock = chosenLock(tool);
  const chain = await openChain(tool, lock);
  const state = await expectLockState(chain, lock);
  await expectSold(lock, state);
  const handover = flags.handover === undefined ? undefined : await readHandover(chain, flags.handover);
  const account = await openKey(tool);
  const owner = account.address.toLowerCase() as Address;
  await expectYes(tool, lock, state, owner);
  const secret16 = await askPairingSecret(tool, flags);
  const adopted = await inPairingSession(tool, flags, secret16, (channel) => {
    if (!equalBytes(channel.lock20, parseHex(lock.address, 20)))
      throw new Failure(
        EXIT_CODES.usage,
        `another lock than ${lock.name} answers there: say --lock, or another --at`,
      );
    return adoptIn(channel, {
      owner20: parseHex(owner, 20),
      epoch: state.epoch,
      domain: domainOf(chain, lock),
      sign: digestSigner(account as LocalAccount),
      ...(handover !== undefined && { handover }),
    });
  });
  const name = remember(tool, chain, lock, flags.name);
  tell(tool, lock, name, owner, adopted);
  output.endProgress();
}

function tell({ output }: Tool, lock: ChosenLock, name: string, owner: Address, adopted: AdoptedLock): void {
  const { epoch, waitSeconds, challenge16 } = adopted;
  output.result(
    {
      event: waitSeconds === 0 ? 'adopted' : 'adopting',
      lock: lock.address,
      owner,
      epoch,
      waitSeconds,
      challenge: formatHex(challenge16),
    },
    waitSeconds === 0
      ? [`${name} obeys ${owner} now, in epoch ${epoch}`]
      : [
          `${name} will obey ${owner}, in epoch ${epoch}, after ${durationWords(waitSeconds)} with delivered reports`,
          'until then its owner of now can stop it; latchkey status shows the time that is left',
        ],
  );
}

/** A lock that latchkey.json does not hold is kept under the name that was said. */
function remember({ config }: Tool, chain: ChainLink, lock: ChosenLock, name: string | undefined): string {
  if (name === undefined || lock.record !== undefined) return lock.name;
  const { address, registry, startBlock, reports } = lock;
  const { chainId } = chain;
  config.rememberLock(name, {
    address,
    registry,
    chainId,
    startBlock,
    ...(reports !== undefined && { reports }),
  });
  return name;
}

/** The lock takes a later epoch alone; where its reports are here that is known before anything is signed. */
async function expectSold(lock: ChosenLock, { epoch }: LockState): Promise<void> {
  const reports = LockReports.of(lock);
  await reports?.refresh();
  const last = reports?.last;
  if (last !== undefined && epoch <= last.epoch)
    throw new Failure(
      EXIT_CODES.failed,
      `the registry is in epoch ${epoch}, as the lock is (report #${last.seq}): the token has not changed hands since`,
    );
}

async function readHandover(chain: ChainLink, tx: string): Promise<unknown> {
  const json = isHash(tx) ? await fetchTransaction(chain, tx.toLowerCase() as Hex) : null;
  if (json !== null) return json;
  throw new Failure(EXIT_CODES.failed, `the node knows no transaction ${tx}: say the hash of the handover`);
}

async function expectYes(
  tool: Tool,
  { name, address }: ChosenLock,
  { owner, epoch }: LockState,
  wanted: Address,
): Promise<void> {
  const { output, flags, io } = tool;
  output.note(`lock      ${name}, ${fingerprint(address)}`);
  output.note(`new owner ${fingerprint(wanted)}, epoch ${epoch}`);
  if (owner !== wanted)
    output.note(
      `the registry names ${personWords(tool, owner)} as its owner, not this key: a key that signs for it?`,
    );
  if (flags.yes !== true && !(await io.prompt.confirm('Ask the lock to obey this key?')))
    throw new Failure(EXIT_CODES.failed, 'nothing was signed');
}
