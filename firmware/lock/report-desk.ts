import type { CryptoEngine } from '../crypto/engine.js';
import {
  BOLT_EVENTS_PER_WINDOW_MAX,
  RATE_WINDOW_SECONDS,
  RECEIPT_REPORTS,
  REFUSALS_PER_WINDOW_MAX,
} from '../protocol/limits.js';
import type { LastCommand, ReportCause } from '../protocol/report.js';
import { accessDigest16 } from '../protocol/report-digests.js';
import { encodeTerms } from '../protocol/terms.js';
import { type AccessList, EMPTY_ACCESS_LIST } from './access-list.js';
import { waitingAdoption } from './adoption.js';
import type { Alarms } from './alarms.js';
import type { BoltMachine } from './bolt.js';
import type { Challenge } from './challenge.js';
import type { Clock } from './clock.js';
import { Delivery } from './delivery.js';
import type { Heartbeat } from './heartbeat.js';
import type { Receipt } from './lock-state.js';
import type { Memory } from './memory.js';
import { tell, tellRefused } from './notice.js';
import { Outbox, type OutgoingReport } from './outbox.js';
import type { BoltCause, Output } from './ports.js';
import { RateLimit } from './rate-limit.js';
import { reportFacts } from './report-facts.js';
import type { Reporter, ReportFacts } from './reporter.js';
import { lastCommandOfReceipt } from './round.js';

/** What is reported even where flash has little room left for reports that nobody takes. */
const ALWAYS_REPORTED: readonly ReportCause[] = Object.freeze(['command', 'boot', 'pairing', 'adoption']);

/** A signed report. Where there is room it must reach flash before anyone sees it, else it lives in RAM. */
export interface MadeReport extends OutgoingReport {
  readonly hash16: Uint8Array;
}

/** What the journal answers once a report is durable. */
export interface ReportTask {
  readonly kind: 'report';
  readonly report: MadeReport;
}

/** Where the desk looks when it reports. */
export interface ReportDeskOptions {
  readonly engine: CryptoEngine;
  readonly reporter: Reporter;
  readonly memory: Pick<
    Memory<ReportTask>,
    'state' | 'durable' | 'identity' | 'leasedSeq' | 'writeReport' | 'openReport' | 'note'
  >;
  readonly bolt: BoltMachine;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly challenge: Challenge;
  readonly heartbeat: Heartbeat;
}

/** Says in signed reports what the lock did and is: made, kept in flash, delivered. */
export class ReportDesk {
  readonly #options: ReportDeskOptions;
  readonly #outbox: Outbox;
  readonly #delivery: Delivery;
  #durableHead: { readonly seq: number; readonly hash16: Uint8Array };
  readonly #refusalTurns = new RateLimit(REFUSALS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS);
  readonly #boltTurns = new RateLimit(BOLT_EVENTS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS);
  #strangersRefused = 0;
  /** A receipt that flash refused has reached the sink, and flash still says that it is owed. */
  #isSettledUnwritten = false;
  /** The digest costs a hash over the whole list, which seldom changes. */
  #accessDigest: { readonly list: AccessList; readonly digest16: Uint8Array } | undefined;
  /** Told by the device as it learns of it. */
  batteryMilliVolts: number | undefined;
  head = 0;

  constructor(options: ReportDeskOptions) {
    const { state } = options.memory;
    this.#options = options;
    this.#outbox = new Outbox(state.keptCount, state.takenCount);
    this.#delivery = new Delivery(this.#outbox);
    this.#durableHead = { seq: state.headSeq, hash16: state.headHash16 };
  }

  get lastSeq(): number {
    return this.#options.reporter.lastSeq;
  }

  /** The last report that was made to outlive a power cut, and its hash. */
  get durableHead(): { readonly seq: number; readonly hash16: Uint8Array } {
    return this.#durableHead;
  }

  /** Reports that were ever written to flash, the durable head last. */
  get keptCount(): number {
    return this.#outbox.keptCount;
  }

  /** Those of them that were delivered. */
  get takenCount(): number {
    return this.#outbox.takenCount;
  }

