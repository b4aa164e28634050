import { MODE } from '../protocol/mode.js';
import type { Wish } from './authorizer.js';
import type { BoltDesk, BoltReason } from './bolt-desk.js';
import type { CommandDesk } from './command-desk.js';
import { assemble, type DeviceOptions, type DeviceParts } from './device-parts.js';
import type { Ledger } from './ledger.js';
import { withoutPrivacy } from './lock-state.js';
import type { Memory } from './memory.js';
import type { Movements } from './movements.js';
import { tell, tellRefused } from './notice.js';
import type { PairingResult, PairingWork } from './pairing-desk.js';
import { isActivity } from './poll-interval.js';
import type { PollerStep } from './poller.js';
import type { HttpAnswer, Input, Output } from './ports.js';
import type { ReportDesk } from './report-desk.js';
import type { Round } from './round.js';
import type { Task } from './task.js';
import { Wake } from './wake.js';

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
  readonly #commands: CommandDesk;
  readonly #bolt: BoltDesk;
  readonly #reports: ReportDesk;
  readonly #ledger: Ledger;
  readonly #movements: Movements;
  #phase: 'off' | 'booting' | 'sensing' | 'on' | 'over' = 'off';
  readonly #wake = new Wake();
  /** Answers of nodes that came while the state was written: nothing is judged on what flash may yet refuse. */
  readonly #held: HttpAnswer[] = [];

  constructor(options: DeviceOptions) {
    const parts = assemble(options);
    this.#parts = parts;
    this.#memory = parts.memory;
    this.#commands = parts.commands;
    this.#bolt = parts.bolt;
    this.#reports = parts.reports;
    this.#ledger = parts.ledger;
    this.#movements = parts.movements;
  }

  /**
   * Takes one input and says what the world is to do now. Unknown and late inputs change nothing.
   * @param uptimeMs - milliseconds since boot, never falling
   * @throws InvariantError on a bug of ours: the caller stops the motor and boots again
   */
  handle(input: Input, uptimeMs: number): readonly Output[] {
    if (this.#phase === 'over') return [];
    if (input.kind === 'tick') this.#wake.came();
    if (isActivity(input)) this.#ledger.poller?.pace.wake(uptimeMs);
    const outputs: Output[] = [...this.#step(input, uptimeMs)];
    while (!this.#memory.isChanging) {
      const answer = this.#held.shift();
      if (answer === undefined) break;
      outputs.push(...this.#heard(answer, uptimeMs));
    }
    if (this.#phase === 'sensing' && (this.#bolt.hasSensed || uptimeMs >= SENSING_MS)) {
      outputs.push(...this.#wakeUp(uptimeMs));
    }
    if (this.#phase === 'on') {
      this.#parts.adoption.follow(uptimeMs);
      outputs.push(...this.#parts.alarmDesk.tell(uptimeMs), ...this.#reports.send(uptimeMs));
    }
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
        this.#parts.alarms.senseDoor(input.door, uptimeMs);
        return this.#movements.moved(this.#bolt.senseDoor(input.door, uptimeMs), uptimeMs);
      case 'tamper-sensed':
        this.#parts.alarms.senseTamper(input.open, uptimeMs);
        return [];
      case 'battery-sensed':
        this.#parts.alarmDesk.senseBattery(input.milliVolts, uptimeMs);
        return [];
      case 'button-pressed':
        return this.#press(uptimeMs);
      case 'outside-pressed':
        if (this.#memory.state.authority === undefined) return [];
        return this.#movements.moved(this.#bolt.pressOutside(uptimeMs), uptimeMs);
      case 'button-held':
        return this.#phase === 'on' ? this.#memory.writeReset({ kind: 'reset' }) : [];
      case 'pairing-opened':
        return this.#paired(this.#parts.pairing.opened(uptimeMs), uptimeMs);
      case 'pairing-received':
        return this.#paired(this.#parts.pairing.received(input.bytes), uptimeMs);
      case 'pairing-closed':
        this.#parts.pairing.closed();
        return [];
      case 'published':
        if (this.#reports.taken(input.seq)) this.#parts.adoption.taken(input.seq, uptimeMs);
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
    return this.#parts.startup.begin(uptimeMs);
  }

  /** Where flash is broken the lock goes on: its button works, and no command is obeyed. */
  #booted(isDurable: boolean): readonly Output[] {
    this.#phase = 'sensing';
    return this.#parts.startup.started(this.#parts.lock20, isDurable);
  }

  /** The sensors have spoken: the lock reports, and takes up what is owed from before the cut. */
  #wakeUp(uptimeMs: number): readonly Output[] {
    this.#phase = 'on';
    this.#parts.adoption.follow(uptimeMs);
    const { headSeq } = this.#memory.state;
    const receipt = this.#movements.lastReceipt;
    // A lock that had its receipt while it waited for the door is the lock's own doing now, and moves after the report.
    const cause = this.#bolt.machine.state === 'locked' ? 'boot' : 'relock';
    const reason: BoltReason =
      receipt === undefined ? { cause } : { cause: 'command', by: receipt.by, tx: receipt.tx };
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
    if (uptimeMs >= (this.#parts.adoption.dueMs ?? Infinity))
      outputs.push(...this.#closeRound(uptimeMs), ...this.#parts.adoption.tick(uptimeMs));
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
    if (!this.#parts.clock.synchronise(unixSeconds, source, uptimeMs) || this.#phase !== 'on') return [];
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

  #askToWake(): readonly Output[] {
    const { adoption, alarmDesk } = this.#parts;
    const isOn = this.#phase === 'on';
    return this.#wake.ask([
      this.#bolt.dueMs,
      this.#phase === 'sensing' ? SENSING_MS : undefined,
      ...(isOn ? [this.#reports.dueMs(this.#memory.isIdle), alarmDesk.dueMs, adoption.dueMs] : []),
      ...(isOn && !this.#memory.isChanging ? [this.#ledger.poller?.dueMs, this.#commands.retryMs] : []),
    ]);
  }

  // Commands

  /** An exchange has ended: of the poller's, or of the search for a veto. */
  #heard(input: HttpAnswer, uptimeMs: number): readonly Output[] {
    const steps = this.#ledger.poller?.ended(input, uptimeMs);
    return [...this.#polled(steps, uptimeMs), ...this.#parts.adoption.heard(input, uptimeMs)];
  }

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
        const { outputs, isTrue, isAhead } = this.#commands.hear(step, uptimeMs);
        const next = this.#ledger.poller?.heard(isTrue, uptimeMs, isAhead);
        return [...outputs, ...this.#polled(next, uptimeMs)];
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
    const reason: BoltReason = { cause: 'command', by, tx };
    const moved = this.#bolt.obey(wish.wish, wish.warrant, reason, uptimeMs, owedLock);
    return this.#movements.moved(moved, uptimeMs);
  }

  // Bolt

  #press(uptimeMs: number): readonly Output[] {
    this.#parts.pairing.press(uptimeMs);
    // Before there is an owner, the button only says that somebody stands here.
    if (this.#memory.state.authority === undefined) return [];
    const outputs: Output[] = [...this.#movements.moved(this.#bolt.press(uptimeMs), uptimeMs)];
    const isPrivate = () => ((this.#memory.state.authority?.modes ?? 0) & MODE.privacy) !== 0;
    // A round under way was judged with privacy as it was: it ends before that changes.
    if (isPrivate()) outputs.push(...this.#closeRound(uptimeMs));
    if (isPrivate()) outputs.push(...this.#ledger.remember(withoutPrivacy, { kind: 'nothing' }, uptimeMs));
    return outputs;
  }

  // Pairing

  #paired({ outputs, work, refused, isExhausted }: PairingResult, uptimeMs: number): readonly Output[] {
    if (isExhausted) this.#parts.alarms.raise('wrongAttempts', uptimeMs);
    return [
      ...outputs,
      ...refused.map((reason) => tellRefused({ reason })),
      ...work.flatMap((item) => this.#begin(item, uptimeMs)),
    ];
  }

  #begin(work: PairingWork, uptimeMs: number): readonly Output[] {
    const { pinning, adoption } = this.#parts;
    if (work.kind === 'pair' || work.kind === 'configure') return pinning.begin(work, uptimeMs);
    // A round under way was judged with the owner as it was: it ends before that changes.
    return [...this.#closeRound(uptimeMs), ...adoption.begin(work, uptimeMs)];
  }

  // Flash

  #answered(key: string, isStored: boolean, uptimeMs: number): readonly Output[] {
    const answer = this.#memory.answered(key, isStored);
    if (answer === undefined) return [];
    const { task, outputs } = answer;
    this.#parts.alarmDesk.answered(key, task, isStored, uptimeMs);
    const next = isStored ? this.#stored(task, uptimeMs) : this.#notStored(task, uptimeMs);
    return [...outputs, ...next];
  }

  #stored(task: Task, uptimeMs: number): readonly Output[] {
    switch (task.kind) {
      case 'startup':
        return this.#parts.startup.stored(task, uptimeMs) ?? this.#booted(true);
      case 'reset':
        return this.#end([tell({ event: 'reset' }), { kind: 'stop-bolt' }]);
      case 'adopting':
      case 'adopted':
      case 'stopped':
        return this.#parts.adoption.stored(task, uptimeMs);
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
        this.#bolt.settingsChanged(uptimeMs);
        return this.#parts.pinning.paired(task.session, uptimeMs);
      case 'configured':
        this.#bolt.settingsChanged(uptimeMs);
        return this.#parts.pinning.configured(task.session);
      case 'nothing':
        return [];
    }
  }

  #end(outputs: readonly Output[]): readonly Output[] {
    this.#phase = 'over';
    return [...outputs, { kind: 'restart' }];
  }

  /** What could not be made durable is not done: nothing moves, and whoever asked is told. */
  #notStored(task: Task, uptimeMs: number): readonly Output[] {
    const told = tellRefused({ reason: 'storage' });
    switch (task.kind) {
      case 'startup':
        if (task.step === 'counted') return [tellRefused({ reason: 'storage' }), ...this.#booted(false)];
        // A lock that is about to be another one starts as neither: the next boot tries again.
        return this.#end([tellRefused({ reason: 'storage' })]);
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
        return [told, ...this.#heartbeat(uptimeMs)];
      case 'adopting':
      case 'adopted':
      case 'stopped':
        return this.#parts.adoption.notStored(task, uptimeMs);
      case 'pinned':
      case 'paired':
      case 'configured':
        return this.#parts.pairing.refuseStorage(task.session);
      case 'reset':
      case 'nothing':
        return [told];
    }
  }
}
