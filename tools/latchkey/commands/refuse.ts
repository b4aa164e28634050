import type { Command } from 'commander';
import type { Hex, LocalAccount } from 'viem';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import type { AdoptionClaim, Report } from '../../../firmware/protocol/report.js';
import { personWords } from '../address-book.js';
import { awaitReceipt } from '../await-receipt.js';
import { openChain } from '../chain-link.js';
import { type ChosenLock, chosenLock } from '../chosen-lock.js';
import { openKey } from '../key-ring.js';
import { LockReports } from '../lock-reports.js';
import { refuseIn, vetoCall } from '../owner/adoption-client.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { askPairingSecret, inPairingSession } from '../pairing-session.js';
import { domainOf } from '../registry-history.js';
import { sendCall } from '../send-call.js';
import { digestSigner } from '../sign-digest.js';
import { durationWords } from '../time-text.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';
import { parseWait } from '../wait-option.js';

interface RefuseFlags {
  readonly at?: string;
  readonly secretFile?: string;
  readonly wait?: string;
}

/** `refuse`: the owner's veto against somebody who asks the lock to obey them. */
export const addRefuse: AddCommand = (program, io) => {
  program
    .command('refuse')
    .description('stops somebody who asks your lock to become its owner: your veto, from afar or beside it')
    .option(
      '--at <endpoint>',
      'beside the lock: its pairing endpoint, 127.0.0.1:PORT; else through the registry',
    )
    .option('--secret-file <file>', 'its first line is the code of the lock; else it is asked for')
    .option('--wait <seconds>', 'how long to wait for the report that it is stopped')
    .addHelpText(
      'after',
      examples('latchkey refuse', 'latchkey refuse --lock front-door --at 127.0.0.1:4711'),
    )
    .action((flags: RefuseFlags, command: Command) => refuse(openTool(io, command), flags));
};

async function refuse(tool: Tool, flags: RefuseFlags): Promise<void> {
  const { output } = tool;
  const waitSeconds = parseWait(flags.wait);
  const lock = chosenLock(tool);
  const reports = LockReports.of(lock);
  if (reports === undefined)
    throw new Failure(EXIT_CODES.usage, 'no place of reports is known: say --reports FILE or URL');
  await reports.refresh();
  const adoption = waitingAdoption(lock, reports.last);
  const pinned = reports.last?.owner;
  const chain = await openChain(tool, lock);
  const account = await openKey(tool);
  if (pinned === undefined || !equalBytes(pinned, parseHex(account.address.toLowerCase(), 20)))
    throw new Failure(
      EXIT_CODES.failed,
      `${lock.name} obeys ${pinned === undefined ? 'nobody' : formatHex(pinned)}, not ${account.address}: say its owner's key with --key`,
    );
  output.note(
    `refused   ${personWords(tool, formatHex(adoption.owner))}, who asks for epoch ${adoption.epoch}`,
  );
  output.note(`left      ${durationWords(adoption.waitSeconds)} with delivered reports`);
  const signer = { domain: domainOf(chain, lock), sign: digestSigner(account as LocalAccount) };
  const { challenge16 } = adoption;
  if (flags.at !== undefined) {
    const place = { at: flags.at, ...(flags.secretFile !== undefined && { secretFile: flags.secretFile }) };
    const secret16 = await askPairingSecret(tool, place);
    await inPairingSession(tool, place, secret16, (channel) => refuseIn(channel, signer, challenge16));
    output.result({ event: 'stopped', lock: lock.address, owner: formatHex(pinned) }, [
      `${lock.name} stays with you: it has taken your veto`,
    ]);
    return;
  }
  const data = formatHex(await vetoCall(signer, parseHex(lock.address, 20), challenge16)) as Hex;
  const sent = await sendCall(tool, chain, account, {
    kind: 'post',
    lock,
    encode: () => ({ data }),
    describe: () => [`veto      posted for ${lock.name}, ${lock.address}`],
  });
  output.result({ event: 'sent', lock: lock.address, tx: sent.hash });
  const { report } = await awaitReceipt(tool, chain, sent, reports, {
    command: ({ adoption: waiting }) => waiting === undefined,
    waitSeconds,
  });
  if (report.owner === undefined || !equalBytes(report.owner, pinned))
    throw new Failure(EXIT_CODES.failed, `too late: the lock's report #${report.seq} names another owner`);
  output.result({ event: 'stopped', lock: lock.address, owner: formatHex(pinned), seq: report.seq }, [
    `${lock.name} stays with you: report #${report.seq}, signed by the lock`,
  ]);
}

/** @throws Failure where nobody asks */
function waitingAdoption({ name }: ChosenLock, last: Report | undefined): AdoptionClaim {
  if (last?.adoption !== undefined) return last.adoption;
  throw new Failure(
    EXIT_CODES.failed,
    last === undefined
      ? `no report of ${name} is here: say --reports FILE or URL`
      : `nobody asks to become the owner of ${name}: its report #${last.seq} names none`,
  );
}
