import { isZeroBytes } from './bytes.js';
import { DecodeError } from './errors.js';
import { parseHex } from './hex.js';
import { DURESS_GUESTS_MAX } from './limits.js';
import { parseTimeZone } from './time-zone.js';
import { parseWeeklyHours } from './weekly-hours.js';

/** Settings that travel as text, by name; pairing and `configure` carry them. Times are decimal whole numbers. */
export const SETTING_NAMES = Object.freeze([
  'strict-after-boot', // on, off
  'wifi-ssid',
  'wifi-password',
  'time-zone', // POSIX TZ
  'report-url',
  'pins', // reserved
  'relock', // seconds after action 3
  'auto-relock', // seconds after any opening, or off
  'ajar', // seconds until an open door is an alarm, or off
  'low-battery', // millivolts, or off
  'passage-hours', // weekly hours
  'expected-hours', // weekly hours in which the owner is expected: the lock asks often
  'duress-guests', // addresses, separated by spaces
  'guest-lease', // hours without contact after which guests are refused
  'idle-poll', // seconds between two polls while nothing happens
  'heartbeat', // minutes
]);

/** What the numbers among the texts mean; undefined is off. */
export interface NumberSettings {
  readonly strictAfterBoot: boolean;
  readonly relockMs: number;
  readonly autoRelockMs: number | undefined;
  readonly ajarMs: number | undefined;
  readonly lowBatteryMilliVolts: number | undefined;
  readonly guestLeaseSeconds: number;
  readonly idlePollMs: number;
  readonly heartbeatMs: number;
}

/**
 * Reads the settings that are numbers or switches; a missing one has its default.
 * @throws DecodeError `setting` on a text that is not a number in its range
 */
export function readNumberSettings(texts: ReadonlyMap<string, string>): NumberSettings {
  const read = (name: string, min: number, max: number, initial: number) =>
    numberOf(texts.get(name), name, min, max, initial);
  const readOrOff = (name: string, min: number, max: number, initial: number | undefined) => {
    const text = texts.get(name);
    if (text === 'off') return undefined;
    return text === undefined ? initial : numberOf(text, name, min, max, 0);
  };
  const times = (value: number | undefined, factor: number) =>
    value === undefined ? undefined : value * factor;
  return {
    strictAfterBoot: switchOf(texts.get('strict-after-boot')),
    relockMs: read('relock', 1, 600, 10) * 1000,
    autoRelockMs: times(readOrOff('auto-relock', 5, 3_600, undefined), 1000),
    ajarMs: times(readOrOff('ajar', 10, 86_400, 300), 1000),
    lowBatteryMilliVolts: readOrOff('low-battery', 1, 65_535, 4_400),
    guestLeaseSeconds: read('guest-lease', 1, 720, 24) * 3600,
    idlePollMs: read('idle-poll', 1, 300, 30) * 1000,
    heartbeatMs: read('heartbeat', 1, 1_440, 15) * 60_000,
  };
}

/**
 * Reads every setting that the lock must understand, so that what cannot be read is refused before it is pinned.
 * @throws DecodeError `setting`
 */
export function checkSettings(texts: ReadonlyMap<string, string>): void {
  readNumberSettings(texts);
  const zone = texts.get('time-zone');
  if (zone !== undefined) parseTimeZone(zone);
  for (const name of ['passage-hours', 'expected-hours']) {
    const hours = texts.get(name);
    if (hours !== undefined) parseWeeklyHours(hours);
  }
  const guests = texts.get('duress-guests');
  if (guests !== undefined) parseDuressGuests(guests);
}

/**
 * Reads the guests whose opening is a call for help.
 * @param text - untrusted; 1 to DURESS_GUESTS_MAX addresses with 0x, one space between two
 * @returns 20-byte addresses
 * @throws DecodeError `setting`
 */
export function parseDuressGuests(text: string): readonly Uint8Array[] {
  const addresses = text.split(' ');
  if (addresses.length > DURESS_GUESTS_MAX) {
    throw new DecodeError('setting', `expected at most ${DURESS_GUESTS_MAX} duress-guests`);
  }
  return addresses.map((address) => {
    const guest = /^0x[0-9a-fA-F]{40}$/.test(address) ? parseHex(address, 20) : undefined;
    if (guest === undefined || isZeroBytes(guest)) {
      throw new DecodeError('setting', 'expected duress-guests as addresses with a space between two');
    }
    return guest;
  });
}

function numberOf(text: string | undefined, name: string, min: number, max: number, initial: number): number {
  if (text === undefined) return initial;
  const value = /^(?:0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : -1;
  if (value < min || value > max) {
    throw new DecodeError('setting', `expected ${name} from ${min} to ${max}`);
  }
  return value;
}

function switchOf(text: string | undefined): boolean {
  if (text === undefined || text === 'off') return false;
  if (text === 'on') return true;
  throw new DecodeError('setting', 'expected strict-after-boot on or off');
}
