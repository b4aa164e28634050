import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Address } from 'viem';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { verifyReport } from '../../../firmware/crypto/report.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { REPORT_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { personWords } from '../address-book.js';
import { parseAddress } from '../address-text.js';
import { wordsOf } from '../log-words.js';
import { EXIT_CODES, Failure, messageOf } from '../owner/failure.js';
import { plainText } from '../owner/plain-text.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';
import { zoneOf } from '../zone.js';

/** Hex takes two characters a byte, and a file may end its line. */
const FILE_BYTES_MAX = 2 * REPORT_BYTES_MAX + 16;

/** `verify`: one report, offline. */
export const addVerify: AddCommand = (program, io) => {
  program
    .command('verify')
    .description('says what one signed report proves, without any network')
    .argument('<file>', 'a report in hex or as binary COSE')
    .addHelpText(
      'after',
      `${examples('latchkey verify receipt.cose --lock front-door', 'latchkey verify receipt.hex --lock 0x49c5…0403')}
Without --lock it says whose report it is; with it, exit code 1 where that is another lock.`,
    )
    .action((file: string, _flags, command: Command) => verify(openTool(io, command), file));
};

function verify(tool: Tool, file: string): void {
  const { io, output } = tool;
  const cose = readReportFile(resolve(io.cwd, file));
  const meant = meantLock(tool);
  const { report, lock20 } = verified(cose);
  const lock = formatHex(lock20) as Address;
  if (meant !== undefined && meant.address !== lock)
    throw new Failure(
      EXIT_CODES.failed,
      `the report is signed by ${lock}, not by ${meant.address}: do not believe it`,
    );
  const zone = zoneOf(meant?.settings?.['time-zone'] ?? io.timeZone);
  const { when, who, what } = wordsOf(report, zone, (by) => personWords(tool, formatHex(by)));
  const owner = report.owner === undefined ? null : formatHex(report.owner);
  output.result(
    {
      event: 'verified',
      lock,
      isMeant: meant !== undefined,
      seq: report.seq,
      at: report.issuedAtSeconds ?? null,
      boot: report.bootCount,
      cause: report.cause,
      bolt: report.bolt,
      door: report.door,
      owner,
      epoch: report.epoch,
      alarms: report.alarms,
      modes: report.modes ?? 0,
      lastCommand: report.lastCommand && { ...report.lastCommand, by: formatHex(report.lastCommand.by) },
      accessDigest: formatHex(report.accessDigest16),
      domainDigest: formatHex(report.domainDigest8),
      previousHash: formatHex(report.previousHash16),
      challenge: formatHex(report.nonce),
      firmware: report.firmwareVersion,
    },
    [
      `signed by  ${lock}${meant === undefined ? ' (say --lock to compare it with the lock that you mean)' : `, ${meant.name}`}`,
      `report     #${report.seq}, boot ${report.bootCount}, firmware ${plainText(report.firmwareVersion)}`,
      `when       ${when}`,
      `what       ${who === '' ? '' : `${who}: `}${what}`,
      `bolt       ${report.bolt}, door ${report.door}`,
      `owner      ${owner ?? 'nobody: the lock is not paired'}, epoch ${report.epoch}`,
      `proves     that the lock said so then; not its place in the chain of reports (latchkey log), nor that it is so still`,
    ],
  );
}

function verified(cose: Uint8Array) {
  try {
    return verifyReport(guardEngine(createNobleEngine()), cose);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Failure(EXIT_CODES.failed, `it proves nothing: ${error.message}`);
  }
}

/** The lock of --lock alone: whoever names none is told whose report it is. */
function meantLock({ flags, config }: Tool) {
  if (flags.lock === undefined) return undefined;
  const { locks = {} } = config.content;
  const record = Object.hasOwn(locks, flags.lock) ? locks[flags.lock] : undefined;
  if (record !== undefined) return { name: flags.lock, ...record };
  return { name: flags.lock, address: parseAddress(flags.lock, 'lock'), settings: undefined };
}

function readReportFile(path: string): Uint8Array {
  let bytes: Buffer;
  try {
    if (statSync(path).size > FILE_BYTES_MAX)
      throw new Failure(
        EXIT_CODES.usage,
        `${path} is larger than any report: give one report, or latchkey log --reports ${path} for many`,
      );
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(EXIT_CODES.usage, `cannot read ${path}: ${messageOf(error)}`);
  }
  const text = bytes.toString('latin1').trim();
  const hex = /^(?:0x)?((?:[0-9a-f]{2})+)$/i.exec(text)?.[1];
  return Uint8Array.from(hex === undefined ? bytes : Buffer.from(hex, 'hex'));
}
