import { concatBytes, equalBytes, readUint, writeUint } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import { OUTBOX_REPORTS_MAX, REPORT_LEASE } from '../protocol/limits.js';
import { ACTION } from '../protocol/order.js';
import { type Report, readReport, type SignedReport } from '../protocol/report.js';
import { type Journal, keyOf } from './journal.js';
import type { LockState, OwedLock, Receipt } from './lock-state.js';
import type { Output } from './ports.js';

const REPORT = 'report';
const SEQ_BYTES = 4;
const HEAD_BYTES = SEQ_BYTES + 16;
/** Places without a whole record, one after the other, behind which no newer one is looked for. */
const BROKEN_IN_A_ROW_MAX = 2 * REPORT_LEASE;

/** A signed report as flash keeps it: its number and hash stand before it, so that it need not be read to be sent. */
export interface KeptReport {
  readonly seq: number;
  readonly hash16: Uint8Array;
  readonly cose: Uint8Array;
}

/**
 * The reports in flash: a log of OUTBOX_REPORTS_MAX places that are written in turn. The count of all that were ever
 * written tells where each lies, so that nothing but two counts is kept in RAM.
 */
export class ReportLog<Task> {
  readonly #journal: Journal<Task>;

  constructor(journal: Journal<Task>) {
    this.#journal = journal;
  }

  /**
   * Reads the reports that are newer than the state, and lets each go again: they tell what became of what it owes.
   * Those before stay in flash until they are sent.
   * @param lock20 - another lock's, from before this one had its key, are passed over
   */
  catchUp(state: LockState, lock20: Uint8Array): LockState {
    const since = new Since(state);
    let kept = state.keptCount;
    for (let count = kept + 1; count <= kept + BROKEN_IN_A_ROW_MAX; count++) {
      const place = this.#journal.readLog(REPORT, OUTBOX_REPORTS_MAX, count);
      // Written in turn: behind the newest lies the oldest. A broken one may lie between two that are whole.
      if (place.kind === 'older') break;
      if (place.kind === 'nothing') continue;
      const report = keptReport(place.payload);
      if (report.seq <= since.headSeq || !since.add(report, lock20)) continue;
      kept = place.generation;
      count = kept;
    }
    this.#journal.startLog(REPORT, kept);
    // What was taken since is not known: it is sent again.
    const takenCount = Math.min(kept, Math.max(state.takenCount, kept - OUTBOX_REPORTS_MAX));
    return { ...since.state, keptCount: kept, takenCount };
  }

  /** All that flash may hold reports under. */
  keys(): readonly string[] {
    return Array.from({ length: OUTBOX_REPORTS_MAX }, (_, count) => reportKey(count));
  }

  /** Goes on behind the reports of a lock with another key, which are not sent. */
  passOver(state: LockState): LockState {
    this.#journal.startLog(REPORT, state.keptCount);
    return { ...state, takenCount: state.keptCount };
  }

  /** Writes a report behind all others. Does not look whether the one that it goes over was taken. */
  write({ seq, hash16, cose }: KeptReport, task: Task): readonly Output[] {
    const payload = concatBytes(writeUint(seq, SEQ_BYTES), hash16, cose);
    return this.#journal.writeLog(REPORT, OUTBOX_REPORTS_MAX, payload, task);
  }

  /** The report of this count from the bytes under its key. @returns undefined where flash has lost it */
  open(count: number, bytes: Uint8Array | undefined): KeptReport | undefined {
    const payload = this.#journal.openLog(REPORT, OUTBOX_REPORTS_MAX, count, bytes);
    return payload === undefined ? undefined : keptReport(payload);
  }
}

/** Where flash keeps the report that was written as the `count`th: within the 15 characters that a device's keys have. */
export function reportKey(count: number): string {
  return keyOf(REPORT, OUTBOX_REPORTS_MAX, count);
}

/** A state, and what the reports after it say. */
class Since {
  #state: LockState;
  readonly #owedLock: OwedLock;
  /** The receipt of the last wish for the bolt, until it is found. */
  #wished: Receipt | undefined;
  #isLockDone = false;

  constructor(state: LockState) {
    this.#state = state;
    this.#owedLock = state.owedLock;
    this.#wished = state.owed.filter(({ command }) => command <= ACTION.unlockThenRelock).pop();
  }

  get headSeq(): number {
    return this.#state.headSeq;
  }

  get state(): LockState {
    return { ...this.#state, owedLock: this.#isLockDone ? 'no' : this.#owedLock };
  }

  /** @returns false where it is not this lock's */
  add({ seq, hash16, cose }: KeptReport, lock20: Uint8Array): boolean {
    const read = readWhole(cose);
    if (read !== undefined && !equalBytes(read.lock20, lock20)) return false;
    this.#state = { ...this.#state, headSeq: seq, headHash16: hash16.slice() };
    if (read !== undefined) this.#settle(read.report);
    return true;
  }

  #settle(report: Report): void {
    if (this.#wished !== undefined && isReceiptOf(report, this.#wished)) this.#wished = undefined;
    // Reports from before the receipt of the last wish do not count: they say where the bolt was when it was wished.
    // What a hand changed of what is owed is written before its report.
    if (this.#wished === undefined && report.bolt === 'locked') this.#isLockDone = true;
    const owed = this.#state.owed.filter((receipt) => !isReceiptOf(report, receipt));
    this.#state = { ...this.#state, owed, keptAlarms: report.alarms };
  }
}

function keptReport(payload: Uint8Array): KeptReport {
  return {
    seq: Number(readUint(payload.subarray(0, SEQ_BYTES))),
    hash16: payload.subarray(SEQ_BYTES, HEAD_BYTES),
    cose: payload.subarray(HEAD_BYTES),
  };
}

function readWhole(cose: Uint8Array): SignedReport | undefined {
  try {
    return readReport(cose);
  } catch (error) {
    // Another firmware's version made it; it has its number, and is sent as it is.
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isReceiptOf({ cause, lastCommand }: Report, receipt: Receipt): boolean {
  return (
    cause === 'command' &&
    lastCommand !== undefined &&
    lastCommand.command === receipt.command &&
    lastCommand.nonce === receipt.nonce &&
    lastCommand.notAfterSeconds === receipt.notAfterSeconds &&
    equalBytes(lastCommand.by, receipt.by)
  );
}
