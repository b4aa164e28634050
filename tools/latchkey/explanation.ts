import type { Hex } from 'viem';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { verifyReport } from '../../firmware/crypto/report.js';
import type { Authority } from '../../firmware/lock/authority.js';
import { judge, type SignedCommand, type Verdict } from '../../firmware/lock/authorizer.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { GRANT_COMMAND, HANDOVER_COMMAND, type Report, readReport } from '../../firmware/protocol/report.js';
import type { TimeZone } from '../../firmware/protocol/time-zone.js';
import { circumstancesAt, replayHistory, type SignedEvent, startOf } from './access-history.js';
import type { Subject } from './explain-checks.js';

/** What a lock would hold and know at the moment that is asked for. */
export interface Moment {
  /** Whom the lock obeyed first in the epoch from which the history is played. */
  readonly start: Authority;
  /** What came before, in the chain's order. */
  readonly before: readonly SignedEvent[];
  readonly atSeconds: number;
  /** The lock's own word of now: its modes and challenge; undefined for the past. */
  readonly report: Report | undefined;
  /** The lock's own. */
  readonly zone: TimeZone | undefined;
}

/** Judges a command by the lock's own code, as if the lock saw it at that moment. */
export function judgeAt(
  engine: CryptoEngine,
  signed: SignedCommand,
  { start, before, atSeconds, report, zone }: Moment,
): { readonly verdict: Verdict; readonly authority: Authority } {
  const steps = replayHistory(engine, start, before, zone);
  const replayed = steps[steps.length - 1]?.authority ?? start;
  // The inside button ends privacy without any transaction.
  const isPresent = report !== undefined && report.epoch === replayed.epoch;
  const authority = isPresent ? { ...replayed, modes: report.modes ?? 0 } : replayed;
  const guessed = circumstancesAt({ signed, tx: new Uint8Array(32), atSeconds }, zone);
  const circumstances = report === undefined ? guessed : { ...guessed, challenge16: report.nonce };
  return { verdict: judge(authority, signed, circumstances), authority };
}

/** Which checks apply to a command. */
export function subjectOf({ by, command }: SignedCommand, { owner }: Authority): Subject {
  if (command.kind !== 'order') return command.kind;
  return equalBytes(by, owner) ? 'owners-order' : 'guests-order';
}

/** The epoch for which a command was signed. */
export function epochOf({ command }: SignedCommand): number {
  switch (command.kind) {
    case 'order':
      return command.order.epoch;
    case 'grant':
      return command.terms.epoch;
    case 'handover':
      return command.epoch;
  }
}

/**
 * Finds what the lock itself signed about a command.
 * @param coses - untrusted
 * @returns the report of it, verified; undefined where none is there
 */
export function reportOf(
  engine: CryptoEngine,
  lock20: Uint8Array,
  signed: SignedCommand,
  coses: Iterable<Uint8Array>,
): Report | undefined {
  for (const cose of coses) {
    try {
      const read = readReport(cose);
      // The signature costs; what it is about is looked at first.
      if (!equalBytes(read.lock20, lock20) || !isAbout(read.report, signed)) continue;
      return verifyReport(engine, cose).report;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return undefined;
}

/** Whether a report is the lock's answer to a command; later ones repeat its last command only. */
export function isAbout({ cause, lastCommand }: Report, signed: SignedCommand): boolean {
  if (lastCommand === undefined || (cause !== 'command' && cause !== 'refusal')) return false;
  const { number, notAfterSeconds } = numbersOf(signed);
  return (
    equalBytes(lastCommand.by, signed.by) &&
    lastCommand.nonce === signed.nonce &&
    lastCommand.command === number &&
    lastCommand.notAfterSeconds === notAfterSeconds
  );
}

function numbersOf({ command }: SignedCommand): { number: number; notAfterSeconds: number } {
  switch (command.kind) {
    case 'order':
      return { number: command.order.action, notAfterSeconds: command.order.notAfterSeconds };
    case 'grant':
      return { number: GRANT_COMMAND, notAfterSeconds: command.terms.notAfterSeconds };
    case 'handover':
      return { number: HANDOVER_COMMAND, notAfterSeconds: command.notAfterSeconds };
  }
}

/** The lock as it was registered: its first owner, in epoch 1. */
export function firstAuthority(owner20: Uint8Array): Authority {
  return startOf(owner20, 1);
}

/** A transaction hash as a person types it. */
export function isHash(text: string): text is Hex {
  return /^0x[0-9a-fA-F]{64}$/.test(text);
}
