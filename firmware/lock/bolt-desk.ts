import { RELOCK_MS_DEFAULT } from '../protocol/limits.js';
import type { Door, SensedBolt } from '../protocol/report.js';
import type { Wish } from './authorizer.js';
import { BoltMachine, type BoltState, type BoltStep } from './bolt.js';
import type { OwedLock } from './lock-state.js';
import type { BoltCause, Output } from './ports.js';

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

/**
 * The bolt together with why it moves and whether it is still to be locked.
 * Does not check who may move it.
 */
export class BoltDesk {
  readonly #machine = new BoltMachine();
  readonly #relockMs: number;
  #reason: BoltReason = { cause: 'boot' };
  #hasSensed = false;
  #owedLock: OwedLock;
  #relockDueMs: number | undefined;

  constructor(owedLock: OwedLock, relockMs: number = RELOCK_MS_DEFAULT) {
    this.#owedLock = owedLock;
    this.#relockMs = relockMs;
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
    const { dueMs } = this.#machine;
    if (this.#relockDueMs === undefined) return dueMs;
    return dueMs === undefined ? this.#relockDueMs : Math.min(dueMs, this.#relockDueMs);
  }

  /** After a boot: a lock or relock that is owed is taken up, an unlock never. */
  resume(uptimeMs: number, reason: BoltReason): BoltResult {
    if (this.#owedLock === 'now') return this.#want('locked', reason, uptimeMs);
    if (this.#owedLock === 'later') this.#relockDueMs = uptimeMs + this.#relockMs;
    return { outputs: [], settled: undefined };
  }

  /** Obeys a wish that was authorised and made durable. */
  obey(wish: Wish, reason: BoltReason, uptimeMs: number): BoltResult {
    this.#owedLock = owedBy(wish);
    this.#relockDueMs = undefined;
    return this.#want(wish === 'lock' ? 'locked' : 'unlocked', reason, uptimeMs);
  }

  /** The inside button turns the bolt the other way; whoever stands inside needs no signature. */
  press(uptimeMs: number): BoltResult {
    const { state } = this.#machine;
    const target = state === 'unlocked' || state === 'unlocking' ? 'locked' : 'unlocked';
    this.#owedLock = target === 'locked' ? 'now' : 'no';
    this.#relockDueMs = undefined;
    return this.#want(target, { cause: 'button' }, uptimeMs);
  }

  sense(sensed: SensedBolt, uptimeMs: number): BoltResult {
    const isFirst = !this.#hasSensed;
    if (sensed !== 'unknown') this.#hasSensed = true;
    const wasMoving = this.isMoving;
    const step = this.#machine.sense(sensed, uptimeMs);
    // What changes while nothing was asked of the motor, a hand has done.
    if (!wasMoving && step.from !== step.to && !isFirst) this.#reason = { cause: 'thumb-turn' };
    // A hand has freed it and chosen. Elsewhere only "locked" ends what is owed: a sensor may lose the bolt for a moment.
    if (step.from === 'jammed' && step.to === 'unlocked') {
      this.#relockDueMs = undefined;
      this.#owedLock = 'no';
    }
    return this.#after(step, uptimeMs);
  }

  senseDoor(door: Door, uptimeMs: number): BoltResult {
    const wasWaiting = this.#machine.state === 'waiting';
    const step = this.#machine.senseDoor(door, uptimeMs);
    // The order that waits had its receipt when the wait began: what follows is the lock's own doing.
    if (wasWaiting && step.to === 'locking') this.#reason = { ...this.#reason, cause: 'relock' };
    return this.#after(step, uptimeMs);
  }

  tick(uptimeMs: number): BoltResult {
    if (this.#relockDueMs !== undefined && uptimeMs >= this.#relockDueMs) {
      this.#relockDueMs = undefined;
      return this.#want('locked', { cause: 'relock' }, uptimeMs);
    }
    return this.#after(this.#machine.tick(uptimeMs), uptimeMs);
  }

  #want(target: 'locked' | 'unlocked', reason: BoltReason, uptimeMs: number): BoltResult {
    this.#reason = reason;
    const step = this.#machine.want(target, uptimeMs);
    const result = this.#after(step, uptimeMs);
    // Already there: nothing moves, but whoever asked is answered.
    if (step.from !== step.to || isMoving(step.to)) return result;
    return { outputs: [...result.outputs, this.#notice()], settled: this.#settle(uptimeMs) };
  }

  #after(step: BoltStep, uptimeMs: number): BoltResult {
    const outputs: Output[] = [];
    if (step.act === 'lock') outputs.push({ kind: 'drive-bolt', target: 'locked' });
    if (step.act === 'unlock') outputs.push({ kind: 'drive-bolt', target: 'unlocked' });
    if (step.act === 'stop') outputs.push({ kind: 'stop-bolt' });
    if (step.from === step.to) return { outputs, settled: undefined };
    outputs.push(this.#notice());
    return { outputs, settled: isMoving(step.to) ? undefined : this.#settle(uptimeMs) };
  }

  #settle(uptimeMs: number): BoltReason {
    const { state } = this.#machine;
    if (state === 'locked') {
      this.#owedLock = 'no';
      this.#relockDueMs = undefined;
    }
    if (state === 'unlocked' && this.#owedLock === 'later') this.#relockDueMs = uptimeMs + this.#relockMs;
    return this.#reason;
  }

  #notice(): Output {
    return { kind: 'notice', notice: { event: 'bolt', position: this.#machine.position, ...this.#reason } };
  }
}

/** What a wish leaves to be done should the power fail: the same in flash and here. */
export function owedBy(wish: Wish): OwedLock {
  switch (wish) {
    case 'lock':
      return 'now';
    case 'unlock':
      return 'no';
    case 'unlock-then-relock':
      return 'later';
  }
}

function isMoving(state: BoltState): boolean {
  return state === 'locking' || state === 'unlocking';
}
