import { FOR_EVER_SECONDS, RIGHT, type Terms } from '../../firmware/protocol/terms.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { durationWords } from './time-text.js';
import { formatMoment, parseMoment, type Zone } from './zone.js';

/** What a person says of a grant. */
export interface GrantFlags {
  readonly from?: string;
  readonly until?: string;
  readonly days?: string;
  readonly hours?: string;
  readonly uses?: string;
  readonly rights?: string;
}

const DAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const EVERY_DAY = 0x7f;
const USES_MAX = 0xffff;
const DAY_MINUTES = 1_440;

/**
 * Reads a grant in people's terms.
 * @throws Failure `usage` where something is not understood, or the grant could never be used
 */
export function parseTerms(
  flags: GrantFlags,
  zone: Zone,
  nowSeconds: number,
): Omit<Terms, 'epoch' | 'serial'> {
  if (flags.until === undefined)
    throw usage('say until when: --until +3d, --until "2026-12-04 11:00", or --until forever');
  const isForEver = /^for-?ever$/i.test(flags.until.trim());
  const notBeforeSeconds = flags.from === undefined ? 0 : parseMoment(flags.from, 'from', zone, nowSeconds);
  const notAfterSeconds = isForEver ? FOR_EVER_SECONDS : parseMoment(flags.until, 'until', zone, nowSeconds);
  if (notAfterSeconds <= Math.max(nowSeconds, notBeforeSeconds)) {
    const end = formatMoment(notAfterSeconds, zone);
    throw usage(`the grant would be over before it begins: it ends ${end}`);
  }
  return {
    notBeforeSeconds,
    notAfterSeconds,
    rights: parseRights(flags.rights ?? 'lock,unlock'),
    weekdays: flags.days === undefined ? EVERY_DAY : parseDays(flags.days),
    ...parseHours(flags.hours),
    uses: flags.uses === undefined ? 0 : parseUses(flags.uses),
  };
}

/**
 * Says in plain words what a guest's terms allow.
 * @param zone - the lock's: its days and hours are meant
 */
export function describeTerms(terms: Terms, zone: Zone, nowSeconds: number): readonly string[] {
  if (terms.rights === 0) return ['may       nothing: this is a revocation'];
  return [
    `may       ${rightsWords(terms.rights)}`,
    `when      ${windowWords(terms, zone, nowSeconds)}`,
    ...scheduleLines(terms, zone),
  ];
}

/** The same on one line, for a table. */
export function summarizeTerms(terms: Terms, zone: Zone, nowSeconds: number): string {
  if (terms.rights === 0) return 'revoked';
  const parts = [rightsWords(terms.rights), windowWords(terms, zone, nowSeconds)];
  if (!isEveryDay(terms)) parts.push(daysWords(terms.weekdays));
  if (!isAllDay(terms)) parts.push(hoursWords(terms));
  if (terms.uses !== 0) parts.push(usesWords(terms.uses));
  return parts.join('; ');
}

export function rightsWords(rights: number): string {
  const names = (Object.keys(RIGHT) as (keyof typeof RIGHT)[]).filter((name) => (rights & RIGHT[name]) !== 0);
  return names.length === 0
    ? 'nothing'
    : names.map((name) => (name === 'history' ? 'see the history' : name)).join(', ');
}

function windowWords({ notBeforeSeconds, notAfterSeconds }: Terms, zone: Zone, nowSeconds: number): string {
  const start = notBeforeSeconds <= nowSeconds ? 'from now' : `from ${formatMoment(notBeforeSeconds, zone)}`;
  if (notAfterSeconds === FOR_EVER_SECONDS) return `${start} FOR EVER, until it is revoked`;
  if (notAfterSeconds < nowSeconds) return `over since ${formatMoment(notAfterSeconds, zone)}`;
  const length = durationWords(notAfterSeconds - Math.max(nowSeconds, notBeforeSeconds));
  return `${start} until ${formatMoment(notAfterSeconds, zone)} (${length})`;
}

