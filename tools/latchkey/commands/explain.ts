import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Hex } from 'viem';
import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import type { SignedCommand } from '../../../firmware/lock/authorizer.js';
import { examineTransaction } from '../../../firmware/lock/examiner.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import type { RefusalReason } from '../../../firmware/protocol/refusal.js';
import type { Report } from '../../../firmware/protocol/report.js';
import { parseTimeZone, type TimeZone, UTC } from '../../../firmware/protocol/time-zone.js';
import { startOf } from '../access-history.js';
import { personWords } from '../address-book.js';
import { type ChainLink, openChain } from '../chain-link.js';
import { type ChosenLock, chosenLock } from '../chosen-lock.js';
import { checksOf, type Subject, unknownChecks } from '../explain-checks.js';
import { epochOf, firstAuthority, isHash, judgeAt, reportOf, subjectOf } from '../explanation.js';
import { summarizeTerms } from '../grant-terms.js';
import { LockReports } from '../lock-reports.js';
import { lockZone } from '../lock-zone.js';
import { commandWords } from '../order-words.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { refusalWords } from '../refusal-words.js';
import { blockSeconds, domainOf, fetchTransaction, firstOwner, readHistory } from '../registry-history.js';
import { expectLockState } from '../registry-state.js';
import { openReportSource } from '../report-source.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';
import { formatMoment } from '../zone.js';

interface ExplainFlags {
  readonly now?: boolean;
}

/** `explain`: what the lock would say to a transaction, check by check, by the lock's own code. */
export const addExplain: AddCommand = (program, io) => {
  program
    .command('explain')
    .description('tells what the lock says to a transaction, check by check, by the code that the lock runs')
    .argument('<tx>', 'hash of a transaction, or a JSON file as eth_getTransactionByHash answers')
    .option('--now', 'as if the lock saw it now, not when its block was made')
    .addHelpText(
      'after',
      `${examples('latchkey explain 0x5c50…0b52', 'latchkey explain signed.json --now')}
Exit code 1 where the lock refuses it.`,
    )
    .action((tx: string, flags: ExplainFlags, command: Command) => explain(openTool(io, command), tx, flags));
};

/** Everything that an explanation looks at. */
interface Case {
  readonly tool: Tool;
  readonly engine: CryptoEngine;
  readonly lock: ChosenLock;
  readonly chain: ChainLink;
  readonly hash: Hex;
  readonly json: unknown;
  /** When its block was made; undefined where no block holds it, or now is asked for. */
  readonly minedSeconds: number | undefined;
}

interface Outcome {
  readonly subject: Subject;
  readonly reason: RefusalReason;
  readonly detail: string;
  readonly atSeconds: number;
  readonly signed?: SignedCommand;
}

async function explain(tool: Tool, tx: string, flags: ExplainFlags): Promise<void> {
  const { io } = tool;
  const lock = chosenLock(tool);
  const chain = await openChain(tool, lock);
  const json = isHash(tx) ? await fetchTransaction(chain, tx.toLowerCase() as Hex) : readJson(tx, io.cwd);
  if (json === null)
    throw new Failure(EXIT_CODES.failed, `the node knows no transaction ${tx}: is --chain or --rpc right?`);
  const { hash, blockNumber } = json as { hash?: unknown; blockNumber?: unknown };
  const engine = guardEngine(createNobleEngine());
  const isMined = typeof blockNumber === 'string' && flags.now !== true;
  const outcome = await outcomeOf({
    tool,
    engine,
    lock,
    chain,
    hash: (isHash(tx) ? tx.toLowerCase() : hash) as Hex,
    json,
    minedSeconds: isMined ? await blockSeconds(chain, Number(blockNumber)) : undefined,
  });
  const said = outcome.signed && (await saidOf(engine, lock, outcome.signed));
  tell(tool, lock, outcome, said);
}

async function outcomeOf(subject: Case): Promise<Outcome> {
  const { tool, engine, lock, chain, hash, json, minedSeconds } = subject;
  const atSeconds = minedSeconds ?? Math.floor(tool.io.nowUnixMs() / 1_000);
  const hash32 =
    typeof hash === 'string' && isHash(hash) ? parseHex(hash.toLowerCase(), 32) : new Uint8Array(32);
  const examination = examineTransaction(engine, domainOf(chain, lock), hash32, json);
  if (!examination.ok) {
    const { reason, detail } = examination;
    return { subject: 'unread', reason, detail, atSeconds };
  }
  const { signed } = examination;
  const reports = LockReports.of(lock);
  await reports?.refresh();
  const report = minedSeconds === undefined ? reports?.last : undefined;
  const state = await expectLockState(chain, lock);
  const { events } = await readHistory(tool, engine, chain, lock, 'all');
  const own = events.findIndex((event) => formatHex(event.tx) === hash);
  // The past is judged on what was before it; now, on all that the chain holds.
  const before = minedSeconds !== undefined && own >= 0 ? events.slice(0, own) : events;
  const latest = reports?.last;
  const present = startOf(latest?.owner ?? parseHex(state.owner, 20), latest?.epoch ?? state.epoch);
  const isPast = minedSeconds !== undefined && epochOf(signed) < present.epoch;
  const start = isPast ? firstAuthority(await firstOwner(chain, lock)) : present;
  const { verdict, authority } = judgeAt(engine, signed, {
    start,
    before,
    atSeconds,
    report,
    zone: firmwareZone(lock),
  });
  const reason = verdict.ok ? 'none' : verdict.reason;
  return { subject: subjectOf(signed, authority), reason, detail: '', atSeconds, signed };
}

