import { CLOCK_ALARM_MS } from '../protocol/limits.js';
import type { ALARM } from '../protocol/report.js';

export type AlarmName = keyof typeof ALARM;

export type AlarmEvent =
  | 'bolt-jammed'
  | 'bolt-freed'
  | 'clock-missing'
  | 'clock-told'
  | 'write-failed'
  | 'writes-work'
  | 'slots-few'
  | 'slots-free'
  | 'record-refused'
  | 'door-forced' // it opened while the bolt was locked
  | 'door-secured' // it is closed, and an order or the inside button has moved the bolt since it was forced
  | 'door-open-long'
  | 'door-closed'
  | 'case-opened'
  | 'case-secured' // it is closed, and the owner has ordered something since it was opened
  | 'attempts-wrong' // a guest is locked out, or a press's pairing secrets are used up
  | 'attempts-over'
  | 'battery-low'
  | 'battery-good'
  | 'firmware-older' // than one that ran here before
  | 'opened-under-duress'
  | 'owner-ordered'
  | 'adoption-asked'
  | 'adoption-over';

/** One alarm: what raises and ends it, and whom its rise is told. */
export interface AlarmRow {
  readonly raisedBy: readonly AlarmEvent[];
  /** Nothing here: it stands until the next boot. */
  readonly endedBy: readonly AlarmEvent[];
  /** How long it stands before its rise makes a report, milliseconds; undefined: it shows in reports made anyway. */
  readonly reportAfterMs: number | undefined;
  /** Whether people who watch the lock are told. */
  readonly isShown: boolean;
  /** Whether it stands on over a power cut. */
  readonly isKept: boolean;
}

/** Told at once to the owner and to whoever watches, and forgotten at a power cut: as most are. */
const LOUD = Object.freeze({ reportAfterMs: 0, isShown: true, isKept: false });

/**
 * Every alarm. An event that no row names changes nothing; a row's rise or end tells no other row.
 * None of them moves the bolt or refuses an order. docs/alarms.md is printed from this table.
 */
export const ALARM_TABLE: Readonly<Record<AlarmName, AlarmRow>> = Object.freeze({
  jammed: { ...LOUD, raisedBy: ['bolt-jammed'], endedBy: ['bolt-freed'] },
  clockUnsynchronised: {
    ...LOUD,
    raisedBy: ['clock-missing'],
    endedBy: ['clock-told'],
    reportAfterMs: CLOCK_ALARM_MS,
  },
  storage: { ...LOUD, raisedBy: ['write-failed'], endedBy: ['writes-work'] },
  // A report about it would take one of the last slots itself.
  reportsWaiting: { ...LOUD, raisedBy: ['slots-few'], endedBy: ['slots-free'], reportAfterMs: undefined },
  recordRefused: { ...LOUD, raisedBy: ['record-refused'], endedBy: [] },
  forcedOpen: {
    ...LOUD,
    raisedBy: ['door-forced'],
    endedBy: ['door-secured', 'owner-ordered'],
    isKept: true,
  },
  ajar: { ...LOUD, raisedBy: ['door-open-long'], endedBy: ['door-closed'] },
  tamper: { ...LOUD, raisedBy: ['case-opened'], endedBy: ['case-secured'] },
  wrongAttempts: { ...LOUD, raisedBy: ['attempts-wrong'], endedBy: ['attempts-over'] },
  lowBattery: { ...LOUD, raisedBy: ['battery-low'], endedBy: ['battery-good'] },
  firmwareRolledBack: { ...LOUD, raisedBy: ['firmware-older'], endedBy: [] },
  // Silent: the receipt of the opening tells it, and whoever stands at the door must see no difference.
  duress: {
    raisedBy: ['opened-under-duress'],
    endedBy: ['owner-ordered'],
    reportAfterMs: undefined,
    isShown: false,
    isKept: true,
  },
  adoption: { ...LOUD, raisedBy: ['adoption-asked'], endedBy: ['adoption-over'] },
});

/** The alarms in the order of their bits. */
export const ALARM_NAMES = Object.freeze(Object.keys(ALARM_TABLE) as AlarmName[]);
