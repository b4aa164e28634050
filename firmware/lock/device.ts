import { MODE } from '../protocol/mode.js';
import type { AlarmDesk } from './alarm-desk.js';
import type { Alarms } from './alarms.js';
import type { Wish } from './authorizer.js';
import type { BoltDesk, BoltReason } from './bolt-desk.js';
import type { Clock } from './clock.js';
import type { CommandDesk } from './command-desk.js';
import { assemble, type DeviceOptions, type DeviceParts } from './device-parts.js';
import type { Ledger } from './ledger.js';
import type { LockState } from './lock-state.js';
import type { Memory } from './memory.js';
import type { Movements } from './movements.js';
import { tell, tellRefused } from './notice.js';
import type { PairingDesk, PairingResult } from './pairing-desk.js';
import { isActivity } from './poll-interval.js';
import type { PollerStep } from './poller.js';
import type { HttpAnswer, Input, Output } from './ports.js';
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
  readonly #ledger: Ledger;
  readonly #alarms: Alarms;
  readonly #alarmDesk: AlarmDesk;
  readonly #movements: Movements;
  #phase: 'off' | 'booting' | 'sensing' | 'on' = 'off';
  #wakeMs: number | undefined;
  /** Answers of nodes that came while the state was written: nothing is judged on what flash may yet refuse. */
  readonly #held: HttpAnswer[] = [];

  constructor(options: DeviceOptions) {
    const parts = assemble(options);
    this.#parts = parts;
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#pairing = parts.pairing;
    this.#commands = parts.commands;
    this.#bolt = parts.bolt;
    this.#reports = parts.reports;
    this.#ledger = parts.ledger;
    this.#alarms = parts.alarms;
    this.#alarmDesk = parts.alarmDesk;
    this.#movements = parts.movements;
  }

  /**
   * Takes one input and says what the world is to do now. Unknown and late inputs change nothing.
   * @param uptimeMs - milliseconds since boot, never falling
   * @throws InvariantError on a bug of ours: the caller stops the motor and boots again
   */
  handle(input: Input, uptimeMs: number): readonly Output[] {
    // The wake that was asked for has come: were it early, it must be asked for again.
    if (input.kind === 'tick') this.#wakeMs = undefined;
    if (isActivity(input)) this.#ledger.poller?.pace.wake(uptimeMs);
    const outputs: Output[] = [...this.#step(input, uptimeMs)];
    while (!this.#memory.isChanging) {
      const answer = this.#held.shift();
      if (answer === undefined) break;
      outputs.push(...this.#polled(this.#ledger.answered(answer, uptimeMs), uptimeMs));
    }
    if (this.#phase === 'sensing' && (this.#bolt.hasSensed || uptimeMs >= SENSING_MS)) {
      outputs.push(...this.#wakeUp(uptimeMs));
    }
    if (this.#phase === 'on')
      outputs.push(...this.#alarmDesk.tell(uptimeMs), ...this.#reports.send(uptimeMs));
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
      case 'http-failed':
        this.#held.push(input);
        return [];
      case 'stored':
      case 'store-failed':
        return this.#answered(input.key, input.kind === 'stored', uptimeMs);
      case 'loaded':
        return this.#reports.loaded(input.key, input.bytes, uptimeMs);
      case 'bolt-sensed':
        return this.#movements.moved(this.#bolt.sense(input.bolt, uptimeMs), uptimeMs);
      case 'bolt-released':
        return this.#movements.moved(this.#bolt.released(uptimeMs), uptimeMs);
      case 'door-sensed':
        this.#alarms.senseDoor(input.door, uptimeMs);
        return this.#movements.moved(this.#bolt.senseDoor(input.door, uptimeMs), uptimeMs);
      case 'tamper-sensed':
        this.#alarms.senseTamper(input.open, uptimeMs);
        return [];
      case 'battery-sensed':
        this.#alarmDesk.senseBattery(input.milliVolts, uptimeMs);
        return [];
      case 'button-pressed':
        return this.#press(uptimeMs);
      case 'outside-pressed':
        if (this.#memory.state.authority === undefined) return [];
        return this.#movements.moved(this.#bolt.pressOutside(uptimeMs), uptimeMs);
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
    const { identity, isNew } = this.#memory;
    return [
      ...(isNew ? this.#memory.writeIdentity(identity, { kind: 'nothing' }) : []),
      ...this.#ledger.remember(
        ({ bootCount }) => ({ bootCount: bootCount + 1, newestFirmware: this.#alarms.newestFirmware }),
        { kind: 'boot' },
        uptimeMs,
      ),
    ];
  }

  /** The boot is counted. Where flash is broken the lock goes on: its button works, and no command is obeyed. */
  #booted(): readonly Output[] {
    this.#phase = 'sensing';
    this.#ledger.startPolling();
    const { state, refusedCount, foreignCount } = this.#memory;
    const { bootCount, authority } = state;
    const paired = authority !== undefined;
    const outputs: Output[] = [tell({ event: 'booted', bootCount, lock: this.#parts.lock20, paired })];
    for (let i = 0; i < refusedCount; i++) outputs.push(tellRefused({ reason: 'record' }));
    for (let i = 0; i < foreignCount; i++) {
      outputs.push(tellRefused({ reason: 'record', detail: 'of another firmware' }));
    }
    return outputs;
  }

  /** The sensors have spoken: the lock reports, and takes up what is owed from before the cut. */
  #wakeUp(uptimeMs: number): readonly Output[] {
    this.#phase = 'on';
    const { headSeq } = this.#memory.state;
    const receipt = this.#movements.lastReceipt;
    const reason: BoltReason =
      receipt === undefined ? { cause: 'boot' } : { cause: 'command', by: receipt.by, tx: receipt.tx };
    this.#movements.startReporting();
    const report = this.#reports.report('boot', uptimeMs, { lastDurableSeq: headSeq });
    const outputs = [...report, ...this.#movements.moved(this.#bolt.resume(uptimeMs, reason), uptimeMs)];
    // An unlock that was owed is not taken up; its receipt says where the bolt is.
    return this.#bolt.isMoving ? outputs : [...outputs, ...this.#movements.settleReceipts(uptimeMs)];
  }

  // Time

  #tick(uptimeMs: number): readonly Output[] {
    if (this.#phase === 'off' || this.#phase === 'booting') return [];
    const outputs: Output[] = [...this.#movements.moved(this.#bolt.tick(uptimeMs), uptimeMs)];
    // Nothing is heard before the boot report, which names the last one before it.
    if (this.#phase !== 'on') return outputs;
    // A round is judged on what is durable.
    if (!this.#memory.isChanging)
      outputs.push(...this.#polled(this.#ledger.poller?.tick(uptimeMs), uptimeMs));
    if (uptimeMs >= (this.#commands.retryMs ?? Infinity)) outputs.push(...this.#hearAgain(uptimeMs));
    if (!this.#memory.isIdle) return outputs;
    // A heartbeat names the report before it, so it waits until that one is durable.
    if (uptimeMs >= this.#reports.heartbeatDueMs) outputs.push(...this.#heartbeat(uptimeMs));
    // Reports tell what became of the state that was written last, so it must not fall far behind them.
    else if (this.#reports.outruns || this.#ledger.poller?.pace.outruns) {
      this.#ledger.poller?.pace.noteWritten();
      outputs.push(...this.#ledger.remember(() => ({}), { kind: 'nothing' }, uptimeMs));
    }
    return outputs;
  }

  #heartbeat(uptimeMs: number): readonly Output[] {
    if (this.#reports.mayHeartbeat) return this.#reports.heartbeat(uptimeMs);
    return this.#ledger.remember(() => ({}), { kind: 'lease' }, uptimeMs);
  }

  #synchronise(
    { unixSeconds, source }: Extract<Input, { kind: 'clock' }>,
    uptimeMs: number,
  ): readonly Output[] {
    if (!this.#clock.synchronise(unixSeconds, source, uptimeMs) || this.#phase !== 'on') return [];
    return this.#hearAgain(uptimeMs);
  }

  #hearAgain(uptimeMs: number): readonly Output[] {
    if (this.#memory.isChanging) {
      this.#commands.retryAt(uptimeMs);
      return [];
    }
    if (this.#commands.takeDropped(uptimeMs)) this.#ledger.readAgain();
    return [...this.#commands.hearAgain(uptimeMs), ...this.#closeRound(uptimeMs)];
  }

  /** Asks for the next tick, where it is another one than was asked for last. */
  #askToWake(): readonly Output[] {
    const dues = [
      this.#bolt.dueMs,
      this.#phase === 'sensing' ? SENSING_MS : undefined,
      ...(this.#phase === 'on' ? [this.#reports.dueMs, this.#alarmDesk.dueMs] : []),
      ...(this.#phase === 'on' && !this.#memory.isChanging
        ? [this.#ledger.poller?.dueMs, this.#commands.retryMs]
        : []),
    ].filter((due) => due !== undefined);
    const wakeMs = dues.length === 0 ? undefined : Math.min(...dues);
    if (wakeMs === undefined || wakeMs === this.#wakeMs) return [];
    this.#wakeMs = wakeMs;
    return [{ kind: 'wake-at', uptimeMs: wakeMs }];
  }

  // Commands

  #polled(steps: readonly PollerStep[] | undefined, uptimeMs: number): readonly Output[] {
    this.#reports.head = this.#ledger.poller?.head ?? 0;
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
      case 'transaction': {
        const { outputs, isTrue } = this.#commands.hear(step, uptimeMs);
        return [...outputs, ...this.#polled(this.#ledger.poller?.heard(isTrue, uptimeMs), uptimeMs)];
      }
      case 'round-over':
        return [...this.#commands.roundOver(step, uptimeMs), ...this.#closeRound(uptimeMs)];
    }
  }

  /** Persist before actuate: guards, owed receipts and the owed lock go into one record, then the bolt may move. */
  #closeRound(uptimeMs: number): readonly Output[] {
    const round = this.#commands.close();
    if (round === undefined) return [];
    if (round.receipts.length + round.refused.length > 0) this.#ledger.poller?.pace.wake(uptimeMs);
    if (round.receipts.length > 0) {
      const owedBy = (wish: Wish) => this.#bolt.owedBy(wish, uptimeMs);
      return this.#ledger.remember(
        (state) => round.changeOf(state, owedBy),
        { kind: 'round', round },
        uptimeMs,
      );
    }
    this.#memory.note(() => ({ judged: round.judged }));
    return this.#reportRefusals(round, uptimeMs);
  }

  /** Known principals hear of a refusal, once it is certain what else the round did. */
  #reportRefusals({ refused }: Round, uptimeMs: number): readonly Output[] {
    return refused.flatMap((command) => this.#reports.reportRefusal(command, uptimeMs));
  }

  /** The round is durable: now the bolt may move. */
  #obey(round: Round, uptimeMs: number): readonly Output[] {
    const { receipts, wish } = round;
    this.#commands.obeyed(round);
    this.#movements.owe(receipts);
    if (wish === undefined) {
      const receipts = this.#bolt.isMoving ? [] : this.#movements.settleReceipts(uptimeMs);
      // Passage may just have been switched off.
      return [...receipts, ...this.#movements.moved(this.#bolt.tick(uptimeMs), uptimeMs)];
    }
    const { by, tx } = wish.receipt;
    const { owedLock } = this.#memory.durable;
    const moved = this.#bolt.obey(wish.wish, { cause: 'command', by, tx }, uptimeMs, owedLock);
    return this.#movements.moved(moved, uptimeMs);
  }

  // Bolt

  #press(uptimeMs: number): readonly Output[] {
    this.#pairing.press(uptimeMs);
    // Before there is an owner, the button only says that somebody stands here.
    if (this.#memory.state.authority === undefined) return [];
    const outputs: Output[] = [...this.#movements.moved(this.#bolt.press(uptimeMs), uptimeMs)];
    // A round under way was judged with privacy as it was: it ends before that changes.
    if ((this.#memory.state.authority.modes & MODE.privacy) !== 0)
      outputs.push(...this.#closeRound(uptimeMs));
    const { authority } = this.#memory.state;
    if (authority !== undefined && (authority.modes & MODE.privacy) !== 0) {
      outputs.push(...this.#ledger.remember(endPrivacy, { kind: 'nothing' }, uptimeMs));
    }
    return outputs;
  }

  // Pairing

  #paired({ outputs, work, refused, isExhausted }: PairingResult, uptimeMs: number): readonly Output[] {
    if (isExhausted) this.#alarms.raise('wrongAttempts', uptimeMs);
    return [
      ...outputs,
      ...refused.map((reason) => tellRefused({ reason })),
      ...work.flatMap((item) => this.#parts.pinning.begin(item, uptimeMs)),
    ];
  }

  // Flash

  #answered(key: string, isStored: boolean, uptimeMs: number): readonly Output[] {
    const answer = this.#memory.answered(key, isStored);
    if (answer === undefined) return [];
    const { task, outputs } = answer;
    this.#alarmDesk.answered(key, task, isStored, uptimeMs);
    const next = isStored ? this.#stored(task, uptimeMs) : this.#notStored(task, uptimeMs);
    return [...outputs, ...next];
  }

  #stored(task: Task, uptimeMs: number): readonly Output[] {
    switch (task.kind) {
      case 'boot':
        return this.#booted();
      case 'round':
        return [...this.#obey(task.round, uptimeMs), ...this.#reportRefusals(task.round, uptimeMs)];
      case 'report':
        this.#reports.stored(task.report);
        return [];
      case 'lease':
        return this.#heartbeat(uptimeMs);
      case 'pinned':
        return this.#parts.pinning.pinned(task, uptimeMs);
      case 'paired':
        return this.#parts.pinning.paired(uptimeMs);
      case 'configured':
        this.#bolt.settingsChanged(uptimeMs);
        return this.#parts.pinning.configured();
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
        this.#commands.retry(task.round.accepted, uptimeMs);
        return [
          ...task.round.receipts.map(({ by, tx }) => tellRefused({ reason: 'storage', by, tx })),
          ...this.#reportRefusals(task.round, uptimeMs),
        ];
      case 'report':
        this.#reports.queue(task.report);
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

function endPrivacy({ authority }: LockState): Partial<LockState> {
  return authority === undefined
    ? {}
    : { authority: { ...authority, modes: authority.modes & ~MODE.privacy } };
}
