import type { Command } from 'commander';
import type { Address, Hex } from 'viem';
import { decodeCommand } from '../../../firmware/protocol/command.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { HANDOVER_COMMAND } from '../../../firmware/protocol/report.js';
import { findPerson, personWords } from '../address-book.js';
import { fingerprint } from '../address-text.js';
import { awaitReceipt } from '../await-receipt.js';
import { openChain } from '../chain-link.js';
import { type ChosenLock, chosenLock } from '../chosen-lock.js';
import { openKey } from '../key-ring.js';
import { LockReports } from '../lock-reports.js';
import { lockZone } from '../lock-zone.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { handoverCall } from '../owner/registry-calls.js';
import { refusalWords } from '../refusal-words.js';
import { expectLockState } from '../registry-state.js';
import { sendCall } from '../send-call.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';
import { parseWait } from '../wait-option.js';
import { formatMoment } from '../zone.js';

const DAYS_DEFAULT = 30;
const DAYS_MAX = 366;
/** Transfers that a lock has not heard of. */
const EPOCHS_APART_MAX = 64;

interface HandoverFlags {
  readonly days: string;
  readonly wait?: string;
}

/** `handover`: gives the lock to another owner. */
export const addHandover: AddCommand = (program, io) => {
  program
    .command('handover')
    .description(
      'gives the lock to another owner: all guests and your own rights end; to yourself, it revokes all',
    )
    .argument('<to>', 'address of the new owner, or a name')
    .option('--days <n>', 'how long the lock may take to hear of it', String(DAYS_DEFAULT))
    .option('--wait <seconds>', 'how long to wait for the report that names the new owner')
    .addHelpText('after', examples('latchkey handover 0x7099…79C8', 'latchkey handover anna --days 7 --yes'))
    .action((to: string, flags: HandoverFlags, command: Command) => {
      const tool = openTool(io, command);
      return handOver(tool, findPerson(tool, to), flags);
    });
};

async function handOver(tool: Tool, to: Address, flags: HandoverFlags): Promise<void> {
  const { io, output } = tool;
  const waitSeconds = parseWait(flags.wait);
  const notAfterSeconds = Math.floor(io.nowUnixMs() / 1_000) + parseDays(flags.days) * 86_400;
  const lock = chosenLock(tool);
  const reports = LockReports.of(lock);
  const chain = await openChain(tool, lock);
  const state = await expectLockState(chain, lock);
  await reports?.refresh();
  if (reports?.last === undefined)
    output.note(`no report of the lock is here: it is taken to be in the registry's epoch, ${state.epoch}`);
  const epoch = reports?.last?.epoch ?? state.epoch;
  const newEpoch = epochAfter(state.epoch, epoch);
  const account = await openKey(tool);
  if (account.address.toLowerCase() !== state.owner)
    throw new Failure(
      EXIT_CODES.failed,
      `${account.address} is not the owner of ${lock.name}: say the owner's key with --key`,
    );
  await expectYes(tool, lock, to, state.owner === to);
  const sent = await sendCall(tool, chain, account, {
    kind: 'handover',
    lock,
    encode: () => {
      const data = handoverCall(lock.address, to, { epoch, newEpoch, notAfterSeconds });
      return { data, notAfterSeconds };
    },
    describe: (data) => describeHandover(tool, lock, data),
  });
  const subject = { lock: lock.address, to, epoch: newEpoch, tx: sent.hash };
  output.result({ event: 'sent', ...subject });
  const { report, tookMs } = await awaitReceipt(tool, chain, sent, reports, {
    command: HANDOVER_COMMAND,
    waitSeconds,
  });
  const reason = report.lastCommand?.reason ?? 'none';
  if (reason !== 'none')
    throw new Failure(
      EXIT_CODES.failed,
      `the lock refused it: ${refusalWords(reason)} (report #${report.seq})`,
    );
  const owner = report.owner === undefined ? undefined : formatHex(report.owner);
  if (owner !== to)
    throw new Failure(
      EXIT_CODES.failed,
      `the lock's report #${report.seq} names ${owner ?? 'nobody'} as its owner, not ${to}: do not pay yet`,
    );
  output.result({ event: 'handed-over', ...subject, owner, seq: report.seq, tookMs }, [
    `${lock.name} names ${personWords(tool, to)} as its owner, in epoch ${report.epoch}: report #${report.seq}, signed by the lock`,
  ]);
}

/**
 * The epoch of the new owner. A lock obeys it however far it lies ahead, and there is none behind the last: a node that
 * lies about the registry's could make this handover the last one ever.
 * @param lockEpoch - as the lock's last report has it
 * @throws Failure where the two lie further apart than transfers bring about
 */
export function epochAfter(registryEpoch: number, lockEpoch: number): number {
  if (registryEpoch - lockEpoch <= EPOCHS_APART_MAX) return registryEpoch + 1;
  throw new Failure(
    EXIT_CODES.network,
    `the node says that the registry is in epoch ${registryEpoch}, the lock is in ${lockEpoch}: nothing was signed, say another --rpc`,
  );
}

/** Read back from the bytes that are about to be signed. */
function describeHandover(tool: Tool, lock: ChosenLock, data: Hex): readonly string[] {
  const command = decodeCommand(parseHex(data), parseHex(lock.address, 20));
  if (command.kind !== 'handover') throw new RangeError(`describeHandover: a ${command.kind}`);
  const { to, epoch, newEpoch, notAfterSeconds } = command;
  return [
    `handover  of ${lock.name}, ${lock.address}`,
    `to        ${formatHex(to)}, ${personWords(tool, formatHex(to))}`,
    `epoch     ${epoch} to ${newEpoch}, good until ${formatMoment(notAfterSeconds, lockZone(tool, lock))}`,
  ];
}

async function expectYes(
  { io, output, flags }: Tool,
  lock: ChosenLock,
  to: Address,
  isToOneself: boolean,
): Promise<void> {
  output.note(
    isToOneself
      ? `this revokes every guest of ${lock.name}; you stay its owner`
      : `this gives ${lock.name} away: you and all your guests lose it, and only the new owner could give it back`,
  );
  output.note(`new owner ${fingerprint(to)}`);
  if (flags.yes !== true && !(await io.prompt.confirm(isToOneself ? 'Revoke them all?' : 'Give it away?')))
    throw new Failure(EXIT_CODES.failed, 'nothing was signed');
}

function parseDays(text: string): number {
  const days = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= DAYS_MAX) return days;
  throw new Failure(EXIT_CODES.usage, `--days takes 1 to ${DAYS_MAX}; found "${text}"`);
}
