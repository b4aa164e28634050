import { OUTSIDE_PRESSES_PER_WINDOW_MAX, PASSAGE_CHECK_MS, RATE_WINDOW_SECONDS } from '../protocol/limits.js';
import type { Door, SensedBolt } from '../protocol/report.js';
import type { Wish } from './authorizer.js';
import { BoltMachine, type BoltState, type BoltStep } from './bolt.js';
import type { OwedLock } from './lock-state.js';
import type { BoltCause, Output } from './ports.js';
import { RateLimit } from './rate-limit.js';
import { RelockTimer, type RelockTimes, relockWaitMs } from './relock.js';
import { drivesToOpen, NO_WARRANT, openingWarrant, type Warrant } from './warrant.js';

/** Why the bolt moves: the cause, and who and which transaction where there is one. */
export interface BoltReason {
  readonly cause: BoltCause;
  readonly by?: Uint8Array;
  readonly tx?: Uint8Array;
}

/** What came of an input to the bolt. */
export interface BoltResult {
  readonly outputs: readonly Output[];
  /** The bolt has come to rest, or will not get further for now; undefined while it moves or nothing happened. */
  readonly settled: BoltReason | undefined;
}

export interface BoltDeskOptions {
  /** What flash says is owed. */
  readonly owedLock: OwedLock;
  /** As the settings are now. */
  readonly relockTimes: () => RelockTimes;
  /** Whether passage mode is on, and its hours certainly hold. */
  readonly isPassage: (uptimeMs: number) => boolean;
}

/**
 * The bolt together with why it moves and whether it is still to be locked.
 * Does not check who may move it.
 */
export class BoltDesk {
  readonly #options: BoltDeskOptions;
  readonly #machine = new BoltMachine();
  readonly #relock = new RelockTimer();
  readonly #outsideTurns = new RateLimit(OUTSIDE_PRESSES_PER_WINDOW_MAX, RATE_WINDOW_SECONDS);
  #reason: BoltReason = { cause: 'boot' };
  /** Of the movement under way: whatever wants the bolt drawn must bring one. */
  #warrant = NO_WARRANT;
  #hasSensed = false;
  /** The boot report is out: a sensor that speaks for the first time after it tells what that could not. */
  #isResumed = false;
  #owedLock: OwedLock;
  /** What flash will say is owed, once all that was asked of it is written. */
  #keptOwed: OwedLock;
  /** The bolt falls back because nothing holds it open any more: no hand does that. */
  #isFalling = false;

  constructor(options: BoltDeskOptions) {
    this.#options = options;
    this.#owedLock = options.owedLock;
    this.#keptOwed = options.owedLock;
  }

  /** Whether the bolt's sensor has spoken since boot. */
  get hasSensed(): boolean {
    return this.#hasSensed;
  }

  get machine(): BoltMachine {
    return this.#machine;
  }

  get owedLock(): OwedLock {
    return this.#owedLock;
  }

