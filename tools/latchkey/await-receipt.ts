import { equalBytes } from '../../firmware/protocol/bytes.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import type { Report } from '../../firmware/protocol/report.js';
import type { ChainLink } from './chain-link.js';
import type { LockReports, SeenReport } from './lock-reports.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { minedBlock, type SentCall } from './send-call.js';
import { moment } from './time-text.js';
import type { Tool } from './tool.js';

const LOOK_MS = 300;
export const WAIT_SECONDS_DEFAULT = 90;

/** What the lock signed about one call. */
export interface LockReceipt extends SeenReport {
  readonly blockNumber: number | undefined;
  /** From sending to its arrival here. */
  readonly tookMs: number;
}

/**
 * Waits until the call is mined and the lock has signed what became of it, and shows how far it is.
 * @param command - the number that its report carries: an action, GRANT_COMMAND or HANDOVER_COMMAND; or which report
 *   answers, where none carries the call's number
 * @throws Failure `noReceipt` where nothing came in time, with when the lock was last heard of
 */
export async function awaitReceipt(
  tool: Tool,
  chain: ChainLink,
  sent: SentCall,
  reports: LockReports | undefined,
  {
    command,
    waitSeconds = WAIT_SECONDS_DEFAULT,
  }: {
    readonly command: number | ((report: Report) => boolean);
    readonly waitSeconds?: number | undefined;
  },
): Promise<LockReceipt> {
  const { io, output } = tool;
  let blockNumber: number | undefined;
  for (;;) {
    blockNumber ??= await minedBlock(chain, sent);
    const tookMs = io.nowUnixMs() - sent.sentUnixMs;
    const seen = (await freshReports(reports)).find(({ report }) =>
      typeof command === 'number' ? isReceiptOf(report, sent, command) : command(report),
    );
    if (seen) {
      output.endProgress();
      return { ...seen, blockNumber, tookMs };
    }
    if (blockNumber !== undefined && reports === undefined) throw noSource(blockNumber);
    if (tookMs >= waitSeconds * 1_000 || io.signal?.aborted) throw tooLate(tool, sent, blockNumber, reports);
    const seconds = Math.floor(tookMs / 1_000);
    // A plain line a second would be noise where no terminal draws it over again.
    const time = io.progress ? ` (${seconds} s)` : '';
    output.progress(
      blockNumber === undefined
        ? `waiting for a block${time}`
        : `mined in block ${blockNumber}, waiting for the lock's signed receipt${time}`,
    );
    await io.sleep(LOOK_MS);
  }
}

/** The report that the lock made when it obeyed or refused this call; later ones repeat its last command only. */
export function isReceiptOf({ cause, lastCommand }: Report, sent: SentCall, command: number): boolean {
  if (lastCommand === undefined || (cause !== 'command' && cause !== 'refusal')) return false;
  return (
    lastCommand.command === command &&
    lastCommand.nonce === BigInt(sent.nonce) &&
    (sent.notAfterSeconds === undefined || lastCommand.notAfterSeconds === sent.notAfterSeconds) &&
    equalBytes(lastCommand.by, parseHex(sent.from, 20))
  );
}

/** When the lock was last heard of: 14:05, or a sentence where it never was. */
export function lastHeard({ io }: Tool, reports: LockReports): string {
  const seconds = reports.last?.issuedAtSeconds;
  if (reports.last === undefined) return `the lock has never reported to ${reports.name}`;
  if (seconds === undefined)
    return `the lock has not reported since #${reports.last.seq}, when it had no clock`;
  return `the lock has not reported since ${moment(seconds, io.timeZone, io.nowUnixMs())}`;
}

async function freshReports(reports: LockReports | undefined): Promise<readonly SeenReport[]> {
  try {
    return (await reports?.refresh()) ?? [];
  } catch (error) {
    // The order is under way: a place that does not answer now may answer in a moment.
    if (error instanceof Failure && error.exitCode === EXIT_CODES.network) return [];
    throw error;
  }
}

function noSource(blockNumber: number): Failure {
  return new Failure(
    EXIT_CODES.noReceipt,
    `mined in block ${blockNumber}; no place of reports is known, so look at the door, or say --reports FILE or URL`,
  );
}

function tooLate(
  tool: Tool,
  { hash }: SentCall,
  blockNumber: number | undefined,
  reports: LockReports | undefined,
): Failure {
  if (blockNumber === undefined)
    return new Failure(
      EXIT_CODES.noReceipt,
      `no block holds ${hash} yet: run it again, and it is replaced with a higher fee`,
    );
  const heard = reports ? lastHeard(tool, reports) : '';
  return new Failure(EXIT_CODES.noReceipt, `mined in block ${blockNumber}; ${heard}`);
}
