import type { Command as CliCommand } from 'commander';
import type { Address } from 'viem';
import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import type { Command } from '../../../firmware/protocol/command.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { GRANT_COMMAND, HANDOVER_COMMAND, type Report } from '../../../firmware/protocol/report.js';
import { findPerson, nameOf, personNamer } from '../address-book.js';
import { openChain } from '../chain-link.js';
import { type ChosenLock, chosenLock } from '../chosen-lock.js';
import { lockZone } from '../lock-zone.js';
import { wordsOf } from '../log-words.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { readHistory } from '../registry-history.js';
import { annotateReports, type LogLine, type LogProblem } from '../report-log.js';
import { openReportSource } from '../report-source.js';
import { alarmWords } from '../report-words.js';
import { commandFinder } from '../told-commands.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';
import { parseMoment, type Zone } from '../zone.js';

interface LogFlags {
  readonly since?: string;
  readonly guest?: string;
  readonly heartbeats?: boolean;
  readonly offline?: boolean;
}

/** `log`: who opened, when and how, every line verified. */
export const addLog: AddCommand = (program, io) => {
  program
    .command('log')
    .description('tells who opened, when and how: each line signed by the lock and linked to the one before')
    .option('--since <time>', '"2026-12-01 10:00", 2026-12-01, or -3d, -2h')
    .option('--guest <who>', 'only what this address or name did')
    .option('--heartbeats', 'also the heartbeats')
    .option('--offline', 'ask no node: grants and revocations then name nobody')
    .addHelpText(
      'after',
      `${examples('latchkey log --since -7d', 'latchkey log --guest anna --json')}
Exit code 1 where something is missing, contradicts itself or is not signed by the lock; such lines are always shown.`,
    )
    .action((flags: LogFlags, command: CliCommand) => showLog(openTool(io, command), flags));
};

async function showLog(tool: Tool, flags: LogFlags): Promise<void> {
  const { io, output } = tool;
  const lock = chosenLock(tool);
  const zone = lockZone(tool, lock);
  const guest = flags.guest === undefined ? undefined : parseHex(findPerson(tool, flags.guest), 20);
  const since = parseSince(flags.since, zone, Math.floor(io.nowUnixMs() / 1_000));
  if (lock.reports === undefined)
    throw new Failure(
      EXIT_CODES.usage,
      `no place of reports is known for ${lock.name}: say --reports FILE or URL`,
    );
  const source = openReportSource(lock.reports);
  const coses: Uint8Array[] = [];
  for await (const cose of source.read()) coses.push(cose);
  if (coses.length > 200) output.progress(`checking ${coses.length} signatures`);
  const engine = guardEngine(createNobleEngine());
  const log = annotateReports(engine, parseHex(lock.address, 20), coses);
  output.endProgress();
  const called = personNamer(tool);
  const lines = visible(log.lines, since).filter(
    (line) => line.kind !== 'report' || isWanted(line, guest, flags.heartbeats === true),
  );
  const find = flags.offline ? undefined : await readCommands(tool, engine, lock, lines);
  for (const line of lines) {
    const command = line.kind === 'report' ? find?.(line.report) : undefined;
    output.item(objectOf(tool, line, command), textOf(line, zone, called, command));
  }
  const { passedOver } = source;
  const isWhole = log.isWhole && passedOver === 0;
  if (passedOver > 0)
    output.item(
      { event: 'unreadable', lines: passedOver },
      `!! ${passedOver} ${passedOver === 1 ? 'line is' : 'lines are'} no report at all`,
    );
  const others = log.otherCount > 0 ? `, ${log.otherCount} of other locks left out` : '';
  const counted = `${log.verifiedCount} reports signed by ${lock.name}${others}`;
  output.result(
    {
      event: 'log',
      lock: lock.address,
      whole: isWhole,
      verified: log.verifiedCount,
      duplicates: log.duplicateCount,
      others: log.otherCount,
      shown: lines.length,
    },
    [isWhole ? `${counted}; from the first on none is missing` : counted],
  );
  if (!isWhole)
    throw new Failure(
      EXIT_CODES.failed,
      `the log of ${lock.name} has gaps or contradictions, marked with !! above: ask whoever kept the reports`,
    );
}

/** The signed commands behind the reports that name a guest by nothing but a nonce. */
async function readCommands(
  tool: Tool,
  engine: CryptoEngine,
  lock: ChosenLock,
  lines: readonly LogLine[],
): Promise<ReturnType<typeof commandFinder> | undefined> {
  const isOfAccess = (line: LogLine) =>
    line.kind === 'report' &&
    isCommand(line.report) &&
    (line.report.lastCommand?.command === GRANT_COMMAND ||
      line.report.lastCommand?.command === HANDOVER_COMMAND);
  if (!lines.some(isOfAccess)) return undefined;
  try {
    const { events } = await readHistory(tool, engine, await openChain(tool, lock), lock, 'access');
    return commandFinder(events);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tool.output.note(`whom grants are for only a node can show (${error.message})`);
    return undefined;
  }
}

