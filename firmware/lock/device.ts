import { CLOCK_JUMP_SECONDS_MAX } from '../protocol/limits.js';
import { freshAuthority } from './authority.js';
import { type BoltDesk, type BoltReason, type BoltResult, owedBy } from './bolt-desk.js';
import type { Clock } from './clock.js';
import type { CommandDesk } from './command-desk.js';
import { assemble, type DeviceOptions, type DeviceParts } from './device-parts.js';
import type { LockState, OwedLock, Receipt } from './lock-state.js';
import type { Memory } from './memory.js';
import { tell, tellRefused } from './notice.js';
import type { PairingDesk, PairingResult, PairingWork } from './pairing-desk.js';
import type { Poller, PollerStep } from './poller.js';

import type { Input, Output } from './ports.js';
import type { ReportDesk } from './report-desk.js';
import type { Round } from './round.js';
import type { Task } from './task.js';

/** How long the boot report waits for the bolt's sensor, milliseconds. */
const SENSING_MS = 1_000;

/**
 * One lock without any IO: inputs in, outputs out, nothing else. The same on an ESP32 and in the simulator.
 * One unlock goes: poller (a node's bytes), examiner (who signed what), authorizer (may they), here (made durable
 * first), bolt (driven, sensed), and then the report.
 */
export class Device {
  readonly #parts: DeviceParts;
  readonly #memory: Memory<Task>;
  readonly #clock: Clock;
  readonly #pairing: PairingDesk;
  readonly #commands: CommandDesk;
  readonly #bolt: BoltDesk;
  readonly #reports: ReportDesk;
  #poller: Poller | undefined;
  /** Receipts of durable commands that wait for the bolt to come to rest. */
  #receipts: readonly Receipt[];
  /** What the bolt owed when it was last looked at. */
  #owedLock: OwedLock;
  #phase: 'off' | 'booting' | 'sensing' | 'on' = 'off';
  #wakeMs: number | undefined;

  constructor(options: DeviceOptions) {
    const parts = assemble(options);
    this.#parts = parts;
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#pairing = parts.pairing;
    this.#commands = parts.commands;
    this.#bolt = parts.bolt;
    this.#reports = parts.reports;
    this.#receipts = parts.memory.state.owed;
    this.#owedLock = parts.bolt.owedLock;
  }

