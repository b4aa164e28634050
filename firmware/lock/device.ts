import { equalBytes } from '../protocol/bytes.js';
import { GUEST_ORDERS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS } from '../protocol/limits.js';
import type { LockSettings } from '../protocol/pairing.js';
import type { ReportCause } from '../protocol/report.js';
import { freshAuthority } from './authority.js';
import type { BoltDesk, BoltReason, BoltResult } from './bolt-desk.js';
import { owedBy } from './bolt-desk.js';
import type { Challenge } from './challenge.js';
import type { Clock } from './clock.js';
import type { CommandDesk, Heard, Standing } from './command-desk.js';
import type { DeviceOptions } from './device-parts.js';
import { assemble } from './device-parts.js';
import type { LockState, Receipt } from './lock-state.js';
import type { Memory } from './memory.js';
import { tell, tellRefused } from './notice.js';
import type { PairingDesk, PairingResult, PairingWork } from './pairing-desk.js';
import type { PollerStep } from './poller.js';
import { Poller } from './poller.js';
import type { Input, Output } from './ports.js';
import { RateLimit } from './rate-limit.js';
import type { ReportDesk, ReportTask } from './report-desk.js';
import type { Round } from './round.js';

const POLL_INTERVAL_MS_DEFAULT = 1_000;
/** How long the boot report waits for the bolt's sensor, milliseconds. */
const SENSING_MS = 1_000;

/** What is to happen once flash has answered a write. */
type Task =
  | { readonly kind: 'boot' }
  | { readonly kind: 'round'; readonly round: Round }
  | ReportTask
  | { readonly kind: 'lease' }
  | { readonly kind: 'paired' }
  | { readonly kind: 'configured' }
  | { readonly kind: 'nothing' };

/**
 * One lock without any IO: inputs in, outputs out, nothing else. The same on an ESP32 and in the simulator.
 * One unlock goes: poller (a node's bytes), examiner (who signed what), authorizer (may they), here (made durable
 * first), bolt (driven, sensed), and then the report.
 */
export class Device {
  readonly #options: DeviceOptions;
  readonly #memory: Memory<Task>;
  readonly #lock20: Uint8Array;
  readonly #clock: Clock;
  readonly #pairingNonce: Challenge;
  readonly #pairing: PairingDesk;
  readonly #commands: CommandDesk;
  readonly #bolt: BoltDesk;
  readonly #reports: ReportDesk;
  readonly #refusalTurns = new RateLimit(GUEST_ORDERS_PER_WINDOW_MAX, RATE_WINDOW_SECONDS);
  #poller: Poller | undefined;
  /** Receipts of durable commands that wait for the bolt to come to rest. */
  #receipts: readonly Receipt[];
  #phase: 'off' | 'booting' | 'sensing' | 'on' = 'off';
  #wakeMs: number | undefined;

  constructor(options: DeviceOptions) {
    const parts = assemble<Task>(options);
    this.#options = options;
    this.#memory = parts.memory;
    this.#lock20 = parts.lock20;
    this.#clock = parts.clock;
    this.#pairingNonce = parts.pairingNonce;
    this.#pairing = parts.pairing;
    this.#commands = parts.commands;
    this.#bolt = parts.bolt;
    this.#reports = parts.reports;
    this.#receipts = parts.memory.state.owed;
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
        return this.#answered(input.key, true, uptimeMs);
      case 'store-failed':
        return this.#answered(input.key, false, uptimeMs);
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
        return this.#paired(
          this.#pairing.opened(this.#pairingNonce.renew(), this.#pinned, uptimeMs),
          uptimeMs,
        );
      case 'pairing-received':
        return this.#paired(this.#pairing.received(input.bytes, this.#pinned), uptimeMs);
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
    this.#startPolling();
    const { state, refusedCount } = this.#memory;
    const { bootCount, authority } = state;
    const paired = authority !== undefined;
    const outputs: Output[] = [tell({ event: 'booted', bootCount, lock: this.#lock20, paired })];
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

  #startPolling(): void {
    const { identity, state } = this.#memory;
    const { settings } = identity;
    if (settings === undefined || state.authority === undefined) return;
    this.#poller = new Poller({
      lock20: this.#lock20,
      registry20: settings.registry,
      startBlock: settings.startBlock,
      urls: settings.endpoints,
      cursors: state.cursors,
      intervalMs: this.#options.pollIntervalMs ?? POLL_INTERVAL_MS_DEFAULT,
      isJudged: (hash) => this.#memory.state.judged.some((judged) => equalBytes(judged, hash)),
    });
  }