/** From the first report of that time on; what no clock dates goes with what stands before it. */
function visible(lines: readonly LogLine[], sinceSeconds: number | undefined): readonly LogLine[] {
  if (sinceSeconds === undefined) return lines;
  const first = lines.findIndex(
    (line) => line.kind === 'report' && (line.report.issuedAtSeconds ?? 0) >= sinceSeconds,
  );
  if (first < 0) return [];
  // A gap right before it may hold what happened since.
  const before = lines[first - 1];
  return lines.slice(before !== undefined && before.kind !== 'report' ? first - 1 : first);
}

function isWanted(
  { report, problems }: Extract<LogLine, { kind: 'report' }>,
  guest: Uint8Array | undefined,
  withHeartbeats: boolean,
): boolean {
  if (problems.length > 0) return true;
  if (guest !== undefined) {
    const by = isCommand(report) ? report.lastCommand?.by : undefined;
    return by !== undefined && equalBytes(by, guest);
  }
  return withHeartbeats || report.cause !== 'heartbeat';
}

/** Later reports repeat the last command; only these two tell of it. */
function isCommand({ cause }: Report): boolean {
  return cause === 'command' || cause === 'refusal';
}

function textOf(
  line: LogLine,
  zone: Zone,
  called: (address: string) => string,
  command: Command | undefined,
): string {
  switch (line.kind) {
    case 'gap': {
      const after = line.afterSeq === undefined ? 'the beginning' : `#${line.afterSeq}`;
      return `!! reports are missing between ${after} and #${line.beforeSeq}`;
    }
    case 'unverifiable':
      return `!! line ${line.index + 1} is not signed by the lock: ${line.problem}`;
    case 'report': {
      const { report, problems } = line;
      const { when, who, what } = wordsOf(report, zone, (by) => called(formatHex(by)), command);
      const text = `#${String(report.seq).padEnd(5)} ${when}  ${who === '' ? '' : `${who}: `}${what}`;
      return [text, ...problems.map((problem) => `!! #${report.seq} ${problemWords(problem)}`)].join('\n');
    }
  }
}

function problemWords(problem: LogProblem): string {
  switch (problem.kind) {
    case 'fork':
      return 'was signed twice with different words: the lock tells two stories';
    case 'rollback': {
      const passed = problem.passedOver.map((seq) => `#${seq}`).join(', ') || 'a missing one';
      return `passes over ${passed}: the lock's memory went back, or never held them`;
    }
    case 'boots-fell':
      return `counts fewer boots than the ${problem.from} that were told before: the lock's memory went back`;
  }
}

function objectOf(tool: Tool, line: LogLine, told: Command | undefined): Readonly<Record<string, unknown>> {
  if (line.kind === 'gap')
    return { event: 'gap', afterSeq: line.afterSeq ?? null, beforeSeq: line.beforeSeq };
  if (line.kind === 'unverifiable')
    return { event: 'unverifiable', line: line.index + 1, problem: line.problem };
  const { report, problems } = line;
  const { cause, lastCommand } = report;
  const by = isCommand(report) && lastCommand ? (formatHex(lastCommand.by) as Address) : undefined;
  return {
    event: 'report',
    seq: report.seq,
    at: report.issuedAtSeconds ?? null,
    boot: report.bootCount,
    cause,
    bolt: report.bolt,
    door: report.door,
    epoch: report.epoch,
    ...(by !== undefined && {
      by,
      name: nameOf(tool, by) ?? null,
      command: lastCommand?.command,
      reason: lastCommand?.reason,
    }),
    ...(told?.kind === 'grant' && { guest: formatHex(told.guest), rights: told.terms.rights }),
    ...(told?.kind === 'handover' && { to: formatHex(told.to) }),
    alarms: alarmWords(report.alarms),
    problems: problems.map(({ kind }) => kind),
  };
}

/** `-3d` as well as a moment. */
function parseSince(text: string | undefined, zone: Zone, nowSeconds: number): number | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit] = /^-([0-9]{1,5})([mhdw])$/.exec(text.trim()) ?? [];
  if (unit === undefined && !/^[0-9+]|^now$/.test(text.trim()))
    throw new Failure(
      EXIT_CODES.usage,
      `"${text}" is no time that has been: say -3d, -2h, 2026-12-01 or "2026-12-01 10:00"`,
    );
  if (unit === undefined) return parseMoment(text, 'from', zone, nowSeconds);
  const seconds = { m: 60, h: 3_600, d: 86_400, w: 604_800 }[unit as 'm' | 'h' | 'd' | 'w'];
  return nowSeconds - Number(amount) * seconds;
}
