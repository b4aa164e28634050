import assert from 'node:assert/strict';
import { localTime, parseTimeZone } from '../../../../firmware/protocol/time-zone.js';
import { posixTimeZone } from '../../../../tools/latchkey/owner/posix-time-zone.js';

const YEAR = 2026;

/** Minute of the day and weekday (0 is Monday) by this computer's own tables. */
function wallClock(
  timeZone: string,
): (unixSeconds: number) => readonly [weekday: number, minuteOfDay: number] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (unixSeconds) => {
    const parts = new Map(format.formatToParts(unixSeconds * 1_000).map(({ type, value }) => [type, value]));
    const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.get('weekday') ?? '');
    return [weekday, Number(parts.get('hour')) * 60 + Number(parts.get('minute'))];
  };
}

describe('posixTimeZone', () => {
  for (const [zone, expected] of [
    ['Europe/Berlin', '<+01>-1<+02>,M3.5.0,M10.5.0/3'],
    ['America/New_York', '<-05>5<-04>,M3.2.0,M11.1.0'],
    ['Asia/Kolkata', '<+0530>-5:30'],
    ['Asia/Tokyo', '<+09>-9'],
    ['UTC', '<+00>0'],
    ['Australia/Sydney', '<+10>-10<+11>,M10.1.0,M4.1.0/3'],
    ['Australia/Lord_Howe', '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0'],
    ['America/St_Johns', '<-0330>3:30<-0230>,M3.2.0,M11.1.0'],
    ['Pacific/Chatham', '<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45'],
    // The day before, and hours past 24.
    ['America/Santiago', '<-04>4<-03>,M9.1.6/24,M4.1.6/24'],
    ['Asia/Jerusalem', '<+02>-2<+03>,M3.4.4/26,M10.5.0'],
  ] as const) {
    it(`writes ${zone} as ${expected}`, () => {
      assert.equal(posixTimeZone(zone, YEAR), expected);
    });
  }

  for (const zone of [
    'Europe/Berlin',
    'America/Santiago',
    'Asia/Jerusalem',
    'Australia/Lord_Howe',
    'America/New_York',
  ]) {
    it(`makes the lock show the hour that clocks show in ${zone}, each half hour of two years`, () => {
      const parsed = parseTimeZone(posixTimeZone(zone, YEAR) ?? assert.fail('no rule'));
      const wall = wallClock(zone);
      const end = Date.UTC(YEAR + 2, 0, 1) / 1_000;
      for (let seconds = Date.UTC(YEAR, 0, 1) / 1_000; seconds < end; seconds += 1_800) {
        const { weekday, minuteOfDay } = localTime(parsed, seconds);
        assert.deepEqual([weekday, minuteOfDay], wall(seconds), `at ${seconds}`);
      }
    });
  }

  it('writes what the lock can read for every zone that has a rule', () => {
    const without = Intl.supportedValuesOf('timeZone').filter((zone) => {
      const text = posixTimeZone(zone, YEAR);
      if (text !== undefined) parseTimeZone(text);
      return text === undefined;
    });
    // Those follow the moon.
    for (const zone of without) assert.match(zone, /Casablanca|El_Aaiun|Gaza|Hebron|Cairo|Asuncion/);
  });

  it('knows no rule where there is none, and no zone that is none', () => {
    assert.equal(posixTimeZone('Africa/Casablanca', YEAR), undefined);
    assert.equal(posixTimeZone('Mars/Base', YEAR), undefined);
  });
});
