/** One of the two switches of a year, as a POSIX rule: week 5 is the last one, hours may pass midnight. */
interface Rule {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly minutes: number;
}

interface Switch {
  readonly unixMs: number;
  readonly beforeMinutes: number;
  readonly afterMinutes: number;
}

const DAY_MS = 86_400_000;
const STEP_MS = 7 * DAY_MS;
/** Enough years for every place of a weekday in its month to have come. */
const YEARS = 12;
/** A rule may name the day before and an hour past 24. @see RFC 8536 section 3.3.1 */
const DAYS_BEFORE_MAX = 6;

/**
 * Writes an IANA time zone as the POSIX TZ string that a lock understands, from this computer's own tables.
 * @param year - the first in which it must hold
 * @returns such as `<+01>-1<+02>,M3.5.0,M10.5.0/3`; undefined where no such rule tells the zone, or it is unknown
 * @see POSIX.1-2017 section 8.3
 */
export function posixTimeZone(zone: string, year: number): string | undefined {
  if (!isZone(zone)) return undefined;
  const offsetAt = offsetReader(zone);
  const switches: (readonly Switch[])[] = [];
  for (let i = 0; i < YEARS; i++) switches.push(switchesOf(year + i, offsetAt));
  if (switches.every(({ length }) => length === 0)) return name(offsetAt(Date.UTC(year, 0, 1)));
  if (!switches.every(({ length }) => length === 2)) return undefined;
  const [first, second] = switches[0] as readonly [Switch, Switch];
  const standard = Math.min(first.beforeMinutes, first.afterMinutes);
  const summer = Math.max(first.beforeMinutes, first.afterMinutes);
  const into = (offset: number) =>
    ruleOf(switches.map((pair) => pair.find((one) => one.afterMinutes === offset)));
  const [start, end] = [into(summer), into(standard)];
  if (start === undefined || end === undefined || first.afterMinutes !== second.beforeMinutes)
    return undefined;
  // Summer is one hour ahead unless it is said.
  const ahead = summer === standard + 60 ? label(summer) : name(summer);
  return `${name(standard)}${ahead},${written(start)},${written(end)}`;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}

/** Minutes east of Greenwich at a moment. */
function offsetReader(timeZone: string): (unixMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (unixMs) => {
    const text = format.formatToParts(unixMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
    const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
    return sign === '-' ? -size : size;
  };
}

function switchesOf(year: number, offsetAt: (unixMs: number) => number): readonly Switch[] {
  const found: Switch[] = [];
  const end = Date.UTC(year + 1, 0, 1);
  let after = offsetAt(Date.UTC(year, 0, 1));
  // Nobody changes the clocks twice within a week.
  for (let start = Date.UTC(year, 0, 1); start < end; start += STEP_MS) {
    const beforeMinutes = after;
    let [low, high] = [start, Math.min(end, start + STEP_MS)];
    after = offsetAt(high);
    if (beforeMinutes === after) continue;
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (offsetAt(middle) === beforeMinutes) low = middle;
      else high = middle;
    }
    found.push({ unixMs: high, beforeMinutes, afterMinutes: after });
  }
  return found;
}

/** The one rule that all years follow, if there is one. */
function ruleOf(switches: readonly (Switch | undefined)[]): Rule | undefined {
  for (let daysBefore = 0; daysBefore <= DAYS_BEFORE_MAX; daysBefore++) {
    let common: readonly Rule[] | undefined;
    for (const one of switches) {
      if (one === undefined) return undefined;
      const rules = rulesFor(one, daysBefore);
      common = common?.filter((rule) => rules.some((other) => written(other) === written(rule))) ?? rules;
    }
    if (common?.[0] !== undefined) return common[0];
  }
  return undefined;
}

function rulesFor({ unixMs, beforeMinutes }: Switch, daysBefore: number): readonly Rule[] {
  const wall = new Date(unixMs + beforeMinutes * 60_000);
  const minutes = wall.getUTCHours() * 60 + wall.getUTCMinutes() + daysBefore * 24 * 60;
  const day = new Date(wall.getTime() - daysBefore * DAY_MS);
  const [month, date, weekday] = [day.getUTCMonth() + 1, day.getUTCDate(), day.getUTCDay()];
  const daysInMonth = new Date(Date.UTC(day.getUTCFullYear(), month, 0)).getUTCDate();
  const weeks = [...(date > daysInMonth - 7 ? [5] : []), ...(date <= 28 ? [Math.ceil(date / 7)] : [])];
  return weeks.map((week) => ({ month, week, weekday, minutes }));
}

function written({ month, week, weekday, minutes }: Rule): string {
  const time = minutes === 120 ? '' : `/${hoursAndMinutes(minutes)}`;
  return `M${month}.${week}.${weekday}${time}`;
}

/** POSIX counts west of Greenwich. */
function name(offsetMinutes: number): string {
  return `${label(offsetMinutes)}${offsetMinutes > 0 ? '-' : ''}${hoursAndMinutes(Math.abs(offsetMinutes))}`;
}

function label(offsetMinutes: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return `<${offsetMinutes < 0 ? '-' : '+'}${two(hours)}${minutes === 0 ? '' : two(minutes)}>`;
}

function hoursAndMinutes(minutes: number): string {
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}
