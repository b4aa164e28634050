import assert from 'node:assert/strict';
import { TIME_ZONE_CHARS_MAX } from '../../../firmware/protocol/limits.js';
import { type LocalTime, localTime, parseTimeZone, UTC } from '../../../firmware/protocol/time-zone.js';
import { throwsDecodeError } from './throws-decode-error.js';

/** As the tz database writes them, for the years from 2025 on. */
const ZONES = [
  ['Europe/Berlin', 'CET-1CEST,M3.5.0,M10.5.0/3', 2],
  ['America/New_York', 'EST5EDT,M3.2.0,M11.1.0', 2],
  ['Australia/Lord_Howe', '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0', 2],
  ['Europe/Dublin', 'IST-1GMT0,M10.5.0,M3.5.0/1', 2],
  ['America/Santiago', '<-04>4<-03>,M9.1.6/24,M4.1.6/24', 2],
  ['Asia/Jerusalem', 'IST-2IDT,M3.4.4/26,M10.5.0', 2],
  ['Asia/Kathmandu', '<+0545>-5:45', 0],
] as const;
const FIRST_YEAR = 2025;
const YEARS = 6;
const HOUR = 3_600;
const DAY = 86_400;

/** Node's own knowledge of the zones, from the tz database and not from POSIX strings. */
function oracle(name: string): (unixSeconds: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'short',
  });
  return (unixSeconds) => {
    const parts = new Map(
      format.formatToParts(unixSeconds * 1000).map(({ type, value }) => [type, value] as const),
    );
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
    return {
      weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.get('weekday') ?? ''),
      minuteOfDay: 60 * number('hour') + number('minute'),
      dayNumber: Date.UTC(number('year'), number('month') - 1, number('day')) / 1000 / DAY,
    };
  };
}

/** The wall clock as one number of minutes. */
function wallMinutes({ dayNumber, minuteOfDay }: LocalTime): number {
  return 1_440 * dayNumber + minuteOfDay;
}

/** The seconds at which Node's clock in a zone is changed within a year. */
function switchesOf(told: (unixSeconds: number) => LocalTime, year: number): readonly number[] {
  const ahead = (at: number) => wallMinutes(told(at)) - Math.floor(at / 60);
  const switches: number[] = [];
  const end = Date.UTC(year + 1, 0, 1) / 1000;
  for (let day = Date.UTC(year, 0, 1) / 1000; day < end; day += DAY) {
    let [before, after] = [day, day + DAY];
    if (ahead(before) === ahead(after)) continue;
    while (after - before > 60) {
      const middle = before + Math.floor((after - before) / 120) * 60;
      if (ahead(middle) === ahead(before)) before = middle;
      else after = middle;
    }
    switches.push(after);
  }
  return switches;
}

