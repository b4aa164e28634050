import { asciiBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import {
  ALARM_REPORTS_PER_WINDOW_MAX,
  ALARM_WINDOW_SECONDS,
  BATTERY_HYSTERESIS_MILLIVOLTS,
  BATTERY_READINGS,
  WRONG_ATTEMPTS_ALARM_MS,
} from '../protocol/limits.js';
import type { LockSettings } from '../protocol/pairing.js';
import { ALARM, type Door } from '../protocol/report.js';
import { readNumberSettings } from '../protocol/setting.js';
import { ALARM_NAMES, ALARM_TABLE, type AlarmEvent, type AlarmName, type AlarmRow } from './alarm-table.js';
import type { BoltMachine } from './bolt.js';
import type { Clock } from './clock.js';
import type { Identity } from './identity.js';
import type { LockState } from './lock-state.js';
import type { BoltCause } from './ports.js';
import { RateLimit } from './rate-limit.js';
import { isOlderVersion, newestVersion } from './version.js';

/** Where the alarms look for what they are not told. */
export interface AlarmSources {
  readonly bolt: Pick<BoltMachine, 'state'>;
  readonly clock: Pick<Clock, 'read'>;
  readonly memory: {
    readonly identity: Identity;
    readonly state: Pick<LockState, 'keptAlarms' | 'newestFirmware'>;
    readonly refusedCount: number;
  };
  readonly firmwareVersion: string;
}

/** A kind of record that flash holds; the identity counts while the lock's key is in RAM alone. */
export type RecordKind = 'identity' | 'state' | 'report';

const RECORD_BIT: Readonly<Record<RecordKind, number>> = Object.freeze({ identity: 1, state: 2, report: 4 });

/** An alarm that rose or ended, for people who watch. */
export interface AlarmNews {
  readonly alarm: AlarmName;
  readonly on: boolean;
}

/** Which alarms stand, which rise is still to be told, and when to look again. Moves, writes and refuses nothing. */
export class Alarms {
  readonly #sources: AlarmSources;
  readonly #keptMask = bitsWhere(({ isKept }) => isKept);
  readonly #shownMask = bitsWhere(({ isShown }) => isShown);
  #bits = 0;
  /** Those that rose too recently to be told. */
  #young = 0;
  /** Those that no report has told that a reboot does not lose. */
  #untold = 0;
  #shown = 0;
  readonly #turns = new RateLimit(ALARM_REPORTS_PER_WINDOW_MAX, ALARM_WINDOW_SECONDS);
  /** When each alarm that is still young is to be told. */
  readonly #ripenings: { readonly alarm: AlarmName; readonly dueMs: number }[] = [];
  #read: Limits | undefined;
  #door: Door = 'unknown';
  #doorOpenedMs: number | undefined;
  #isBoltMovedSinceForced = false;
  #isCaseOpen = false;
  #hasOwnerOrderedSinceCase = true;
  #attemptsOverMs: number | undefined;
  /** Readings in a row below the limit, negative, or well above it. */
  #batteryRun = 0;
  /** Bits of RECORD_BIT. */
  #failing = 0;

  constructor(sources: AlarmSources) {
    this.#sources = sources;
    const { keptAlarms, newestFirmware } = sources.memory.state;
    // What was told before the power cut is told: the boot report shows it once more.
    this.#bits = keptAlarms & this.#keptMask;
    this.#happen('clock-missing', 0);
    if (sources.memory.refusedCount > 0) this.#happen('record-refused', 0);
    if (isOlderVersion(sources.firmwareVersion, newestFirmware)) this.#happen('firmware-older', 0);
  }

  /** Bits of the alarms that are to stand on over a power cut. */
  get kept(): number {
    return this.#bits & this.#keptMask;
  }

  /** The newest version that has run here, this boot's included. */
  get newestFirmware(): string {
    const { memory, firmwareVersion } = this.#sources;
    return newestVersion(memory.state.newestFirmware, firmwareVersion);
  }

  /** The next uptime at which time alone changes something, or undefined. */
  get dueMs(): number | undefined {
    let due = Math.min(this.#ajarDueMs ?? Infinity, this.#attemptsOverMs ?? Infinity);
    for (const { dueMs } of this.#ripenings) due = Math.min(due, dueMs);
    return due === Infinity ? undefined : due;
  }

  has(alarm: AlarmName): boolean {
    return (this.#bits & ALARM[alarm]) !== 0;
  }

  /** Whether the last write of such a record failed. */
  isFailing(kind: RecordKind): boolean {
    return (this.#failing & RECORD_BIT[kind]) !== 0;
  }

  /** Looks at bolt, clock and time. @returns the bits that a report made now is to carry */
  look(uptimeMs: number): number {
    const { bolt, clock } = this.#sources;
    const isJammed = bolt.state === 'jammed';
    if (isJammed !== this.has('jammed')) this.#happen(isJammed ? 'bolt-jammed' : 'bolt-freed', uptimeMs);
    if (this.has('clockUnsynchronised') && clock.read(uptimeMs).nowSeconds !== undefined)
      this.#happen('clock-told', uptimeMs);
    if (uptimeMs >= (this.#ajarDueMs ?? Infinity)) this.#happen('door-open-long', uptimeMs);
    if (uptimeMs >= (this.#attemptsOverMs ?? Infinity)) {
      this.#attemptsOverMs = undefined;
      this.#happen('attempts-over', uptimeMs);
    }
    if (this.#ripenings.length > 0) this.#ripen(uptimeMs);
    return this.#bits;
  }

  // What happens to the lock

  /** The contact speaks; called before the bolt hears of it. */
  senseDoor(door: Door, uptimeMs: number): void {
    const before = this.#door;
    this.#door = door;
    if (door === before) return;
    this.#doorOpenedMs = door === 'open' ? uptimeMs : undefined;
    if (door === 'open' && before === 'closed' && this.#sources.bolt.state === 'locked') {
      this.#isBoltMovedSinceForced = false;
      this.#happen('door-forced', uptimeMs);
    }
    if (door !== 'closed') return;
    this.#happen('door-closed', uptimeMs);
    this.#secureDoor(uptimeMs);
  }

  /** The bolt has come to rest, for this cause. */
  settled(cause: BoltCause, uptimeMs: number): void {
    const { state } = this.#sources.bolt;
    if ((cause !== 'command' && cause !== 'button') || (state !== 'locked' && state !== 'unlocked')) return;
    this.#isBoltMovedSinceForced = true;
    this.#secureDoor(uptimeMs);
  }

  /** The switch under the lid of the case speaks. */
  senseTamper(isOpen: boolean, uptimeMs: number): void {
    this.#isCaseOpen = isOpen;
    if (isOpen) {
      this.#hasOwnerOrderedSinceCase = false;
      this.#happen('case-opened', uptimeMs);
    } else this.#secureCase(uptimeMs);
  }

  /** @param milliVolts - one reading, in its range */
  senseBattery(milliVolts: number, uptimeMs: number): void {
    const { lowBatteryMilliVolts: limit } = this.#limits;
    if (limit === undefined) {
      this.#batteryRun = 0;
      this.#happen('battery-good', uptimeMs);
      return;
    }
    const step = milliVolts < limit ? -1 : milliVolts >= limit + BATTERY_HYSTERESIS_MILLIVOLTS ? 1 : 0;
    const run = this.#batteryRun * step > 0 ? this.#batteryRun + step : step;
    this.#batteryRun = Math.max(-BATTERY_READINGS, Math.min(BATTERY_READINGS, run));
    if (this.#batteryRun === -BATTERY_READINGS) this.#happen('battery-low', uptimeMs);
    if (this.#batteryRun === BATTERY_READINGS) this.#happen('battery-good', uptimeMs);
  }

  /** The pinned owner's order was accepted: the owner knows of what was told before it. */
  ownerOrdered(uptimeMs: number): void {
    this.#hasOwnerOrderedSinceCase = true;
    this.#happen('owner-ordered', uptimeMs);
    this.#secureCase(uptimeMs);
  }

  /** Raises what others find: a lockout or used-up secrets, or an opening under duress, before its receipt is made. */
  raise(alarm: 'wrongAttempts' | 'duress' | 'recordRefused', uptimeMs: number): void {
    if (alarm === 'recordRefused') {
      this.#happen('record-refused', uptimeMs);
      return;
    }
    if (alarm === 'wrongAttempts') this.#attemptsOverMs = uptimeMs + WRONG_ATTEMPTS_ALARM_MS;
    this.#happen(alarm === 'duress' ? 'opened-under-duress' : 'attempts-wrong', uptimeMs);
  }

  /** Follows what others know to stand or to be over. */
  set(alarm: 'adoption' | 'reportsWaiting', on: boolean, uptimeMs: number): void {
    if (this.has(alarm) === on) return;
    if (alarm === 'adoption') this.#happen(on ? 'adoption-asked' : 'adoption-over', uptimeMs);
    else this.#happen(on ? 'slots-few' : 'slots-free', uptimeMs);
  }

  /** Flash has answered a write; one kind of record may fail for ever while another works. */
  answered(kind: RecordKind, isStored: boolean, uptimeMs: number): void {
    const bit = RECORD_BIT[kind];
    const failing = isStored ? this.#failing & ~bit : this.#failing | bit;
    if (failing === this.#failing) return;
    this.#failing = failing;
    this.#happen(failing === 0 ? 'writes-work' : 'write-failed', uptimeMs);
  }

  // Who is told

  /** Whether a rise waits to be told. */
  get isUntold(): boolean {
    return this.#untold !== 0;
  }

  /** Takes a turn for each alarm that is untold. @returns whether any had one left: its rise is worth a report */
  takeTurn(uptimeMs: number): boolean {
    const untold = ALARM_NAMES.filter((alarm) => (this.#untold & ALARM[alarm]) !== 0);
    return untold.filter((alarm) => this.#turns.take(asciiBytes(alarm), uptimeMs)).length > 0;
  }

  /** A report with the bits as they are now goes to flash, whatever caused it. */
  told(): void {
    this.#untold = 0;
  }

  /** What rose and ended since the last call, as far as people may see it. */
  takeNews(): readonly AlarmNews[] {
    const visible = this.#bits & ~this.#young & this.#shownMask;
    const changed = visible ^ this.#shown;
    if (changed === 0) return [];
    this.#shown = visible;
    return ALARM_NAMES.filter((alarm) => (changed & ALARM[alarm]) !== 0).map((alarm) => ({
      alarm,
      on: (visible & ALARM[alarm]) !== 0,
    }));
  }

  #happen(event: AlarmEvent, uptimeMs: number): void {
    for (const alarm of ALARM_NAMES) {
      const { raisedBy, endedBy, reportAfterMs } = ALARM_TABLE[alarm];
      const isOn = this.has(alarm);
      if (!isOn && raisedBy.includes(event)) {
        this.#bits |= ALARM[alarm];
        if (reportAfterMs === 0) this.#untold |= ALARM[alarm];
        else if (reportAfterMs !== undefined) {
          this.#young |= ALARM[alarm];
          this.#ripenings.push({ alarm, dueMs: uptimeMs + reportAfterMs });
        }
      }
      if (isOn && endedBy.includes(event)) {
        this.#bits &= ~ALARM[alarm];
        this.#untold &= ~ALARM[alarm];
        this.#forget(alarm);
      }
    }
  }

  #ripen(uptimeMs: number): void {
    for (const { alarm, dueMs } of [...this.#ripenings]) {
      if (uptimeMs < dueMs) continue;
      this.#untold |= ALARM[alarm];
      this.#forget(alarm);
    }
  }

  #forget(alarm: AlarmName): void {
    this.#young &= ~ALARM[alarm];
    const at = this.#ripenings.findIndex((other) => other.alarm === alarm);
    if (at >= 0) this.#ripenings.splice(at, 1);
  }

  #secureDoor(uptimeMs: number): void {
    if (this.#door === 'closed' && this.#isBoltMovedSinceForced) this.#happen('door-secured', uptimeMs);
  }

  #secureCase(uptimeMs: number): void {
    if (!this.#isCaseOpen && this.#hasOwnerOrderedSinceCase) this.#happen('case-secured', uptimeMs);
  }

  get #ajarDueMs(): number | undefined {
    if (this.#doorOpenedMs === undefined || this.has('ajar')) return undefined;
    const { ajarMs } = this.#limits;
    if (ajarMs === undefined) return undefined;
    return this.#doorOpenedMs + ajarMs;
  }

  /** As the settings are now: `configure` makes others. */
  get #limits(): Limits {
    const { settings } = this.#sources.memory.identity;
    if (this.#read === undefined || this.#read.of !== settings) this.#read = limitsOf(settings);
    return this.#read;
  }
}

/** What the alarms take from the settings, kept because reading costs more than every look may. */
interface Limits {
  readonly of: LockSettings | undefined;
  readonly ajarMs: number | undefined;
  readonly lowBatteryMilliVolts: number | undefined;
}

/** A text that cannot be read must not silence an alarm: the defaults hold. */
function limitsOf(of: LockSettings | undefined, texts = of?.texts ?? new Map<string, string>()): Limits {
  try {
    const { ajarMs, lowBatteryMilliVolts } = readNumberSettings(texts);
    return { of, ajarMs, lowBatteryMilliVolts };
  } catch (error) {
    if (error instanceof DecodeError) return limitsOf(of, new Map());
    throw error;
  }
}

function bitsWhere(holds: (row: AlarmRow) => boolean): number {
  return ALARM_NAMES.reduce((bits, alarm) => (holds(ALARM_TABLE[alarm]) ? bits | ALARM[alarm] : bits), 0);
}
