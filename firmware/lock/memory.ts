import type { CryptoEngine } from '../crypto/engine.js';
import { secretKeyFromEntropy } from '../crypto/secret-key.js';
import { equalBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import { OUTBOX_REPORTS_MAX } from '../protocol/limits.js';
import { ACTION } from '../protocol/order.js';
import { type Report, readReport } from '../protocol/report.js';
import { reportHash16 } from '../protocol/report-digests.js';
import { decodeIdentity, encodeIdentity, type Identity } from './identity.js';
import { Journal } from './journal.js';
import { decodeLockState, encodeLockState, FIRST_STATE, type LockState, type Receipt } from './lock-state.js';
import { type OutgoingReport, slotName } from './outbox.js';
import type { Output } from './ports.js';

const IDENTITY = 'identity';
const STATE = 'state';

/** What a change makes of the state that it is made to. */
export type Patch = (state: LockState) => Partial<LockState>;

/**
 * All that outlives a power cut: the identity, the state and the kept reports, read once at boot and written
 * through the journal. The state in RAM runs ahead of flash; where flash refuses a write, it falls back.
 */
export class Memory<Task> {
  readonly #engine: CryptoEngine;
  readonly #journal: Journal<Task>;
  /** For each write under way, the state that it makes durable, or undefined for another record. */
  readonly #writing: (LockState | undefined)[] = [];
  readonly #changes: Change<Task>[] = [];
  readonly kept: readonly OutgoingReport[];
  readonly isNew: boolean;
  #identity: Identity;
  #durable: LockState;
  #state: LockState;

  constructor(
    engine: CryptoEngine,
    journalKey32: Uint8Array,
    records: ReadonlyMap<string, Uint8Array>,
    entropy32: Uint8Array,
  ) {
    this.#engine = engine;
    this.#journal = new Journal(engine, journalKey32, records);
    const identity = this.#readAs(this.#journal.readDouble(IDENTITY), decodeIdentity);
    this.isNew = identity === undefined;
    this.#identity = identity ?? {
      secretKey32: secretKeyFromEntropy(engine, entropy32),
      settings: undefined,
    };
    const state = this.#readAs(this.#journal.readDouble(STATE), decodeLockState) ?? FIRST_STATE;
    const found = this.isNew ? [] : this.#readReports();
    this.kept = found.map(({ outgoing }) => outgoing);
    this.#durable = afterReports(state, found);
    this.#state = this.#durable;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** As it is, and will be once the changes under way are durable. */
  get state(): LockState {
    return this.#state;
  }

  /** As flash has it: what a report may say in public. */
  get durable(): LockState {
    return this.#durable;
  }

  /** Whether a change of the state is not durable yet: no round is begun on it. */
  get isChanging(): boolean {
    return this.#changes.length > 0;
  }

  /** Records that were found in flash but failed their check. */
  get refusedCount(): number {
    return this.#journal.refusedCount;
  }

  get isIdle(): boolean {
    return this.#journal.isIdle;
  }

  /** The number up to which reports may be shown to anyone: no reboot will use one of them again. */
  get leasedSeq(): number {
    return this.#durable.leasedSeq;
  }

  /**
   * Changes the state and writes it, one change after the other. A change is made to what is durable when its turn
   * comes, so that one that flash refuses leaves no trace in the next.
   */
  change(patch: Patch, task: Task): readonly Output[] {
    this.#changes.push({ patch, task });
    this.#view();
    return this.#changes.length === 1 ? this.#writeNext() : [];
  }

  /** What came of things since: known now, written with the next change, and told by the reports until then. */
  note(patch: Patch): void {
    this.#durable = { ...this.#durable, ...patch(this.#durable) };
    this.#writing.forEach((state, i) => {
      if (state !== undefined) this.#writing[i] = { ...state, ...patch(state) };
    });
    this.#view();
  }

  writeIdentity(identity: Identity, task: Task): readonly Output[] {
    this.#identity = identity;
    this.#writing.push(undefined);
    return this.#journal.writeDouble(IDENTITY, encodeIdentity(identity), task);
  }

  writeReport(slot: number, cose: Uint8Array, task: Task): readonly Output[] {
    this.#writing.push(undefined);
    return this.#journal.writeSingle(slotName(slot), cose, task);
  }

  /** Flash has answered a write. @returns its task, or undefined for an answer to no write of ours */
  answered(
    key: string,
    isStored: boolean,
  ): { readonly task: Task; readonly outputs: readonly Output[] } | undefined {
    const answer = this.#journal.answered(key, isStored);
    if (answer === undefined) return undefined;
    const state = this.#writing.shift();
    if (state === undefined) return answer;
    if (isStored) this.#durable = state;
    this.#changes.shift();
    this.#view();
    return { task: answer.task, outputs: [...answer.outputs, ...this.#writeNext()] };
  }

  #writeNext(): readonly Output[] {
    const next = this.#changes[0];
    if (next === undefined) return [];
    const state = { ...this.#durable, ...next.patch(this.#durable) };
    this.#writing.push(state);
    return this.#journal.writeDouble(STATE, encodeLockState(state), next.task);
  }

  #view(): void {
    const writing = this.#writing.find((state) => state !== undefined);
    let state = writing ?? this.#durable;
    for (const { patch } of writing === undefined ? this.#changes : this.#changes.slice(1)) {
      state = { ...state, ...patch(state) };
    }
    this.#state = state;
  }

  #readAs<T>(payload: Uint8Array | undefined, decode: (bytes: Uint8Array) => T): T | undefined {
    if (payload === undefined) return undefined;
    try {
      return decode(payload);
    } catch (error) {
      // A whole record of another firmware's version.
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }

  #readReports(): readonly KeptReport[] {
    const reports: KeptReport[] = [];
    for (let slot = 0; slot < OUTBOX_REPORTS_MAX; slot++) {
      const cose = this.#journal.readSingle(slotName(slot));
      const read = this.#readAs(cose, readReport);
      if (cose === undefined || read === undefined) continue;
      reports.push({
        outgoing: { seq: read.report.seq, cose, slot, receipt: undefined },
        report: read.report,
        hash16: reportHash16(this.#engine.sha256, read.sigStructure),
      });
    }
    return reports.sort((a, b) => a.report.seq - b.report.seq);
  }
}

