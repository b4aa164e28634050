import type { AlarmDesk } from './alarm-desk.js';
import type { Alarms } from './alarms.js';
import type { BoltDesk, BoltResult } from './bolt-desk.js';
import type { Ledger } from './ledger.js';
import type { OwedLock, Receipt } from './lock-state.js';
import type { Memory } from './memory.js';
import type { Output } from './ports.js';
import type { ReportDesk } from './report-desk.js';
import type { Task } from './task.js';

export interface MovementsOptions {
  readonly memory: Memory<Task>;
  readonly bolt: BoltDesk;
  readonly reports: ReportDesk;
  readonly ledger: Ledger;
  readonly alarms: Alarms;
  readonly alarmDesk: AlarmDesk;
}

/** What follows from each movement of the bolt: flash hears what is owed, commands get their receipts, the rest a report. */
export class Movements {
  readonly #options: MovementsOptions;
  /** Receipts of durable commands that wait for the bolt to come to rest. */
  #receipts: readonly Receipt[];
  /** What the bolt owed when it was last looked at. */
  #owedLock: OwedLock;
  #isReporting = false;

  constructor(options: MovementsOptions) {
    this.#options = options;
    this.#receipts = options.memory.state.owed;
    this.#owedLock = options.bolt.owedLock;
  }

  /** The command that was obeyed last of those that wait for their receipts. */
  get lastReceipt(): Receipt | undefined {
    return this.#receipts[this.#receipts.length - 1];
  }

  /** The boot report is made: from now on movements are reported. */
  startReporting(): void {
    this.#isReporting = true;
  }

  /** Receipts that are owed from now on; they are in flash. */
  owe(receipts: readonly Receipt[]): void {
    this.#receipts = [...this.#receipts, ...receipts];
  }

  moved({ outputs, settled }: BoltResult, uptimeMs: number): readonly Output[] {
    const { memory, bolt, reports, ledger, alarms } = this.#options;
    const { owedLock } = bolt;
    // Only what changed here: a wish that is being written owes a lock that the bolt does not know of yet.
    if (owedLock !== this.#owedLock) memory.note(() => ({ owedLock }));
    this.#owedLock = owedLock;
    if (settled !== undefined) {
      alarms.settled(settled.cause, uptimeMs);
      // Somebody is at the door, or has just been.
      ledger.poller?.pace.wake(uptimeMs);
    }
    if (settled === undefined || !this.#isReporting) return outputs;
    const isReceipted = this.#receipts.length > 0;
    if (!isReceipted && !reports.mayReportBolt(settled.cause, uptimeMs)) return outputs;
    const kept = bolt.takeUnkept() ? ledger.remember(() => ({}), { kind: 'nothing' }, uptimeMs) : [];
    // The receipts say where the bolt is; without any, the movement is reported for itself.
    const told = isReceipted ? this.settleReceipts(uptimeMs) : reports.reportBolt(settled.cause, uptimeMs);
    return [...outputs, ...kept, ...told];
  }

  /** One report for each accepted command, once the bolt has done what it will do. */
  settleReceipts(uptimeMs: number): readonly Output[] {
    const { reports, alarmDesk } = this.#options;
    const receipts = this.#receipts;
    this.#receipts = [];
    return receipts.flatMap((receipt) => {
      alarmDesk.receipt(receipt, uptimeMs);
      return reports.reportReceipt(receipt, uptimeMs);
    });
  }
}