  /**
   * Takes one input and says what the world is to do now. Unknown and late inputs change nothing.
   * @param uptimeMs - milliseconds since boot, never falling
   * @throws InvariantError on a bug of ours: the caller stops the motor and boots again
   */
  handle(input: Input, uptimeMs: number): readonly Output[] {
    // The wake that was asked for has come: were it early, it must be asked for again.
    if (input.kind === 'tick') this.#wakeMs = undefined;
    const outputs: Output[] = [...this.#step(input, uptimeMs)];
    if (this.#phase === 'sensing' && (this.#bolt.hasSensed || uptimeMs >= SENSING_MS)) {
      outputs.push(...this.#wakeUp(uptimeMs));
    }
    if (this.#phase === 'on') outputs.push(...this.#reports.send(uptimeMs));
    outputs.push(...this.#askToWake());
    return outputs;
  }

  #step(input: Input, uptimeMs: number): readonly Output[] {
    switch (input.kind) {
      case 'boot':
        return this.#boot(uptimeMs);
      case 'tick':
        return this.#tick(uptimeMs);
      case 'clock':
        return this.#synchronise(input, uptimeMs);
      case 'http-done':
        return this.#polled(this.#poller?.done(input.id, input.status, input.body, uptimeMs), uptimeMs);
      case 'http-failed':
        return this.#polled(this.#poller?.failed(input.id, input.reason, uptimeMs), uptimeMs);
      case 'stored':
      case 'store-failed':
        return this.#answered(input.key, input.kind === 'stored', uptimeMs);
      case 'bolt-sensed':
        return this.#moved(this.#bolt.sense(input.bolt, uptimeMs), uptimeMs);
      case 'door-sensed':
        return this.#moved(this.#bolt.senseDoor(input.door, uptimeMs), uptimeMs);
      case 'battery-sensed':
        this.#reports.batteryMilliVolts = input.milliVolts;
        return [];
      case 'button-pressed':
        return this.#press(uptimeMs);
      case 'pairing-opened':
        return this.#paired(this.#pairing.opened(uptimeMs), uptimeMs);
      case 'pairing-received':
        return this.#paired(this.#pairing.received(input.bytes), uptimeMs);
      case 'pairing-closed':
        this.#pairing.closed();
        return [];
      case 'published':
        this.#reports.taken(input.seq);
        return [];
      case 'publish-failed':
        if (!this.#reports.refused(input.seq, uptimeMs)) return [];
        return [tellRefused({ reason: 'report-sink', detail: `report ${input.seq}` })];
    }
  }

  // Boot

  #boot(uptimeMs: number): readonly Output[] {
    if (this.#phase !== 'off') return [];
    this.#phase = 'booting';
    const { identity, isNew, state } = this.#memory;
    return [
      ...(isNew ? this.#memory.writeIdentity(identity, { kind: 'nothing' }) : []),
      ...this.#remember({ bootCount: state.bootCount + 1 }, { kind: 'boot' }, uptimeMs),
    ];
  }

  /** The boot is counted. Where flash is broken the lock goes on: its button works, and no command is obeyed. */
  #booted(): readonly Output[] {
    this.#phase = 'sensing';
    this.#poller = this.#parts.createPoller();
    const { state, refusedCount } = this.#memory;
    const { bootCount, authority } = state;
    const paired = authority !== undefined;
    const outputs: Output[] = [tell({ event: 'booted', bootCount, lock: this.#parts.lock20, paired })];
    for (let i = 0; i < refusedCount; i++) outputs.push(tellRefused({ reason: 'record' }));
    return outputs;
  }

  /** The sensors have spoken: the lock reports, and takes up what is owed from before the cut. */
  #wakeUp(uptimeMs: number): readonly Output[] {
    this.#phase = 'on';
    const { headSeq } = this.#memory.state;
    const receipt = this.#receipts[this.#receipts.length - 1];
    const reason: BoltReason =
      receipt === undefined ? { cause: 'boot' } : { cause: 'command', by: receipt.by, tx: receipt.tx };
    const report = this.#reports.report('boot', uptimeMs, { lastDurableSeq: headSeq });
    const outputs = [...report, ...this.#moved(this.#bolt.resume(uptimeMs, reason), uptimeMs)];
    // An unlock that was owed is not taken up; its receipt says where the bolt is.
    return this.#bolt.isMoving ? outputs : [...outputs, ...this.#settleReceipts(uptimeMs)];
  }

  // Time

  #tick(uptimeMs: number): readonly Output[] {
    if (this.#phase === 'off' || this.#phase === 'booting') return [];
    const outputs: Output[] = [...this.#moved(this.#bolt.tick(uptimeMs), uptimeMs)];
    // Nothing is heard before the boot report, which names the last one before it.
    if (this.#phase !== 'on') return outputs;
    outputs.push(...this.#polled(this.#poller?.tick(uptimeMs), uptimeMs));
    if (!this.#memory.isIdle) return outputs;
    // A heartbeat names the report before it, so it waits until that one is durable.
    if (uptimeMs >= this.#reports.heartbeatDueMs) outputs.push(...this.#heartbeat(uptimeMs));
    // Reports tell what became of the state that was written last, so it must not fall far behind them.
    else if (this.#reports.outruns) outputs.push(...this.#remember({}, { kind: 'nothing' }, uptimeMs));
    return outputs;
  }

  #heartbeat(uptimeMs: number): readonly Output[] {
    if (this.#reports.mayHeartbeat) return this.#reports.heartbeat(uptimeMs);
    return this.#remember({}, { kind: 'lease' }, uptimeMs);
  }

  #synchronise(
    { unixSeconds, source }: Extract<Input, { kind: 'clock' }>,
    uptimeMs: number,
  ): readonly Output[] {
    if (!this.#clock.synchronise(unixSeconds, source, uptimeMs) || this.#phase !== 'on') return [];
    return [...this.#commands.hearAgain(uptimeMs), ...this.#closeRound(uptimeMs)];
  }

  /** Asks for the next tick, where it is another one than was asked for last. */
  #askToWake(): readonly Output[] {
    const dues = [
      this.#bolt.dueMs,
      this.#phase === 'sensing' ? SENSING_MS : undefined,
      ...(this.#phase === 'on' ? [this.#poller?.dueMs, this.#reports.dueMs] : []),
    ].filter((due) => due !== undefined);
    const wakeMs = dues.length === 0 ? undefined : Math.min(...dues);
    if (wakeMs === undefined || wakeMs === this.#wakeMs) return [];
    this.#wakeMs = wakeMs;
    return [{ kind: 'wake-at', uptimeMs: wakeMs }];
  }

  // Commands

  #polled(steps: readonly PollerStep[] | undefined, uptimeMs: number): readonly Output[] {
    this.#reports.head = this.#poller?.head ?? 0;
    return (steps ?? []).flatMap((step) => this.#pollerStep(step, uptimeMs));
  }

  #pollerStep(step: PollerStep, uptimeMs: number): readonly Output[] {
    switch (step.kind) {
      case 'output':
        return [step.output];
      case 'notice':
        return [tell(step.notice)];
      case 'refused':
        this.#reports.countStrangers(1);
        return [tellRefused(step.refusal)];
      case 'transaction':
        return this.#commands.hear(step, uptimeMs);
      case 'round-over':
        return this.#closeRound(uptimeMs);
    }
  }

  /** Persist before actuate: guards, owed receipts and the owed lock go into one record, then the bolt may move. */
  #closeRound(uptimeMs: number): readonly Output[] {
    const round = this.#commands.close();
    if (round === undefined) return [];
    const outputs: Output[] = [];
    if (round.receipts.length > 0) {
      const { state } = this.#memory;
      const { wish, authority, judged, receipts } = round;
      const owed = [...state.owed, ...receipts];
      const owedLock = wish === undefined ? state.owedLock : owedBy(wish.wish);
      outputs.push(
        ...this.#remember({ authority, judged, owed, owedLock }, { kind: 'round', round }, uptimeMs),
      );
    } else this.#memory.note({ judged: round.judged });
    for (const command of round.refused) outputs.push(...this.#reports.reportRefusal(command, uptimeMs));
    return outputs;
  }

  /** The round is durable: now the bolt may move. */
  #obey({ receipts, wish }: Round, uptimeMs: number): readonly Output[] {
    this.#receipts = [...this.#receipts, ...receipts];
    if (wish === undefined) return this.#bolt.isMoving ? [] : this.#settleReceipts(uptimeMs);
    const { by, tx } = wish.receipt;
    return this.#moved(this.#bolt.obey(wish.wish, { cause: 'command', by, tx }, uptimeMs), uptimeMs);
  }

  // Bolt

  #press(uptimeMs: number): readonly Output[] {
    this.#pairing.press(uptimeMs);
    // Before there is an owner, the button only says that somebody stands here.
    if (this.#memory.state.authority === undefined) return [];
    const outputs: Output[] = [...this.#moved(this.#bolt.press(uptimeMs), uptimeMs)];
    // A round under way was judged with privacy as it was: it ends before that changes.
    if (this.#memory.state.authority.privacy) outputs.push(...this.#closeRound(uptimeMs));
    const { authority } = this.#memory.state;
    if (authority?.privacy === true) {
      outputs.push(
        ...this.#remember({ authority: { ...authority, privacy: false } }, { kind: 'nothing' }, uptimeMs),
      );
    }
    return outputs;
  }

  #moved({ outputs, settled }: BoltResult, uptimeMs: number): readonly Output[] {
    const { owedLock } = this.#bolt;
    // Only what changed here: a wish that is being written owes a lock that the bolt does not know of yet.
    if (owedLock !== this.#owedLock) this.#memory.note({ owedLock });
    this.#owedLock = owedLock;
    if (settled === undefined || this.#phase !== 'on') return outputs;
    const receipts = this.#settleReceipts(uptimeMs);
    // The receipts say where the bolt is; without any, the movement is reported for itself.
    return [
      ...outputs,
      ...(receipts.length > 0 ? receipts : this.#reports.reportBolt(settled.cause, uptimeMs)),
    ];
  }

  /** One report for each accepted command, once the bolt has done what it will do. */
  #settleReceipts(uptimeMs: number): readonly Output[] {
    const receipts = this.#receipts;
    this.#receipts = [];
    const outputs = receipts.flatMap((receipt) => this.#reports.reportReceipt(receipt, uptimeMs));
    this.#memory.note({ owed: this.#memory.state.owed.filter((receipt) => !receipts.includes(receipt)) });
    return outputs;
  }

  // Pairing

  #paired({ outputs, work, refused }: PairingResult, uptimeMs: number): readonly Output[] {
    return [
      ...outputs,
      ...refused.map((reason) => tellRefused({ reason })),
      ...work.flatMap((item) => this.#pairingWork(item, uptimeMs)),
    ];
  }

  /** The settings first, then the owner: cut between the two, the lock is still unpaired. */
  #pairingWork(work: PairingWork, uptimeMs: number): readonly Output[] {
    const identity = { ...this.#memory.identity, settings: work.settings };
    if (work.kind === 'configure') {
      return [
        // Cursors go by the order of the endpoints, which may be others now: each is read from the start.
        ...this.#remember({ cursors: [] }, { kind: 'nothing' }, uptimeMs),
        ...this.#memory.writeIdentity(identity, { kind: 'configured' }),
      ];
    }
    const { nowSeconds } = this.#clock.read(uptimeMs);
    // A floor far ahead would refuse every order for good.
    if (nowSeconds !== undefined && work.ownerUnixSeconds > nowSeconds + CLOCK_JUMP_SECONDS_MAX) {
      return [
        tellRefused({ reason: 'clock' }),
        ...this.#pairing.answer({ kind: 'refused', reason: 'clock' }),
      ];
    }
    this.#clock.forget();
    this.#clock.raiseFloor(work.ownerUnixSeconds, uptimeMs);
    return this.#memory.writeIdentity(identity, {
      kind: 'pinned',
      owner: work.owner,
      settings: work.settings,
    });
  }

  /** The settings are durable. Where the same tool has asked for others meanwhile, those count. */
  #pin({ owner, settings }: Extract<Task, { kind: 'pinned' }>, uptimeMs: number): readonly Output[] {
    const { identity, state } = this.#memory;
    if (state.authority !== undefined || identity.settings !== settings) return [];
    return this.#remember({ authority: freshAuthority(owner, 1) }, { kind: 'paired' }, uptimeMs);
  }

  #pairingDone(uptimeMs: number): readonly Output[] {
    const { authority } = this.#memory.state;
    if (authority === undefined) return [];
    this.#poller = this.#parts.createPoller();
    const { owner, epoch } = authority;
    return [
      tell({ event: 'paired', owner, epoch }),
      ...this.#pairing.answer({ kind: 'paired', owner, epoch }),
      ...this.#reports.report('pairing', uptimeMs),
    ];
  }

  // Flash

  #remember(patch: Partial<LockState>, task: Task, uptimeMs: number): readonly Output[] {
    const head = this.#reports.durableHead;
    const now: Partial<LockState> = {
      floorSeconds: this.#clock.read(uptimeMs).floorSeconds,
      synchronisedBefore: this.#clock.synchronisedBefore,
      headSeq: head.seq,
      headHash16: head.hash16,
      deliveredSeq: this.#reports.deliveredSeq,
      cursors: this.#poller?.cursors ?? this.#memory.state.cursors,
    };
    return this.#memory.change({ ...now, ...patch }, this.#reports.lastSeq, task);
  }

  #answered(key: string, isStored: boolean, uptimeMs: number): readonly Output[] {
    const answer = this.#memory.answered(key, isStored);
    if (answer === undefined) return [];
    this.#reports.storageFailed = !isStored;
    const { task, outputs } = answer;
    const next = isStored ? this.#stored(task, uptimeMs) : this.#notStored(task, uptimeMs);
    return [...outputs, ...next];
  }

  #stored(task: Task, uptimeMs: number): readonly Output[] {
    switch (task.kind) {
      case 'boot':
        return this.#booted();
      case 'round':
        return this.#obey(task.round, uptimeMs);
      case 'report':
        this.#reports.queue(task.report);
        return [];
      case 'lease':
        return this.#heartbeat(uptimeMs);
      case 'pinned':
        return this.#pin(task, uptimeMs);
      case 'paired':
        return this.#pairingDone(uptimeMs);
      case 'configured':
        this.#memory.note({ cursors: [] });
        this.#poller = this.#parts.createPoller();
        return this.#pairing.answer({ kind: 'configured' });
      case 'nothing':
        return [];
    }
  }

  /** What could not be made durable is not done: nothing moves, and whoever asked is told. */
  #notStored(task: Task, uptimeMs: number): readonly Output[] {
    switch (task.kind) {
      case 'boot':
        return [tellRefused({ reason: 'storage' }), ...this.#booted()];
      case 'round':
        return task.round.receipts.map(({ by, tx }) => tellRefused({ reason: 'storage', by, tx }));
      case 'report':
        this.#reports.queue({ ...task.report, slot: undefined });
        return [tellRefused({ reason: 'storage', detail: `report ${task.report.seq}` })];
      case 'lease':
        return [tellRefused({ reason: 'storage' }), ...this.#heartbeat(uptimeMs)];
      case 'pinned':
      case 'paired':
      case 'configured':
        return [
          tellRefused({ reason: 'storage' }),
          ...this.#pairing.answer({ kind: 'refused', reason: 'storage' }),
        ];
      case 'nothing':
        return [tellRefused({ reason: 'storage' })];
    }
  }
}