  /** The uptime of the next heartbeat; none while one waits for delivery, which says as much. */
  get heartbeatDueMs(): number {
    return this.#outbox.hasInRam ? Infinity : this.#options.heartbeat.dueMs;
  }

  /** The uptime at which the desk wants a tick, or undefined while it waits for an answer alone. */
  dueMs(isFlashIdle: boolean): number | undefined {
    if (isFlashIdle && this.#mustWrite) return 0;
    // A heartbeat waits for flash, whose answer wakes the lock by itself.
    const heartbeatMs = isFlashIdle ? this.heartbeatDueMs : Infinity;
    const dueMs = Math.min(heartbeatMs, this.#delivery.dueMs ?? Infinity);
    return dueMs === Infinity ? undefined : dueMs;
  }

  /** Receipts of commands that flash has room for. */
  get receiptsFree(): number {
    return this.#outbox.freeCount;
  }

  /** Whether flash has few places left: they are kept for what somebody waits for. */
  get isLagging(): boolean {
    return this.#outbox.freeCount < RECEIPT_REPORTS;
  }

  /** Whether a heartbeat made now could be shown before more numbers are leased. */
  get mayHeartbeat(): boolean {
    return this.lastSeq < this.#options.memory.leasedSeq || this.#options.alarms.isFailing('state');
  }

  /** Whether the state is to be written, on flash that works. */
  get outruns(): boolean {
    const { memory, alarms } = this.#options;
    return this.#mustWrite || (this.lastSeq > memory.leasedSeq && !alarms.isFailing('state'));
  }

  /** Flash says that a receipt is owed which was told. */
  get #mustWrite(): boolean {
    const { memory, alarms } = this.#options;
    if (alarms.isFailing('state') || memory.state.authority === undefined) return false;
    return this.#isSettledUnwritten;
  }

  /** The state is being written, and with it which receipts are owed. */
  noteWritten(): void {
    this.#isSettledUnwritten = false;
  }

  /** Strangers or nodes were refused: counted in RAM, named in the next heartbeat. */
  countStrangers(count: number): void {
    this.#strangersRefused += count;
  }

  /** Reports what happened; a reboot does not lose it. Where only the receipts' slots are left, it lives in RAM. */
  report(
    cause: ReportCause,
    uptimeMs: number,
    extra: Partial<ReportFacts> = {},
    receipt?: Receipt,
  ): readonly Output[] {
    const { reporter, memory, alarms } = this.#options;
    // Without a place in flash only what somebody waits for is said: the next report says where the bolt is.
    if (this.isLagging && !ALWAYS_REPORTED.includes(cause)) return [];
    const { seq, cose } = reporter.make(cause, { ...this.#facts(uptimeMs), ...extra });
    const report = { seq, cose, hash16: reporter.lastHash16, isHeartbeat: false, receipt };
    const signed = tell({ event: 'signed', seq, cose, ...(receipt === undefined ? {} : { tx: receipt.tx }) });
    if (!this.#outbox.takeRoom(seq)) {
      this.queue(report);
      return [signed];
    }
    alarms.told();
    return [signed, ...memory.writeReport(report, { kind: 'report', report })];
  }

  /** Reports that a known principal's command was refused; past the principal's rate it is only counted. */
  reportRefusal(command: LastCommand, uptimeMs: number): readonly Output[] {
    if (!this.#refusalTurns.take(command.by, uptimeMs)) {
      this.countStrangers(1);
      return [];
    }
    this.#options.reporter.note(command);
    return this.report('refusal', uptimeMs);
  }

  /** Takes the turn of a movement that no command asked for. @returns false where it only shows in the next report */
  mayReportBolt(cause: BoltCause, uptimeMs: number): boolean {
    return cause !== 'boot' && this.#boltTurns.take('everyone', uptimeMs);
  }

  /** Reports that the bolt moved or stopped for another cause than a command just obeyed. */
  reportBolt(cause: BoltCause, uptimeMs: number): readonly Output[] {
    switch (cause) {
      case 'boot':
        return [];
      case 'command':
        // The command had its receipt when it could go no further; what came later is the lock's own doing.
        return this.report('relock', uptimeMs);
      default:
        return this.report(cause, uptimeMs);
    }
  }

  /** The signed receipt of an accepted command. */
  reportReceipt(receipt: Receipt, uptimeMs: number): readonly Output[] {
    this.#options.reporter.note(lastCommandOfReceipt(receipt));
    return this.report('command', uptimeMs, {}, receipt);
  }

  /** Says that the lock is alive, under a new challenge, and how many strangers it refused. Lives in RAM. */
  heartbeat(uptimeMs: number): readonly Output[] {
    const { reporter, challenge, heartbeat } = this.#options;
    challenge.renew();
    heartbeat.beat(uptimeMs);
    const facts = { ...this.#facts(uptimeMs), strangersRefused: this.#strangersRefused };
    const { seq, cose } = reporter.make('heartbeat', facts);
    this.#strangersRefused = 0;
    this.queue({ seq, cose, hash16: reporter.lastHash16, isHeartbeat: true, receipt: undefined });
    return [tell({ event: 'signed', seq, cose })];
  }

  /** A report is durable: the next boot goes on from it, and its receipt is owed no more. */
  stored(report: MadeReport): void {
    if (report.seq > this.#durableHead.seq) this.#durableHead = { seq: report.seq, hash16: report.hash16 };
    this.#settle(report);
    this.#outbox.kept(report.seq);
  }

  /** Queues a report for delivery from RAM: it will never be durable. */
  queue(report: MadeReport): void {
    this.#outbox.put(report);
  }

  send(uptimeMs: number): readonly Output[] {
    return this.#delivery.send(this.#options.memory.leasedSeq, uptimeMs);
  }

  /** Flash has answered for the report that is to be sent next; one that it has lost leaves a gap in the chain. */
  loaded(key: string, bytes: Uint8Array | undefined, uptimeMs: number): readonly Output[] {
    const count = this.#delivery.awaits(key);
    if (count === undefined) return [];
    const report = this.#options.memory.openReport(count, bytes);
    this.#delivery.loaded(report);
    if (report !== undefined) return [];
    this.#options.alarms.raise('recordRefused', uptimeMs);
    return [tellRefused({ reason: 'record', detail: key })];
  }

  /** @returns whether it is the report that waited for that answer */
  taken(seq: number): boolean {
    const { next } = this.#outbox;
    const isTaken = this.#delivery.taken(seq);
    if (isTaken && next?.place === 'ram') {
      this.#settle(next.report);
      if (next.report.receipt !== undefined) this.#isSettledUnwritten = true;
    }
    return isTaken;
  }

  /** @returns whether the sink refused the report that is under way */
  refused(seq: number, uptimeMs: number): boolean {
    return this.#delivery.refused(seq, uptimeMs);
  }

  #settle({ receipt }: Pick<OutgoingReport, 'receipt'>): void {
    if (receipt === undefined) return;
    this.#options.memory.note(({ owed }) => ({ owed: owed.filter((other) => other !== receipt) }));
  }

  #facts(uptimeMs: number): ReportFacts {
    const { engine, memory, bolt, alarms, clock, challenge } = this.#options;
    alarms.set('reportsWaiting', this.isLagging, uptimeMs);
    // The receipt of a handover is made before anybody else sees that the adoption is over with it.
    alarms.set('adoption', waitingAdoption(memory.durable) !== undefined, uptimeMs);
    return reportFacts({
      engine,
      memory,
      bolt,
      nowSeconds: clock.read(uptimeMs).nowSeconds,
      challenge16: challenge.current16,
      uptimeMs,
      batteryMilliVolts: this.batteryMilliVolts,
      head: this.head,
      alarms: alarms.look(uptimeMs),
      accessDigest16: this.#digestOf(memory.durable.authority?.access ?? EMPTY_ACCESS_LIST),
    });
  }

  #digestOf(list: AccessList): Uint8Array {
    if (this.#accessDigest?.list !== list) {
      const entries = list.entries.map(({ guest, terms }) => ({ guest, terms: encodeTerms(terms) }));
      const digest16 = accessDigest16(this.#options.engine.sha256, { floor: list.serialFloor, entries });
      this.#accessDigest = { list, digest16 };
    }
    return this.#accessDigest.digest16;
  }
}