function scheduleLines(terms: Terms, zone: Zone): readonly string[] {
  const lines: string[] = [];
  const days = isEveryDay(terms) ? 'every day' : daysWords(terms.weekdays);
  const hours = isAllDay(terms) ? 'at any hour' : hoursWords(terms);
  lines.push(`days      ${days}, ${hours}${isEveryDay(terms) && isAllDay(terms) ? '' : ` (${zone.name})`}`);
  lines.push(`openings  ${terms.uses === 0 ? 'without limit' : usesWords(terms.uses)}`);
  return lines;
}

function isEveryDay({ weekdays }: Terms): boolean {
  return weekdays === 0 || weekdays === EVERY_DAY;
}

function isAllDay({ dayStartMinutes, dayEndMinutes }: Terms): boolean {
  return dayStartMinutes === dayEndMinutes;
}

function usesWords(uses: number): string {
  return uses === 1 ? 'once' : `at most ${uses} times`;
}

/** mon-fri, or sat+sun */
function daysWords(weekdays: number): string {
  const days = DAY_NAMES.map((_, day) => day).filter((day) => (weekdays >> day) & 1);
  const first = days[0] ?? 0;
  const last = days[days.length - 1] ?? 0;
  const isRun = days.length > 2 && last - first === days.length - 1;
  const name = (day: number) => DAY_NAMES[day] ?? '';
  return isRun ? `${name(first)}-${name(last)}` : days.map(name).join('+');
}

function hoursWords({ dayStartMinutes, dayEndMinutes }: Terms): string {
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const end = dayEndMinutes === 0 ? '24:00' : clock(dayEndMinutes);
  const over = dayEndMinutes !== 0 && dayStartMinutes > dayEndMinutes ? ' of the next day' : '';
  return `${clock(dayStartMinutes)} to ${end}${over} by the lock's clock`;
}

function parseRights(text: string): number {
  let rights = 0;
  for (const name of text
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())) {
    if (name !== 'lock' && name !== 'unlock' && name !== 'history')
      throw usage(`--rights takes lock, unlock and history with commas between; found "${name}"`);
    rights |= RIGHT[name];
  }
  return rights;
}

/** `mon-fri`, `sat,sun`, `fri-mon` over the end of the week, `every`. */
function parseDays(text: string): number {
  const said = text.trim().toLowerCase();
  if (said === 'every' || said === 'all') return EVERY_DAY;
  let weekdays = 0;
  for (const part of said.split(',')) {
    const [first, last = first, ...rest] = part.trim().split('-').map(dayOf);
    if (first === undefined || first < 0 || last === undefined || last < 0 || rest.length > 0)
      throw usage(`--days takes days such as mon-fri or tue,thu; found "${part.trim()}"`);
    for (let day = first; ; day = (day + 1) % 7) {
      weekdays |= 1 << day;
      if (day === last) break;
    }
  }
  return weekdays;
}

function dayOf(text: string): number {
  return DAY_NAMES.findIndex((name) => text === name || (text.startsWith(name) && /^[a-z]+day$/.test(text)));
}

/** `9-17`, `9:30-17:45`, `22-6` over midnight; the end is the first minute that is out. */
function parseHours(text: string | undefined): Pick<Terms, 'dayStartMinutes' | 'dayEndMinutes'> {
  if (text === undefined) return { dayStartMinutes: 0, dayEndMinutes: 0 };
  const [start, end, ...rest] = text.split('-').map(minutesOf);
  if (start === undefined || end === undefined || rest.length > 0 || Number.isNaN(start) || Number.isNaN(end))
    throw usage(`--hours takes a start and an end such as 9-17, 9:30-12:00 or 22-6; found "${text}"`);
  if (start === end) throw usage(`--hours ${text} is no time at all: leave it out for the whole day`);
  return { dayStartMinutes: start % DAY_MINUTES, dayEndMinutes: end % DAY_MINUTES };
}

function minutesOf(text: string): number {
  const [, hours, minutes = '0'] = /^(\d{1,2})(?::(\d\d))?$/.exec(text.trim()) ?? [];
  const total = Number(hours ?? Number.NaN) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= DAY_MINUTES ? total : Number.NaN;
}

function parseUses(text: string): number {
  const uses = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (uses < 1 || uses > USES_MAX) throw usage(`--uses takes 1 to ${USES_MAX}; found "${text}"`);
  return uses;
}

function usage(message: string): Failure {
  return new Failure(EXIT_CODES.usage, message);
}
