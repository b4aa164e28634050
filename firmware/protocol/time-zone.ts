import { DecodeError } from './errors.js';
import { TIME_ZONE_CHARS_MAX } from './limits.js';

/** A POSIX TZ string, taken apart. Offsets are seconds east of Greenwich, as clocks there are ahead. */
export interface TimeZone {
  readonly standardSeconds: number;
  /** Undefined where the clocks are never changed. */
  readonly daylight: Daylight | undefined;
}

interface Daylight {
  readonly offsetSeconds: number;
  readonly start: Rule;
  readonly end: Rule;
}

/** A day of each year, and the seconds from its midnight, by the clock that ends then, to the switch. */
type Rule = Day & { readonly seconds: number };

type Day =
  /** The `week`th `weekday` (0 is Sunday) of a month; week 5 is the last. */
  | { readonly kind: 'month'; readonly month: number; readonly week: number; readonly weekday: number }
  /** 1 to 365; February 29 has no number. */
  | { readonly kind: 'julian'; readonly day: number }
  /** 0 to 365; February 29 is counted. */
  | { readonly kind: 'ordinal'; readonly day: number };

/** What a clock on the wall shows. */
export interface LocalTime {
  /** 0 is Monday. */
  readonly weekday: number;
  /** Minutes since midnight by the clock, 0 to 1439: an hour that is skipped has none, one that is repeated has them twice. */
  readonly minuteOfDay: number;
  /** Days since 1 January 1970, by the calendar there. */
  readonly dayNumber: number;
}

/** The zone of a lock that was told none. */
export const UTC: TimeZone = Object.freeze({ standardSeconds: 0, daylight: undefined });

const DAY_SECONDS = 86_400;
const OFFSET_HOURS_MAX = 24;
const RULE_HOURS_MAX = 167;

/**
 * Reads a POSIX TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3`. The rules must be there where the clocks are changed:
 * POSIX leaves the default to the system, and a lock does not guess.
 * @param text - untrusted; at most TIME_ZONE_CHARS_MAX characters
 * @throws DecodeError `setting`
 * @see POSIX.1-2024 section 8.3, RFC 9636 section 3.3.1 (hours of a switch from -167 to 167)
 */
export function parseTimeZone(text: string): TimeZone {
  if (text.length > TIME_ZONE_CHARS_MAX) throw fault(`at most ${TIME_ZONE_CHARS_MAX} characters`);
  const [names = '', start, end, ...rest] = text.split(',');
  const found =
    /^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?[0-9:]+)(?:([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?[0-9:]+)?)?$/.exec(
      names,
    );
  if (found === null || rest.length > 0) throw fault('a name, an offset and rules');
  const [, offset = '', daylightName, daylightOffset] = found;
  const standardSeconds = eastSeconds(offset);
  if (daylightName === undefined) {
    if (start !== undefined) throw fault('no rules where the clocks are never changed');
    return { standardSeconds, daylight: undefined };
  }
  if (start === undefined || end === undefined) throw fault('rules that say when the clocks are changed');
  const offsetSeconds = daylightOffset === undefined ? standardSeconds + 3_600 : eastSeconds(daylightOffset);
  return { standardSeconds, daylight: { offsetSeconds, start: parseRule(start), end: parseRule(end) } };
}

/**
 * What a clock in the zone shows.
 * @param unixSeconds - a whole number, not negative
 */
export function localTime(zone: TimeZone, unixSeconds: number): LocalTime {
  const seconds = unixSeconds + offsetAt(zone, unixSeconds);
  const dayNumber = Math.floor(seconds / DAY_SECONDS);
  return {
    // Day 0 was a Thursday.
    weekday: modulo(dayNumber + 3, 7),
    minuteOfDay: Math.floor((seconds - dayNumber * DAY_SECONDS) / 60),
    dayNumber,
  };
}

