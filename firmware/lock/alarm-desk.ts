import { equalBytes } from '../protocol/bytes.js';
import { STORAGE_RETRY_MS } from '../protocol/limits.js';
import { isOpening } from '../protocol/order.js';
import { GRANT_COMMAND } from '../protocol/report.js';
import type { Alarms, RecordKind } from './alarms.js';
import { isDuressGuest, readGuestSettings } from './guest-settings.js';
import type { Ledger } from './ledger.js';
import type { Receipt } from './lock-state.js';
import type { Memory } from './memory.js';
import { tell } from './notice.js';
import type { Output } from './ports.js';
import type { ReportDesk } from './report-desk.js';
import type { Task } from './task.js';

export interface AlarmDeskOptions {
  readonly alarms: Alarms;
  readonly memory: Memory<Task>;
  readonly reports: ReportDesk;
  readonly ledger: Ledger;
}

/** Tells of alarms: to people who watch, in a report of their own, and to the next boot. Tries failing flash again. */
export class AlarmDesk {
  readonly #options: AlarmDeskOptions;
  #retryMs: number | undefined;

  constructor(options: AlarmDeskOptions) {
    this.#options = options;
  }

  /** The uptime at which the desk wants a tick, or undefined. */
  get dueMs(): number | undefined {
    const { alarms, memory } = this.#options;
    const { dueMs } = alarms;
    if (this.#retryMs === undefined || !memory.isIdle) return dueMs;
    return Math.min(this.#retryMs, dueMs ?? Infinity);
  }

  /** Looks once more when all else of a step is done: what a report of the step has told needs none of its own. */
  tell(uptimeMs: number): readonly Output[] {
    const { alarms, memory } = this.#options;
    alarms.look(uptimeMs);
    const { kept } = alarms;
    if (kept !== memory.state.keptAlarms) memory.note(() => ({ keptAlarms: kept }));
    const outputs: Output[] = [];
    for (const { alarm, on } of alarms.takeNews()) outputs.push(tell({ event: 'alarm', alarm, on }));
    outputs.push(...this.#report(uptimeMs), ...this.#mend(uptimeMs));
    return outputs;
  }

  /** One reading; a broken sensor must not break a report. */
  senseBattery(milliVolts: number, uptimeMs: number): void {
    const { alarms, reports } = this.#options;
    if (!Number.isInteger(milliVolts) || milliVolts < 0 || milliVolts > 0xffff) return;
    reports.batteryMilliVolts = milliVolts;
    alarms.senseBattery(milliVolts, uptimeMs);
  }

  /**
   * An accepted command gets its receipt: the owner's order says that its alarms are known, and some guest's opening is
   * a call for help, which this receipt is the first to carry.
   */
  receipt({ by, command }: Receipt, uptimeMs: number): void {
    const { alarms, memory } = this.#options;
    const { authority } = memory.state;
    const { settings } = memory.identity;
    if (command >= GRANT_COMMAND || authority === undefined) return;
    if (equalBytes(by, authority.owner)) alarms.ownerOrdered(uptimeMs);
    else if (settings !== undefined && isOpening(command) && isDuressGuest(readGuestSettings(settings), by))
      alarms.raise('duress', uptimeMs);
  }

  /** Flash has answered a write. */
  answered(key: string, task: Task, isStored: boolean, uptimeMs: number): void {
    this.#options.alarms.answered(this.#kindOf(key, task), isStored, uptimeMs);
  }

  #report(uptimeMs: number): readonly Output[] {
    const { alarms, memory, reports } = this.#options;
    // Nobody owns it yet: its first report will tell.
    if (!alarms.isUntold || memory.durable.authority === undefined || reports.isLagging) return [];
    return alarms.takeTurn(uptimeMs) ? reports.report('alarm', uptimeMs) : [];
  }

  /** Where nothing else is to be written, the lock would never learn that flash works again. */
  #mend(uptimeMs: number): readonly Output[] {
    const { alarms, memory, reports, ledger } = this.#options;
    if (!alarms.has('storage')) {
      this.#retryMs = undefined;
      return [];
    }
    this.#retryMs ??= uptimeMs + STORAGE_RETRY_MS;
    if (uptimeMs < this.#retryMs || !memory.isIdle) return [];
    this.#retryMs = uptimeMs + STORAGE_RETRY_MS;
    const nothing: Task = { kind: 'nothing' };
    return [
      ...(alarms.isFailing('identity') ? memory.writeIdentity(memory.identity, nothing) : []),
      ...(alarms.isFailing('state') ? ledger.remember(() => ({}), nothing, uptimeMs) : []),
      // Reports that flash refused live in RAM: one that it takes tells what they told.
      ...(alarms.isFailing('report') && !reports.isLagging ? reports.report('alarm', uptimeMs) : []),
    ];
  }

  #kindOf(key: string, task: Task): RecordKind {
    if (task.kind === 'report') return 'report';
    // Later writes of the identity are of what somebody asked for, who was told that it failed.
    return this.#options.memory.isNew && key.startsWith('identity') ? 'identity' : 'state';
  }
}
