import assert from 'node:assert/strict';
import { WEEKLY_HOURS_MAX } from '../../../firmware/protocol/limits.js';
import { localTime, parseTimeZone } from '../../../firmware/protocol/time-zone.js';
import { isWithinHours, parseWeeklyHours } from '../../../firmware/protocol/weekly-hours.js';
import { throwsDecodeError } from './throws-decode-error.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Whether `sat 09:59` lies within the hours. */
function holds(hours: string, at: string): boolean {
  const [day = '', time = ''] = at.split(' ');
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const local = { weekday: DAYS.indexOf(day), minuteOfDay: 60 * hour + minute, dayNumber: 0 };
  return isWithinHours(parseWeeklyHours(hours), local);
}

describe('parseWeeklyHours', () => {
  it('reads days, ranges of days, and spans of time', () => {
    assert.deepEqual(parseWeeklyHours('mon-fri 09:00-17:30, sat 22:00-02:00,sun 00:00-24:00'), [
      { weekdays: 0x1f, startMinutes: 540, endMinutes: 1_050 },
      { weekdays: 0x20, startMinutes: 1_320, endMinutes: 120 },
      { weekdays: 0x40, startMinutes: 0, endMinutes: 1_440 },
    ]);
    assert.equal(parseWeeklyHours('fri-mon 09:00-10:00')[0]?.weekdays, 0x71);
    assert.equal(parseWeeklyHours('mon-sun 09:00-10:00')[0]?.weekdays, 0x7f);
    assert.equal(parseWeeklyHours('tue-mon 09:00-10:00')[0]?.weekdays, 0x7f);
  });

  it('refuses what leaves a doubt', () => {
    const bad = [
      '',
      'mon',
      '09:00-17:00',
      'mon 9:00-17:00',
      'Mon 09:00-17:00',
      'day 09:00-17:00',
      'mon-fri-sat 09:00-17:00',
      'mon 09:00-17:00,',
      'mon 09:00-17:00 tue 09:00-17:00',
      'mon 09:00-09:00',
      'mon 24:00-02:00',
      'mon 09:00-24:01',
      'mon 09:60-10:00',
      'mon 25:00-26:00',
      'mon 09:00',
      'mon,tue 09:00-17:00',
      Array.from({ length: WEEKLY_HOURS_MAX + 1 }, () => 'mon 09:00-17:00').join(),
    ];
    for (const text of bad) throwsDecodeError(() => parseWeeklyHours(text), 'setting', text);
  });
});

describe('isWithinHours', () => {
  it('holds from the first minute to the one before the last', () => {
    const hours = 'mon-fri 09:00-17:00, sat 10:00-12:00';
    for (const at of ['mon 09:00', 'fri 16:59', 'sat 10:00', 'sat 11:59'])
      assert.equal(holds(hours, at), true, at);
    for (const at of ['mon 08:59', 'fri 17:00', 'sat 09:59', 'sat 12:00', 'sun 10:00']) {
      assert.equal(holds(hours, at), false, at);
    }
  });

  it('goes over midnight with the day on which it starts', () => {
    for (const at of ['sun 22:00', 'sun 23:59', 'mon 00:00', 'mon 01:59'])
      assert.equal(holds('sun 22:00-02:00', at), true, at);
    for (const at of ['sun 00:00', 'sun 01:59', 'sun 21:59', 'mon 02:00', 'mon 22:00']) {
      assert.equal(holds('sun 22:00-02:00', at), false, at);
    }
  });

  it('is all day from 00:00 to 24:00, and where start and end of a guest’s terms are equal', () => {
    for (const at of ['wed 00:00', 'wed 12:00', 'wed 23:59'])
      assert.equal(holds('wed 00:00-24:00', at), true);
    for (const at of ['tue 23:59', 'thu 00:00']) assert.equal(holds('wed 00:00-24:00', at), false);
    const equal = [{ weekdays: 4, startMinutes: 540, endMinutes: 540 }];
    assert.ok(isWithinHours(equal, { weekday: 2, minuteOfDay: 0, dayNumber: 0 }));
    assert.ok(!isWithinHours(equal, { weekday: 3, minuteOfDay: 540, dayNumber: 0 }));
  });

  it('never holds in a skipped hour, and holds twice in a repeated one', () => {
    const berlin = parseTimeZone('CET-1CEST,M3.5.0,M10.5.0/3');
    const hours = parseWeeklyHours('sun 02:15-02:45');
    const minutesHeld = (day: number) =>
      Array.from({ length: 1_440 }, (_, minute) => localTime(berlin, day + 60 * minute)).filter((local) =>
        isWithinHours(hours, local),
      ).length;
    assert.equal(minutesHeld(Date.UTC(2026, 2, 29) / 1000), 0);
    assert.equal(minutesHeld(Date.UTC(2026, 3, 5) / 1000), 30);
    assert.equal(minutesHeld(Date.UTC(2026, 9, 25) / 1000), 60);
  });
});
