import { localTime, parseTimeZone } from '../../firmware/protocol/time-zone.js';
import { EXIT_CODES, Failure } from './owner/failure.js';

/** A time zone: how far its clocks are ahead of Greenwich. */
export interface Zone {
  readonly name: string;
  offsetSeconds(unixSeconds: number): number;
}

const DAY_SECONDS = 86_400;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/**
 * Reads a zone by the name that computers know it by, or as the POSIX TZ string that a lock holds; the latter by the
 * lock's own code.
 * @throws Failure `usage`
 */
export function zoneOf(text: string): Zone {
  // `UTC` and its like are names; a POSIX string has digits that are no name's.
  const iana = ianaZone(text);
  if (iana) return iana;
  try {
    const zone = parseTimeZone(text);
    return {
      name: text,
      offsetSeconds: (unixSeconds) => {
        const minutes = Math.floor(unixSeconds / 60);
        const { dayNumber, minuteOfDay } = localTime(zone, minutes * 60);
        return (dayNumber * 1_440 + minuteOfDay - minutes) * 60;
      },
    };
  } catch {
    throw new Failure(EXIT_CODES.usage, `there is no time zone "${text}": say one such as Europe/Berlin`);
  }
}

/** Tue 2026-12-01 10:00 +01:00, as the clocks there show it. */
export function formatMoment(unixSeconds: number, zone: Zone): string {
  const offset = zone.offsetSeconds(unixSeconds);
  const wall = new Date((unixSeconds + offset) * 1_000).toISOString();
  const day = Math.floor((unixSeconds + offset) / DAY_SECONDS);
  // Day 0 was a Thursday.
  const weekday = WEEKDAYS[(((day + 3) % 7) + 7) % 7];
  return `${weekday} ${wall.slice(0, 10)} ${wall.slice(11, 16)} ${formatOffset(offset)}`;
}

/**
 * Reads a moment as people say it: `now`, `+90m`, `+3h`, `+2d`, `+1w`, `2026-12-01`, `2026-12-01 10:00`. Days and
 * weeks keep the hour on the clock; a bare date is its first second, or as an end its last.
 * @returns Unix seconds
 * @throws Failure `usage` where it is none, or an hour that the clocks there pass over
 */
export function parseMoment(text: string, edge: 'from' | 'until', zone: Zone, nowSeconds: number): number {
  const said = text.trim().toLowerCase();
  if (said === 'now') return nowSeconds;
  const [, amount, unit] = /^\+([0-9]{1,5})([mhdw])$/.exec(said) ?? [];
  if (unit === 'm' || unit === 'h') return nowSeconds + Number(amount) * (unit === 'm' ? 60 : 3_600);
  if (unit !== undefined) {
    const days = Number(amount) * (unit === 'w' ? 7 : 1);
    return unixOf(nowSeconds + zone.offsetSeconds(nowSeconds) + days * DAY_SECONDS, edge, zone, text);
  }
  const [, date, hours, minutes] = /^(\d{4}-\d\d-\d\d)(?:[ t](\d{1,2}):(\d\d))?$/.exec(said) ?? [];
  const midnight = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`) / 1_000;
  // A 31st of a month without one parses as none, or as another day.
  const isDate = !Number.isNaN(midnight) && new Date(midnight * 1_000).toISOString().startsWith(date ?? '');
  if (!isDate || Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) {
    throw new Failure(
      EXIT_CODES.usage,
      `"${text}" is no time: say "2026-12-01 10:00", 2026-12-01, +3d, +2h or now`,
    );
  }
  const seconds = hours === undefined ? lastOrFirst(edge) : Number(hours) * 3_600 + Number(minutes) * 60;
  return unixOf(midnight + seconds, edge, zone, text);
}

function lastOrFirst(edge: 'from' | 'until'): number {
  return edge === 'until' ? DAY_SECONDS - 1 : 0;
}

/** Where the clocks show an hour twice, a window takes in both. */
function unixOf(wallSeconds: number, edge: 'from' | 'until', zone: Zone, text: string): number {
  const around = [wallSeconds - DAY_SECONDS, wallSeconds + DAY_SECONDS];
  const found = around
    .map((seconds) => wallSeconds - zone.offsetSeconds(seconds))
    .filter((unixSeconds) => unixSeconds + zone.offsetSeconds(unixSeconds) === wallSeconds);
  if (found.length > 0) return edge === 'from' ? Math.min(...found) : Math.max(...found);
  throw new Failure(
    EXIT_CODES.usage,
    `the clocks of ${zone.name} pass over "${text}" when summer begins: say an hour later`,
  );
}

function formatOffset(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}

function ianaZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  return {
    name,
    offsetSeconds: (unixSeconds) => {
      const parts = format.formatToParts(unixSeconds * 1_000);
      const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
      const size = Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60;
      return sign === '-' ? -size : size;
    },
  };
}