/** As the lock was told at pairing; what it was told elsewhere is not known here. */
function firmwareZone({ record }: ChosenLock): TimeZone {
  const text = record?.settings?.['time-zone'];
  return text === undefined ? UTC : parseTimeZone(text);
}

/** The setting strict-after-boot; undefined where the settings were sent from elsewhere. */
function strictness({ record }: ChosenLock): boolean | undefined {
  return record?.settings && record.settings['strict-after-boot'] === 'on';
}

/** What the lock has signed about it, if its reports are here. */
async function saidOf(
  engine: CryptoEngine,
  lock: ChosenLock,
  signed: SignedCommand,
): Promise<Report | undefined> {
  if (lock.reports === undefined) return undefined;
  const coses: Uint8Array[] = [];
  for await (const cose of openReportSource(lock.reports).read()) coses.push(cose);
  return reportOf(engine, parseHex(lock.address, 20), signed, coses);
}

function tell(
  tool: Tool,
  lock: ChosenLock,
  { subject, reason, detail, atSeconds, signed }: Outcome,
  said: Report | undefined,
): void {
  const { output } = tool;
  const zone = lockZone(tool, lock);
  const saidReason = said?.lastCommand?.reason;
  // What the lock has said itself needs no guess.
  const unknown =
    signed === undefined || said !== undefined
      ? []
      : unknownChecks(subject, signed.command, strictness(lock));
  const checks = checksOf(subject, reason, unknown);
  for (const { title, state } of checks) {
    output.item({ event: 'check', title, state }, `  ${MARKS[state]}  ${title}`);
  }
  const lines = [
    ...(signed === undefined
      ? []
      : [`signed by ${personWords(tool, formatHex(signed.by))}: ${meaning(tool, lock, signed)}`]),
    `at ${formatMoment(atSeconds, zone)} the lock would ${reason === 'none' ? 'obey' : `refuse: ${reason}`}`,
    ...(detail === '' ? [] : [`found: ${detail}`]),
    ...(reason === 'none' && unknown.length > 0
      ? [`only the lock knows: ${unknown.map(({ what }) => what).join(', ')}`]
      : []),
    ...(said === undefined
      ? []
      : [
          `the lock itself said ${saidReason === 'none' ? 'yes' : `no: ${saidReason}`}, in its report #${said.seq}`,
        ]),
  ];
  output.result(
    {
      event: 'explained',
      verdict: reason === 'none' ? 'obeyed' : 'refused',
      reason,
      at: atSeconds,
      by: signed === undefined ? null : formatHex(signed.by),
      kind: signed?.command.kind ?? null,
      unknown: unknown.map((check) => check.reason),
      said: saidReason ?? null,
      seq: said?.seq ?? null,
    },
    lines,
  );
  if (reason !== 'none') throw new Failure(EXIT_CODES.failed, refusalWords(reason));
}

const MARKS = Object.freeze({ pass: 'ok  ', fail: 'FAIL', 'not reached': '-   ', unknown: '?   ' });

/** What was signed, in plain words. */
function meaning(tool: Tool, lock: ChosenLock, { command }: SignedCommand): string {
  const zone = lockZone(tool, lock);
  switch (command.kind) {
    case 'order':
      return `${commandWords(command.order.action)}, good until ${formatMoment(command.order.notAfterSeconds, zone)}`;
    case 'grant': {
      const terms = summarizeTerms(command.terms, zone, Math.floor(tool.io.nowUnixMs() / 1_000));
      return `grant to ${personWords(tool, formatHex(command.guest))}: ${terms}`;
    }
    case 'handover':
      return `handover to ${personWords(tool, formatHex(command.to))}, epoch ${command.epoch} to ${command.newEpoch}`;
  }
}

/** A transaction as a node shows it, with or without the envelope of the answer. */
function readJson(text: string, cwd: string): unknown {
  if (/^0x[0-9a-fA-F]*$/.test(text))
    throw new Failure(
      EXIT_CODES.usage,
      `${text} is no hash of a transaction: expected 0x and 64 hex digits, found ${text.length - 2}`,
    );
  const path = resolve(cwd, text);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Failure(
      EXIT_CODES.usage,
      `cannot read a transaction from ${path}: say a hash of 0x and 64 digits, or a JSON file as a node answers`,
    );
  }
  const object = typeof value === 'object' && value !== null ? (value as { result?: unknown }) : {};
  return 'result' in object ? object.result : object;
}