  get isMoving(): boolean {
    return isMoving(this.#machine.state);
  }

  /** The uptime at which the bolt wants a tick, or undefined. */
  get dueMs(): number | undefined {
    return this.isMoving ? this.#machine.dueMs : this.#relock.dueMs;
  }

  /** What an accepted wish leaves to be done should the power fail: it goes to flash before the bolt moves. */
  owedBy(wish: Wish, uptimeMs: number): OwedLock {
    switch (wish) {
      case 'lock':
        return 'now';
      case 'unlock-then-relock':
        return 'later';
      case 'unlock':
        return this.#owedByOpening(uptimeMs);
    }
  }

  /**
   * Whether flash must hear what is owed before the movement is reported: a hand has changed it.
   * What auto-relock owes need not be written in place of nothing: a bolt that is found open at boot owes it.
   */
  takeUnkept(): boolean {
    const isFound = this.#owedLock === 'auto' && this.#keptOwed === 'no';
    const isUnkept = this.#owedLock !== this.#keptOwed && !isFound;
    if (isUnkept) this.#keptOwed = this.#owedLock;
    return isUnkept;
  }

  /** After a boot: a lock or relock that is owed is taken up, an unlock never. */
  resume(uptimeMs: number, reason: BoltReason): BoltResult {
    this.#isResumed = true;
    if (this.#owedLock === 'now') return this.#want('locked', reason, uptimeMs);
    if (this.#machine.state !== 'locked' && !this.isMoving) {
      // Whoever opened it, perhaps while there was no power: auto-relock is owed.
      if (this.#owedLock === 'no' && this.#isAutoRelockOn) this.#owedLock = 'auto';
      this.#startRelock(uptimeMs);
    }
    return { outputs: [], settled: undefined };
  }

  /**
   * Obeys a wish that was authorised and made durable together with what it owed then: what it owes now may differ, as
   * where the same round switched passage on.
   * @param warrant - for an opening: without it nothing is driven
   * @param keptOwed - what flash says is owed, where that is not it
   */
  obey(wish: Wish, warrant: Warrant, reason: BoltReason, uptimeMs: number, keptOwed?: OwedLock): BoltResult {
    this.#owe(this.owedBy(wish, uptimeMs));
    this.#keptOwed = keptOwed ?? this.#owedLock;
    return this.#want(wish === 'lock' ? 'locked' : 'unlocked', reason, uptimeMs, warrant);
  }

  /** The inside button turns the bolt the other way; whoever stands inside needs no signature. */
  press(uptimeMs: number): BoltResult {
    const { state } = this.#machine;
    const target = state === 'unlocked' || state === 'unlocking' ? 'locked' : 'unlocked';
    this.#owe(target === 'locked' ? 'now' : this.#owedByOpening(uptimeMs));
    return this.#want(target, { cause: 'button' }, uptimeMs, openingWarrant(0));
  }

  /** Whoever stands outside may lock, and nothing else; an opening under way is not theirs to end. */
  pressOutside(uptimeMs: number): BoltResult {
    const { state } = this.#machine;
    const isOpen = state === 'unlocked' || state === 'unknown' || state === 'jammed';
    if (!isOpen || !this.#outsideTurns.take('everyone', uptimeMs)) return { outputs: [], settled: undefined };
    this.#owe('now');
    return this.#want('locked', { cause: 'outside-button' }, uptimeMs);
  }

  sense(sensed: SensedBolt, uptimeMs: number): BoltResult {
    const isFirst = !this.#hasSensed;
    if (sensed !== 'unknown') this.#hasSensed = true;
    const wasMoving = this.isMoving;
    const step = this.#machine.sense(sensed, uptimeMs);
    // What changes while nothing was asked of the motor, a hand has done.
    const isFound = isFirst && !this.#isResumed;
    if (!wasMoving && step.from !== step.to && !isFound) this.#turned(step, uptimeMs);
    return this.#after(step, uptimeMs);
  }

  /** The driver holds a strike open no longer: that the bolt falls back is the lock's own doing. */
  released(uptimeMs: number): BoltResult {
    const { state } = this.#machine;
    if (state === 'locked' || this.isMoving) return { outputs: [], settled: undefined };
    this.#isFalling = true;
    this.#reason = { cause: 'relock' };
    return this.#after(this.#machine.release(uptimeMs), uptimeMs);
  }

  senseDoor(door: Door, uptimeMs: number): BoltResult {
    const before = this.#machine.door;
    const step = this.#machine.senseDoor(door, uptimeMs);
    this.#relock.senseDoor(door, uptimeMs);
    if (step.from === 'locking' && step.to === 'waiting') return this.#interrupted(step, uptimeMs);
    // The order that waits had its receipt when the wait began: what follows is the lock's own doing.
    if (step.from === 'waiting' && step.to === 'locking') this.#reason = { ...this.#reason, cause: 'relock' };
    // A contact that falls silent must not keep the bolt open for ever; and a door that was moved may have freed it.
    if (before === 'open' && door !== 'open' && !isMoving(step.to)) this.#startRelock(uptimeMs);
    return this.#after(step, uptimeMs);
  }

  /** The settings have changed: a bolt that stands open is under auto-relock from now on. */
  settingsChanged(uptimeMs: number): void {
    if (this.#machine.state !== 'unlocked') return;
    const isAuto = this.#owedLock === 'no' || this.#owedLock === 'auto';
    if (isAuto) this.#owe(this.#isAutoRelockOn ? 'auto' : 'no');
    this.#startRelock(uptimeMs);
  }

  tick(uptimeMs: number): BoltResult {
    // What moves comes to rest first.
    if (this.isMoving || !this.#relock.isOver(uptimeMs)) {
      return this.#after(this.#machine.tick(uptimeMs), uptimeMs);
    }
    if (this.#options.isPassage(uptimeMs)) {
      this.#relock.checkAgainAt(uptimeMs + PASSAGE_CHECK_MS);
      return { outputs: [], settled: undefined };
    }
    this.#relock.clear();
    return this.#want('locked', { cause: 'relock' }, uptimeMs);
  }

  get #isAutoRelockOn(): boolean {
    return this.#options.relockTimes().autoRelockMs !== undefined;
  }

  /** What an opening owes that named no relock itself. */
  #owedByOpening(uptimeMs: number): OwedLock {
    if (this.#options.isPassage(uptimeMs)) return 'later';
    return this.#isAutoRelockOn ? 'auto' : 'no';
  }

  #owe(owed: OwedLock): void {
    this.#owedLock = owed;
    this.#relock.clear();
  }

  #startRelock(uptimeMs: number): void {
    const waitMs = relockWaitMs(this.#owedLock, this.#options.relockTimes());
    if (waitMs !== undefined) this.#relock.start(waitMs, uptimeMs);
  }

  #turned(step: BoltStep, uptimeMs: number): void {
    this.#reason = { cause: this.#isFalling ? 'relock' : 'thumb-turn' };
    if (step.to !== 'unlocked') return;
    // A hand has freed it and chosen. Elsewhere only "locked" ends what is owed: a sensor may lose the bolt for a moment.
    if (step.from === 'jammed') this.#owe('no');
    if (this.#owedLock === 'no') this.#owedLock = this.#owedByOpening(uptimeMs);
  }

  /** The door was opened under the bolt. Whoever wished it locked waits; a relock begins anew once the door is closed. */
  #interrupted(step: BoltStep, uptimeMs: number): BoltResult {
    if (this.#owedLock === 'now') return this.#after(step, uptimeMs);
    const { to } = this.#machine.wantNothing(uptimeMs);
    const result = this.#after({ ...step, to }, uptimeMs);
    this.#startRelock(uptimeMs);
    return result;
  }

  #want(
    target: 'locked' | 'unlocked',
    reason: BoltReason,
    uptimeMs: number,
    warrant = NO_WARRANT,
  ): BoltResult {
    this.#reason = reason;
    this.#warrant = warrant;
    this.#isFalling = false;
    const step = this.#machine.want(target, uptimeMs);
    const result = this.#after(step, uptimeMs);
    // Already there: nothing moves, but whoever asked is answered.
    if (step.from !== step.to || isMoving(step.to)) return result;
    return { outputs: [...result.outputs, this.#notice()], settled: this.#settle(step, uptimeMs) };
  }

  #after(step: BoltStep, uptimeMs: number): BoltResult {
    const outputs: Output[] = [];
    if (step.act === 'lock') outputs.push({ kind: 'drive-bolt', target: 'locked' });
    if (step.act === 'unlock') outputs.push(...drivesToOpen(this.#warrant));
    if (step.act === 'stop') outputs.push({ kind: 'stop-bolt' });
    if (step.from === step.to) return { outputs, settled: undefined };
    outputs.push(this.#notice());
    return { outputs, settled: isMoving(step.to) ? undefined : this.#settle(step, uptimeMs) };
  }

  #settle({ from, to }: BoltStep, uptimeMs: number): BoltReason {
    this.#warrant = NO_WARRANT;
    if (to === 'locked') {
      this.#owe('no');
      this.#keptOwed = 'no';
      this.#isFalling = false;
    }
    // What jams while it locks waits for a hand, the door or the next boot, not for the motor's next try. What jams
    // while it unlocks may have freed the door: it is locked again after its time.
    if (from === 'locking') this.#relock.clear();
    if (to === 'unlocked' || from === 'unlocking') this.#startRelock(uptimeMs);
    return this.#reason;
  }

  #notice(): Output {
    return { kind: 'notice', notice: { event: 'bolt', position: this.#machine.position, ...this.#reason } };
  }
}

function isMoving(state: BoltState): boolean {
  return state === 'locking' || state === 'unlocking';
}
