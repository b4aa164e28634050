import type { Command } from 'commander';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import type { Report } from '../../../firmware/protocol/report.js';
import { personWords } from '../address-book.js';
import { type ChainLink, openChain } from '../chain-link.js';
import { chainWords } from '../chains.js';
import { type ChosenLock, chosenLock } from '../chosen-lock.js';
import { readGuests } from '../guest-list.js';
import { LockReports } from '../lock-reports.js';
import { nameBook } from '../name-book.js';
import { commandWords } from '../order-words.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import type { LockState } from '../owner/wallet.js';
import { expectLockState } from '../registry-state.js';
import { alarmWords, lastCommandWords, modeWords, reportObject } from '../report-words.js';
import { durationWords, moment } from '../time-text.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

const HEARTBEAT_MINUTES_DEFAULT = 15;
/** After so many missed heartbeats a lock counts as stale. */
const HEARTBEATS_MISSED_MAX = 2;

/** `status`: the owner's wish, what the lock last signed, and where the two differ. */
export const addStatus: AddCommand = (program, io) => {
  program
    .command('status')
    .description(
      "shows the registry's word, the lock's last signed report, and what the lock has not applied yet",
    )
    .addHelpText('after', examples('latchkey status --lock front-door', 'latchkey status --json'))
    .action((_flags, command: Command) => status(openTool(io, command)));
};

async function status(tool: Tool): Promise<void> {
  const { output } = tool;
  const lock = chosenLock(tool);
  const reports = LockReports.of(lock);
  await reports?.refresh();
  const report = reports?.last;
  const word = await registryWord(tool, lock, report);
  const isSilent = word instanceof Failure;
  const isStale = isReportStale(tool, lock, report);
  output.result(
    {
      event: 'status',
      name: lock.name,
      lock: lock.address,
      registry: lock.registry,
      chainId: isSilent ? (lock.chainId ?? null) : word.chainId,
      wish: isSilent ? null : { ...word.state, words: commandWords(word.state.action) },
      report: report === undefined ? null : reportObject(report),
      notYetApplied: isSilent ? null : word.differences,
      stale: isStale,
      badReports: reports?.problems ?? [],
    },
    [
      `lock      ${lock.name}, ${lock.address}`,
      ...(isSilent
        ? [
            `registry  ${lock.registry}; no node tells of it now, so what the lock has not applied yet is not known`,
          ]
        : registryLines(tool, lock, word)),
      ...(report === undefined ? [noReport(reports)] : reportLines(tool, report)),
      ...(isStale ? ['stale     two heartbeats are missing: has it power and network?'] : []),
      ...(isSilent ? [] : word.differences).map((difference) => `not yet applied: ${difference}`),
      ...(reports?.problems ?? []).map((problem) => `a bad report: ${problem}`),
    ],
  );
  if (isSilent) throw word;
}

/** What the chain says, and how the lock's report differs from it. */
interface RegistryWord {
  readonly chainId: number;
  readonly state: LockState;
  readonly differences: readonly string[];
}

/** @returns the failure where no node tells: what the lock has signed is worth showing without one */
async function registryWord(
  tool: Tool,
  lock: ChosenLock,
  report: Report | undefined,
): Promise<RegistryWord | Failure> {
  try {
    const chain = await openChain(tool, lock);
    const state = await expectLockState(chain, lock);
    const differences = report === undefined ? [] : await differencesOf(tool, chain, lock, state, report);
    return { chainId: chain.chainId, state, differences };
  } catch (error) {
    if (error instanceof Failure && error.exitCode === EXIT_CODES.network) return error;
    throw error;
  }
}

function registryLines(
  tool: Tool,
  { registry }: ChosenLock,
  { chainId, state: { owner, epoch, action, notAfterSeconds } }: RegistryWord,
): readonly string[] {
  const { timeZone, nowUnixMs } = tool.io;
  const wish =
    action === 0
      ? 'none yet'
      : `${commandWords(action)}, good until ${moment(notAfterSeconds, timeZone, nowUnixMs())}`;
  return [
    `registry  ${registry} on ${chainWords(chainId)}`,
    `owner     ${nameBook(tool)(owner)} (${owner}), epoch ${epoch}`,
    `wish      ${wish}`,
  ];
}

function noReport(reports: LockReports | undefined): string {
  return reports === undefined
    ? 'report    no place of reports is known: say --reports FILE or URL'
    : `report    none yet in ${reports.name}`;
}

function reportLines(tool: Tool, report: Report): readonly string[] {
  const { timeZone, nowUnixMs } = tool.io;
  const {
    seq,
    bolt,
    door,
    issuedAtSeconds,
    batteryMilliVolts,
    alarms,
    modes = 0,
    lastCommand,
    adoption,
  } = report;
  const when =
    issuedAtSeconds === undefined
      ? 'when it had no clock'
      : `${moment(issuedAtSeconds, timeZone, nowUnixMs())}, ${durationWords(Math.max(0, Math.floor(nowUnixMs() / 1_000) - issuedAtSeconds))} ago`;
  const lines = [`report    #${seq}, signed by the lock, ${when}`, `bolt      ${bolt}`, `door      ${door}`];
  if (lastCommand) lines.push(`last      ${lastCommandWords(lastCommand, nameBook(tool))}`);
  if (batteryMilliVolts !== undefined) lines.push(`battery   ${(batteryMilliVolts / 1_000).toFixed(2)} V`);
  if (adoption !== undefined)
    lines.push(
      `adoption  ${personWords(tool, formatHex(adoption.owner))} asks to become the owner, epoch ${adoption.epoch}: ${durationWords(adoption.waitSeconds)} with delivered reports are left; latchkey refuse stops it`,
    );
  lines.push(
    `modes     ${modeWords(modes).join(', ') || 'normal'}`,
    `alarms    ${alarmWords(alarms).join('; ') || 'none'}`,
  );
  return lines;
}

/** What the lock's report says of owner, epoch and guests that the chain says otherwise. */
async function differencesOf(
  tool: Tool,
  chain: ChainLink,
  lock: ChosenLock,
  state: LockState,
  report: Report,
): Promise<readonly string[]> {
  const owner = report.owner === undefined ? undefined : formatHex(report.owner);
  const differences: string[] = [];
  if (owner === undefined) differences.push('the lock is not paired');
  else if (owner !== state.owner)
    differences.push(`the lock obeys ${owner}; the registry names ${state.owner}`);
  if (report.epoch !== state.epoch)
    differences.push(`the lock is in epoch ${report.epoch}, the registry in ${state.epoch}`);
  const engine = guardEngine(createNobleEngine());
  const { progress, notAppliedCount } = await readGuests(tool, engine, chain, lock, state, report);
  if (notAppliedCount > 0)
    differences.push(
      `the last ${notAppliedCount === 1 ? 'grant or revocation' : `${notAppliedCount} grants or revocations`}`,
    );
  else if (progress?.kind === 'differs' && progress.what === 'guests')
    differences.push("the lock's list of guests is none that the chain's signed grants give");
  return differences;
}

function isReportStale({ io }: Tool, { record }: ChosenLock, report: Report | undefined): boolean {
  if (report?.issuedAtSeconds === undefined) return false;
  const minutes = Number(record?.settings?.['heartbeat'] ?? HEARTBEAT_MINUTES_DEFAULT);
  return io.nowUnixMs() / 1_000 - report.issuedAtSeconds > HEARTBEATS_MISSED_MAX * minutes * 60;
}