describe('localTime', () => {
  for (const [name, text, switchesAYear] of ZONES) {
    it(`shows what a clock in ${name} shows, minute by minute around each switch and through the years`, () => {
      const zone = parseTimeZone(text);
      const told = oracle(name);
      for (let year = FIRST_YEAR; year < FIRST_YEAR + YEARS; year++) {
        const switches = switchesOf(told, year);
        assert.equal(switches.length, switchesAYear, `${year}`);
        for (const at of switches) {
          for (let s = at - 2 * HOUR; s <= at + 2 * HOUR; s += 60) {
            assert.deepEqual(localTime(zone, s), told(s), new Date(s * 1000).toISOString());
          }
          assert.deepEqual(localTime(zone, at - 1), told(at - 1));
        }
        const start = Date.UTC(year, 0, 1) / 1000;
        for (let s = start; s < start + 366 * DAY; s += 7 * HOUR + 60) {
          assert.deepEqual(localTime(zone, s), told(s), new Date(s * 1000).toISOString());
        }
      }
    });
  }

  it('skips an hour in spring and repeats one in autumn', () => {
    const berlin = parseTimeZone('CET-1CEST,M3.5.0,M10.5.0/3');
    const minutesFrom = (at: number) =>
      [-1, 0, 1].map((hour) => localTime(berlin, at + hour * HOUR).minuteOfDay / 60);
    assert.deepEqual(minutesFrom(Date.UTC(2026, 2, 29, 1) / 1000), [1, 3, 4]);
    assert.deepEqual(minutesFrom(Date.UTC(2026, 9, 25, 1) / 1000), [2, 2, 3]);
  });

  it('keeps daylight saving all year where a year’s end is the next one’s start', () => {
    // RFC 9636 section 3.3.1 and 3.3.2: both are four hours behind UTC for ever.
    for (const text of ['EST5EDT,0/0,J365/25', 'QQQ3EDT4,0/0,J365/23']) {
      const zone = parseTimeZone(text);
      for (let year = 2026; year < 2030; year++) {
        const newYear = Date.UTC(year, 0, 1) / 1000;
        for (let s = newYear - 8 * HOUR; s < newYear + 8 * HOUR; s += 60) {
          assert.equal(wallMinutes(localTime(zone, s)), (s - 4 * HOUR) / 60, `${text} ${s - newYear}`);
        }
        assert.equal(
          wallMinutes(localTime(zone, newYear + 200 * DAY)),
          (newYear + 200 * DAY - 4 * HOUR) / 60,
        );
      }
    }
  });

  it('counts February 29 in n and not in Jn', () => {
    const dayOfSwitch = (rule: string, year: number) => {
      const zone = parseTimeZone(`AAA0BBB,${rule}/0,J365/0`);
      const first = Date.UTC(year, 0, 1) / 1000;
      for (let day = 0; day < 366; day++) {
        if (localTime(zone, first + day * DAY).minuteOfDay === 60) return day;
      }
      return assert.fail(rule);
    };
    assert.deepEqual([dayOfSwitch('J59', 2027), dayOfSwitch('J59', 2028)], [58, 58]);
    assert.deepEqual([dayOfSwitch('J60', 2027), dayOfSwitch('J60', 2028)], [59, 60]);
    assert.deepEqual([dayOfSwitch('59', 2027), dayOfSwitch('59', 2028)], [59, 59]);
    assert.deepEqual([dayOfSwitch('60', 2027), dayOfSwitch('60', 2028)], [60, 60]);
  });

  it('switches up to a week before or after the day of the rule, over the year’s end too', () => {
    const startsAt = (rule: string) => {
      const zone = parseTimeZone(`AAA0BBB,${rule},J180/0`);
      const at = (s: number) => localTime(zone, s).minuteOfDay * 60 !== ((s % DAY) + DAY) % DAY;
      for (let s = Date.UTC(2026, 11, 20) / 1000; s < Date.UTC(2027, 0, 20) / 1000; s += HOUR) {
        if (at(s)) return new Date(s * 1000).toISOString().slice(0, 13);
      }
      return assert.fail(rule);
    };
    assert.equal(startsAt('J1/-167'), '2026-12-25T01');
    assert.equal(startsAt('J365/167'), '2027-01-06T23');
  });

  it('is UTC for UTC0, and knows seconds in an offset', () => {
    assert.deepEqual(parseTimeZone('UTC0'), UTC);
    assert.deepEqual(localTime(UTC, 0), { weekday: 3, minuteOfDay: 0, dayNumber: 0 });
    assert.equal(parseTimeZone('LMT-0:53:28').standardSeconds, 53 * 60 + 28);
    assert.equal(parseTimeZone('QQQ24:59:59').standardSeconds, -89_999);
    assert.equal(parseTimeZone('QQQ+5').standardSeconds, -18_000);
    assert.deepEqual(localTime(parseTimeZone('QQQ1'), 0), { weekday: 2, minuteOfDay: 1_380, dayNumber: -1 });
  });
});

describe('parseTimeZone', () => {
  it('refuses what is no POSIX TZ string, and what leaves the rules to the system', () => {
    const bad = [
      '',
      'Europe/Berlin',
      'CET',
      'CET-1CEST', // rules left to the system
      'CET-1CEST,M3.5.0',
      'CET-1CEST,M3.5.0,M10.5.0/3,M1.1.1',
      'CET-1,M3.5.0,M10.5.0',
      'CE-1',
      '<+1>-1',
      '<+01-1',
      '<+01:30>-1:30',
      'C3T-1',
      'CET-25',
      'CET-1:60',
      'CET-1:00:60',
      'CET-1:0',
      'CET--1',
      'CET 1',
      'CET-1:00:00:00',
      'CET-1CEST,M0.1.0,M10.5.0',
      'CET-1CEST,M13.1.0,M10.5.0',
      'CET-1CEST,M3.0.0,M10.5.0',
      'CET-1CEST,M3.6.0,M10.5.0',
      'CET-1CEST,M3.5.7,M10.5.0',
      'CET-1CEST,M3.5,M10.5.0',
      'CET-1CEST,J0,J365',
      'CET-1CEST,J366,J1',
      'CET-1CEST,366,1',
      'CET-1CEST,,',
      'CET-1CEST,M3.5.0/168,M10.5.0',
      'CET-1CEST,M3.5.0/-168,M10.5.0',
      'CET-1CEST,M3.5.0/2/2,M10.5.0',
      'CET-1CEST,M3.5.0/,M10.5.0',
      'CET-1CEST,M3.5.0,M10.5.0/3 ',
      '\u0661\u0662\u0663-1',
      `${'A'.repeat(TIME_ZONE_CHARS_MAX)}0`,
    ];
    for (const text of bad) throwsDecodeError(() => parseTimeZone(text), 'setting', text);
  });

  it('refuses a string that was cut off, except where what is left is whole', () => {
    const text = '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0/167:59:59';
    const whole = ['<+1030>-1', '<+1030>-10', '<+1030>-10:30'];
    whole.push(
      ...['', '/1', '/16', '/167', '/167:59'].map((time) => `<+1030>-10:30<+11>-11,M10.1.0,M4.1.0${time}`),
    );
    for (let size = 0; size < text.length; size++) {
      const cut = text.slice(0, size);
      if (whole.includes(cut)) parseTimeZone(cut);
      else throwsDecodeError(() => parseTimeZone(cut), 'setting', cut);
    }
  });
});