function offsetAt({ standardSeconds, daylight }: TimeZone, unixSeconds: number): number {
  if (daylight === undefined) return standardSeconds;
  const { offsetSeconds, start, end } = daylight;
  const year = yearOf(Math.floor(unixSeconds / DAY_SECONDS));
  // A rule may be a week beside its day, and south of the equator daylight saving ends in the next year.
  for (let from = year - 2; from <= year + 1; from++) {
    const startsAt = switchSeconds(start, from, standardSeconds);
    const endsAt = switchSeconds(end, from, offsetSeconds);
    const until = endsAt >= startsAt ? endsAt : switchSeconds(end, from + 1, offsetSeconds);
    if (unixSeconds >= startsAt && unixSeconds < until) return offsetSeconds;
  }
  return standardSeconds;
}

/** Unix seconds of a switch; `offsetSeconds` is the clock's until then. */
function switchSeconds(rule: Rule, year: number, offsetSeconds: number): number {
  return dayNumberOf(rule, year) * DAY_SECONDS + rule.seconds - offsetSeconds;
}

function dayNumberOf(rule: Rule, year: number): number {
  switch (rule.kind) {
    case 'ordinal':
      return firstDayOf(year) + rule.day;
    case 'julian':
      return firstDayOf(year) + rule.day - (isLeap(year) && rule.day >= 60 ? 0 : 1);
    case 'month': {
      const first = firstDayOf(year) + daysBeforeMonth(rule.month, year);
      // Day 0 was a Thursday, and weeks of these rules begin on Sunday.
      const nth = first + modulo(rule.weekday - (first + 4), 7) + 7 * (rule.week - 1);
      const next = firstDayOf(year) + daysBeforeMonth(rule.month + 1, year);
      return nth < next ? nth : nth - 7;
    }
  }
}

function yearOf(dayNumber: number): number {
  let year = 1970 + Math.floor(dayNumber / 365.2425);
  while (firstDayOf(year) > dayNumber) year--;
  while (firstDayOf(year + 1) <= dayNumber) year++;
  return year;
}

/** Days from 1 January 1970 to 1 January of a year. */
function firstDayOf(year: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return 365 * (year - 1970) + leapDays - 477;
}

const DAYS_BEFORE_MONTH = Object.freeze([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]);

function daysBeforeMonth(month: number, year: number): number {
  return (DAYS_BEFORE_MONTH[month - 1] as number) + (month > 2 && isLeap(year) ? 1 : 0);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function parseRule(text: string): Rule {
  const [date = '', time, ...rest] = text.split('/');
  if (rest.length > 0) throw fault('one time of a switch');
  return { ...parseDay(date), seconds: time === undefined ? 7_200 : clockSeconds(time, RULE_HOURS_MAX) };
}

function parseDay(text: string): Day {
  const month = /^M([0-9]{1,2})\.([0-9])\.([0-9])$/.exec(text);
  if (month !== null) {
    return {
      kind: 'month',
      month: numberFrom(month[1], 1, 12),
      week: numberFrom(month[2], 1, 5),
      weekday: numberFrom(month[3], 0, 6),
    };
  }
  const [, letter, day] = /^(J?)([0-9]{1,3})$/.exec(text) ?? [];
  return letter === 'J'
    ? { kind: 'julian', day: numberFrom(day, 1, 365) }
    : { kind: 'ordinal', day: numberFrom(day, 0, 365) };
}

/** POSIX counts westward. */
function eastSeconds(text: string): number {
  return 0 - clockSeconds(text, OFFSET_HOURS_MAX);
}

/** `[+-]h[h[h]][:mm[:ss]]` */
function clockSeconds(text: string, hoursMax: number): number {
  const found = /^([+-]?)([0-9]{1,3})(?::([0-9]{2})(?::([0-9]{2}))?)?$/.exec(text);
  if (found === null) throw fault('a time as h, h:mm or h:mm:ss');
  const [, sign, hours, minutes = '0', seconds = '0'] = found;
  const size =
    3_600 * numberFrom(hours, 0, hoursMax) + 60 * numberFrom(minutes, 0, 59) + numberFrom(seconds, 0, 59);
  return sign === '-' ? 0 - size : size;
}

function numberFrom(digits: string | undefined, min: number, max: number): number {
  const value = digits === undefined ? -1 : Number(digits);
  if (value < min || value > max) throw fault(`a number from ${min} to ${max}`);
  return value;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

function fault(expected: string): DecodeError {
  return new DecodeError('setting', `expected time-zone with ${expected}`);
}