interface Change<Task> {
  readonly patch: Patch;
  readonly task: Task;
}

interface KeptReport {
  readonly outgoing: OutgoingReport;
  readonly report: Report;
  readonly hash16: Uint8Array;
}

/** Reports newer than the state tell what became of what it owes: the bolt moved, the receipt was signed. */
function afterReports(state: LockState, kept: readonly KeptReport[]): LockState {
  const newer = kept.filter(({ report }) => report.seq > state.headSeq);
  const last = newer[newer.length - 1];
  if (last === undefined) return state;
  return {
    ...state,
    owed: state.owed.filter((receipt) => !newer.some(({ report }) => isReceiptOf(report, receipt))),
    owedLock: isLockDone(state.owed, newer) ? 'no' : state.owedLock,
    headSeq: last.report.seq,
    headHash16: last.hash16,
    keptAlarms: last.report.alarms,
  };
}

/**
 * Whether the lock that the state owes is done: the bolt was locked since, or somebody pressed the button.
 * Reports from before the receipt of the last wish do not count: they say where the bolt was when it was wished.
 */
function isLockDone(owed: readonly Receipt[], newer: readonly KeptReport[]): boolean {
  const wished = owed.filter(({ command }) => command <= ACTION.unlockThenRelock).pop();
  const since = wished === undefined ? 0 : newer.findIndex(({ report }) => isReceiptOf(report, wished));
  if (since < 0) return false;
  return newer.slice(since).some(({ report: { bolt, cause } }) => bolt === 'locked' || cause === 'button');
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