  // Time

  #tick(uptimeMs: number): readonly Output[] {
    if (this.#phase === 'off' || this.#phase === 'booting') return [];
    const outputs: Output[] = [...this.#moved(this.#bolt.tick(uptimeMs), uptimeMs)];
    outputs.push(...this.#polled(this.#poller?.tick(uptimeMs), uptimeMs));
    // A heartbeat names the report before it, so it waits until that one is durable.
    if (this.#phase === 'on' && uptimeMs >= this.#reports.heartbeatDueMs && this.#memory.isIdle) {
      outputs.push(...this.#heartbeat(uptimeMs));
    }
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
    return [
      ...this.#heard(this.#commands.hearAgain(this.#standing, uptimeMs)),
      ...this.#closeRound(uptimeMs),
    ];
  }

  /** Asks for the next tick, where it is another one than was asked for last. */
  #askToWake(): readonly Output[] {
    const dues = [
      this.#bolt.dueMs,
      this.#poller?.dueMs,
      this.#phase === 'sensing' ? SENSING_MS : undefined,
      this.#phase === 'on' ? this.#reports.dueMs : undefined,
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
        return this.#heard({ outputs: [tellRefused(step.refusal)], strangers: 1 });
      case 'transaction':
        return this.#heard(this.#commands.hear(step, this.#standing, uptimeMs));
      case 'round-over':
        return this.#closeRound(uptimeMs);
    }
  }

  #heard({ outputs, strangers }: Heard): readonly Output[] {
    for (let i = 0; i < strangers; i++) this.#reports.countStranger();
    return outputs;
  }

  get #standing(): Standing {
    const { identity, state } = this.#memory;
    const { settings } = identity;
    return {
      domain: settings && { chainId: settings.chainId, registry20: settings.registry, lock20: this.#lock20 },
      authority: state.authority,
      judged: state.judged,
      receiptsFree: this.#reports.receiptsFree - state.owed.length,
    };
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
    for (const command of round.refused) {
      if (this.#refusalTurns.take(command.by, uptimeMs)) {
        outputs.push(...this.#reports.reportRefusal(command, uptimeMs));
      } else this.#reports.countStranger();
    }
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
    const outputs: Output[] = [...this.#moved(this.#bolt.press(uptimeMs), uptimeMs)];
    const { authority } = this.#memory.state;
    if (authority?.privacy === true) {
      outputs.push(
        ...this.#remember({ authority: { ...authority, privacy: false } }, { kind: 'nothing' }, uptimeMs),
      );
    }
    return outputs;
  }

  #moved({ outputs, settled }: BoltResult, uptimeMs: number): readonly Output[] {
    this.#memory.note({ owedLock: this.#bolt.owedLock });
    if (settled === undefined || this.#phase !== 'on') return outputs;
    const receipts = this.#settleReceipts(uptimeMs);
    const cause = reportCauseOf(settled, receipts.length > 0);
    return [...outputs, ...receipts, ...(cause === undefined ? [] : this.#reports.report(cause, uptimeMs))];
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

  get #pinned(): { owner: Uint8Array | undefined; settings: LockSettings | undefined } {
    return { owner: this.#memory.state.authority?.owner, settings: this.#memory.identity.settings };
  }

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
    if (work.kind === 'configure') return this.#memory.writeIdentity(identity, { kind: 'configured' });
    this.#clock.forget();
    this.#clock.raiseFloor(work.ownerUnixSeconds, uptimeMs);
    return [
      ...this.#memory.writeIdentity(identity, { kind: 'nothing' }),
      ...this.#remember({ authority: freshAuthority(work.owner, 1) }, { kind: 'paired' }, uptimeMs),
    ];
  }

  #pairingDone(uptimeMs: number): readonly Output[] {
    const { authority } = this.#memory.state;
    if (authority === undefined) return [];
    this.#startPolling();
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
      case 'paired':
        return this.#pairingDone(uptimeMs);
      case 'configured':
        this.#startPolling();
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

/** A bolt that moved or stopped is reported, unless receipts have just said so; `boot` has a report of its own. */
function reportCauseOf({ cause }: BoltReason, hasReceipts: boolean): ReportCause | undefined {
  switch (cause) {
    case 'command':
      return hasReceipts ? undefined : 'relock';
    case 'boot':
      return undefined;
    default:
      return hasReceipts ? undefined : cause;
  }
}
