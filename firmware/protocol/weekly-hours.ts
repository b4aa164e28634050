import { DecodeError } from './errors.js';
import { WEEKLY_HOURS_MAX } from './limits.js';
import type { LocalTime } from './time-zone.js';

/** A span of each week, by the wall clock. */
export interface WeeklySpan {
  /** The days on which it begins: bit 0 is Monday. */
  readonly weekdays: number;
  /** Minute of the day that it begins with. */
  readonly startMinutes: number;
  /** The first minute after it; before the start it lies on the next day, equal to the start it is all day. */
  readonly endMinutes: number;
}

/** When something holds: in any of its spans. */
export type WeeklyHours = readonly WeeklySpan[];

export const EVERY_DAY = 0x7f;

const DAY_NAMES = Object.freeze(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const DAY_MINUTES = 24 * 60;

/**
 * Reads hours such as `mon-fri 09:00-17:00, sat 22:00-02:00`: one day or a range of days, then from and to. A span that
 * ends before it starts goes over midnight and belongs to the day on which it starts; `00:00-24:00` is all day.
 * @param text - untrusted; at most WEEKLY_HOURS_MAX spans
 * @throws DecodeError `setting`
 */
export function parseWeeklyHours(text: string): WeeklyHours {
  const spans = text.split(',');
  if (spans.length > WEEKLY_HOURS_MAX) throw fault(`at most ${WEEKLY_HOURS_MAX} spans`);
  return spans.map(parseSpan);
}

/**
 * Whether a wall clock stands within the hours. An hour that the clocks skip never comes, one that they repeat comes
 * twice: no other reading of a schedule is on the wall for guests to see.
 */
export function isWithinHours(hours: WeeklyHours, { weekday, minuteOfDay }: LocalTime): boolean {
  const today = 1 << weekday;
  const yesterday = 1 << ((weekday + 6) % 7);
  return hours.some(({ weekdays, startMinutes, endMinutes }) => {
    const startsToday = (weekdays & today) !== 0;
    if (startMinutes === endMinutes) return startsToday;
    if (startMinutes < endMinutes)
      return startsToday && minuteOfDay >= startMinutes && minuteOfDay < endMinutes;
    return (
      (startsToday && minuteOfDay >= startMinutes) ||
      ((weekdays & yesterday) !== 0 && minuteOfDay < endMinutes)
    );
  });
}

function parseSpan(text: string): WeeklySpan {
  const found = /^ *([a-z]{3})(?:-([a-z]{3}))? +([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2}) *$/.exec(text);
  if (found === null) throw fault('spans such as mon-fri 09:00-17:00');
  const [, first, last = first, ...digits] = found;
  const [startHour = 24, startMinute = 0, endHour = 24, endMinute = 0] = digits.map(Number);
  const startMinutes = minutesOf(startHour, startMinute);
  const endMinutes = minutesOf(endHour, endMinute);
  if (startMinutes === DAY_MINUTES) throw fault('a start before 24:00');
  if (startMinutes === endMinutes) throw fault('a start and another end; all day is 00:00-24:00');
  return { weekdays: weekdaysBetween(dayIndex(first), dayIndex(last)), startMinutes, endMinutes };
}

function minutesOf(hour: number, minute: number): number {
  const minutes = 60 * hour + minute;
  if (minute > 59 || minutes > DAY_MINUTES) throw fault('times from 00:00 to 24:00');
  return minutes;
}

function dayIndex(name: string | undefined): number {
  const index = name === undefined ? -1 : DAY_NAMES.indexOf(name);
  if (index < 0) throw fault(`days among ${DAY_NAMES.join(' ')}`);
  return index;
}

/** `fri-mon` goes over Sunday. */
function weekdaysBetween(first: number, last: number): number {
  let weekdays = 0;
  for (let day = first; ; day = (day + 1) % 7) {
    weekdays |= 1 << day;
    if (day === last) return weekdays;
  }
}

function fault(expected: string): DecodeError {
  return new DecodeError('setting', `expected weekly hours with ${expected}`);
}
