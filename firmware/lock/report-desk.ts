import { HEARTBEAT_MS_DEFAULT } from '../protocol/limits.js';
import type { LastCommand, ReportCause } from '../protocol/report.js';
import { backoffMs } from './backoff.js';
import type { Outbox } from './outbox.js';
import type { Output } from './ports.js';
import type { NumberedReport, Reporter, ReportFacts } from './reporter.js';

/** A sink that answers nothing at all counts as failed after this long. */
const SINK_SILENCE_MS = 60_000;
/** Slots of flash that refusals and bolt events leave to the receipts of commands. */
const RECEIPT_SLOTS = 16;

/** A signed report and the slot of flash that it must reach before anyone sees it; without a slot it lives in RAM. */
export interface MadeReport extends NumberedReport {
  readonly slot: number | undefined;
}

/** Reports from the signature to the sink: numbered, kept, sent one at a time in order, sent again until taken. */
export class ReportDesk {
  readonly #reporter: Reporter;
  readonly #outbox: Outbox;
  readonly #heartbeatMs: number;
  #heartbeatDueMs: number;
  #durableHead: { readonly seq: number; readonly hash16: Uint8Array };
  #strangersRefused = 0;
  #sending: { readonly seq: number; readonly untilMs: number } | undefined;
  #failures = 0;
  #retryMs = 0;

  constructor(
    reporter: Reporter,
    outbox: Outbox,
    durableHead: { readonly seq: number; readonly hash16: Uint8Array },
    heartbeatMs: number = HEARTBEAT_MS_DEFAULT,
  ) {
    this.#reporter = reporter;
    this.#durableHead = durableHead;
    this.#outbox = outbox;
    this.#heartbeatMs = heartbeatMs;
    this.#heartbeatDueMs = heartbeatMs;
  }

  get lastSeq(): number {
    return this.#reporter.lastSeq;
  }

  /** The last report that was made to outlive a power cut, and its hash. */
  get durableHead(): { readonly seq: number; readonly hash16: Uint8Array } {
    return this.#durableHead;
  }

  get deliveredSeq(): number {
    return this.#outbox.deliveredSeq;
  }

  get heartbeatDueMs(): number {
    return this.#heartbeatDueMs;
  }

  /** The uptime at which delivery has something to do, or undefined. */
  get dueMs(): number | undefined {
    if (this.#sending !== undefined) return this.#sending.untilMs;
    return this.#outbox.next === undefined ? undefined : this.#retryMs;
  }

  /** Whether delivery lags so far behind that an owner should know. */
  get isLagging(): boolean {
    return this.#outbox.freeCount < RECEIPT_SLOTS;
  }

  /** Receipts of commands that flash has room for. */
  get receiptsFree(): number {
    return this.#outbox.freeCount;
  }

  countStranger(): void {
    this.#strangersRefused++;
  }

  noteCommand(command: LastCommand): void {
    this.#reporter.note(command);
  }

  /** Makes a report that a reboot must not lose. Where only the receipts' slots are left, others live in RAM. */
  make(cause: ReportCause, facts: ReportFacts): MadeReport {
    const report = this.#reporter.make(cause, facts);
    const mayTake = cause === 'command' || !this.isLagging;
    const slot = mayTake ? this.#outbox.takeSlot(report.seq) : undefined;
    if (slot !== undefined) this.#durableHead = { seq: report.seq, hash16: this.#reporter.lastHash16 };
    return { ...report, slot };
  }

  /** Makes a heartbeat, which lives in RAM and tells how many strangers were refused since the last. */
  makeHeartbeat(facts: ReportFacts, uptimeMs: number): MadeReport {
    this.#heartbeatDueMs = uptimeMs + this.#heartbeatMs;
    const report = this.#reporter.make('heartbeat', { ...facts, strangersRefused: this.#strangersRefused });
    this.#strangersRefused = 0;
    return { ...report, slot: undefined };
  }

  /** Queues a report for delivery: it is durable now, or never will be. */
  queue(report: MadeReport): void {
    this.#outbox.put(report);
  }

  /**
   * Sends the next report, if none is under way.
   * @param leasedSeq - a report in RAM alone is shown only up to this number, which no reboot will use again
   */
  send(leasedSeq: number, uptimeMs: number): readonly Output[] {
    if (this.#sending !== undefined) {
      if (uptimeMs < this.#sending.untilMs) return [];
      this.#fail(uptimeMs);
    }
    const { next } = this.#outbox;
    if (next === undefined || uptimeMs < this.#retryMs) return [];
    if (next.slot === undefined && next.seq > leasedSeq) return [];
    this.#sending = { seq: next.seq, untilMs: uptimeMs + SINK_SILENCE_MS };
    return [{ kind: 'publish', seq: next.seq, cose: next.cose }];
  }

  /** The sink has taken a report; an answer to another one than is under way changes nothing. */
  taken(seq: number): void {
    if (!this.#outbox.delivered(seq)) return;
    this.#sending = undefined;
    this.#failures = 0;
    this.#retryMs = 0;
  }

  refused(seq: number, uptimeMs: number): void {
    if (this.#sending?.seq === seq) this.#fail(uptimeMs);
  }

  #fail(uptimeMs: number): void {
    this.#sending = undefined;
    this.#failures++;
    this.#retryMs = uptimeMs + backoffMs(this.#failures);
  }
}
