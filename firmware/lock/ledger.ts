import { REPORT_LEASE } from '../protocol/limits.js';
import type { Clock } from './clock.js';
import type { Lease } from './lease.js';
import type { LockState } from './lock-state.js';
import type { Memory, Patch } from './memory.js';
import type { Poller } from './poller.js';
import type { Output } from './ports.js';
import type { ReportDesk } from './report-desk.js';
import type { Task } from './task.js';

export interface LedgerOptions {
  readonly memory: Memory<Task>;
  readonly clock: Clock;
  readonly reports: ReportDesk;
  readonly lease: Lease;
  /** A poller for what is pinned now, its exchanges numbered above `firstId`; undefined while the lock is unpaired. */
  readonly createPoller: (firstId: number) => Poller | undefined;
}

/** Writes changes of the state together with all that was learnt since the last: time, reports, blocks read. */
export class Ledger {
  readonly #options: LedgerOptions;
  #poller: Poller | undefined;
  /** The blocks from which this poller began. */
  #startCursors: readonly number[] = [];

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  get poller(): Poller | undefined {
    return this.#poller;
  }

  /** Polls what is pinned now, from the blocks that the state names. */
  startPolling(): void {
    this.#startCursors = this.#options.memory.state.cursors;
    this.#poller = this.#options.createPoller(this.#poller?.lastId ?? 0);
  }

  /** Reads all blocks again that this boot has read: what was judged is known by its hash, serial or guard. */
  readAgain(): void {
    const cursors = this.#startCursors;
    this.#options.memory.note(() => ({ cursors }));
    this.startPolling();
  }

  /** Writes a change, and leases report numbers beyond the last one used. */
  remember(patch: Patch, task: Task, uptimeMs: number): readonly Output[] {
    const { memory, clock, reports, lease } = this.#options;
    reports.noteWritten();
    const learnt = (state: LockState): Partial<LockState> => ({
      floorSeconds: clock.read(uptimeMs).floorSeconds,
      synchronisedBefore: clock.synchronisedBefore,
      headSeq: reports.durableHead.seq,
      headHash16: reports.durableHead.hash16,
      leasedSeq: Math.max(state.leasedSeq, reports.lastSeq + REPORT_LEASE),
      keptCount: reports.keptCount,
      takenCount: reports.takenCount,
      cursors: this.#poller?.cursors ?? state.cursors,
      contactSeconds: lease.contactSeconds(uptimeMs),
    });
    return memory.change((state) => ({ ...learnt(state), ...patch(state) }), task);
  }
}
