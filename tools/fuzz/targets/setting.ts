import { DURESS_GUESTS_MAX, UNIX_SECONDS_MAX, WEEKLY_HOURS_MAX } from '../../../firmware/protocol/limits.js';
import {
  checkSettings,
  parseDuressGuests,
  readNumberSettings,
  SETTING_NAMES,
} from '../../../firmware/protocol/setting.js';
import { localTime, parseTimeZone } from '../../../firmware/protocol/time-zone.js';
import { isWithinHours, parseWeeklyHours } from '../../../firmware/protocol/weekly-hours.js';
import { attempt, expect, type Target } from '../target.js';
import { linear, utf8Bytes } from './seed-bytes.js';

/** Times at which clocks and calendars turn. */
const TIMES = [0, 951_782_399, 951_782_400, 1_711_846_800, 1_790_000_000, 4_107_542_399, UNIX_SECONDS_MAX];

/** POSIX time zones, and the clock on the wall that they give. */
export const timeZoneTarget: Target = {
  name: 'time-zone',
  shape: {
    kind: 'text',
    words: [
      'UTC0',
      '<+0330>-3:30',
      'EST5EDT',
      ',M3.2.0',
      ',M10.5.6/-167',
      ',J60',
      ',0/167:59:59',
      '/24',
      '-24',
      ':59',
    ],
  },
  share: 20,
  bytesMax: 300,
  seeds: () =>
    [
      'UTC0',
      'CET-1CEST,M3.5.0,M10.5.0/3',
      'AEST-10AEDT,M10.1.0,M4.1.0/3',
      '<-02>2<-01>,M3.5.0/-1,M10.5.0/0',
      'IST-1GMT0,M10.5.0,M3.5.0/1',
      'XXX3EDT4,0/0,J365/23',
    ].map(utf8Bytes),
  run: (input: Uint8Array) => {
    const text = new TextDecoder().decode(input);
    const zone = attempt(() => parseTimeZone(text), ['setting']);
    if (zone === undefined) return;
    for (const seconds of TIMES) {
      const { weekday, minuteOfDay, dayNumber } = localTime(zone.value, seconds);
      expect(Number.isInteger(weekday) && weekday >= 0 && weekday <= 6, `the weekday ${weekday}`);
      expect(
        Number.isInteger(minuteOfDay) && minuteOfDay >= 0 && minuteOfDay < 1_440,
        `the minute ${minuteOfDay}`,
      );
      const days = dayNumber - seconds / 86_400;
      expect(Number.isInteger(dayNumber) && days > -3 && days < 3, `the day ${dayNumber} at ${seconds}`);
    }
  },
  stepsMax: linear(1_400, 2),
};

/** Weekly hours, at each hour of a week. */
export const weeklyHoursTarget: Target = {
  name: 'weekly-hours',
  shape: {
    kind: 'text',
    words: ['mon', 'sun', 'fri-mon', ' 00:00-24:00', '22:00-02:00', ', ', '-', '23:59'],
  },
  share: 20,
  bytesMax: 600,
  seeds: () =>
    ['mon-fri 09:00-17:00', 'sat 22:00-02:00, sun 00:00-24:00', 'fri-mon 00:00-00:01'].map(utf8Bytes),
  run: (input: Uint8Array) => {
    const hours = attempt(() => parseWeeklyHours(new TextDecoder().decode(input)), ['setting']);
    if (hours === undefined) return;
    expect(hours.value.length >= 1 && hours.value.length <= WEEKLY_HOURS_MAX, `${hours.value.length} spans`);
    let held = 0;
    for (let hour = 0; hour < 7 * 24; hour++) {
      for (const minute of [0, 59]) {
        const time = { weekday: Math.floor(hour / 24), minuteOfDay: (hour % 24) * 60 + minute, dayNumber: 0 };
        if (isWithinHours(hours.value, time)) held++;
      }
    }
    const minutes = hours.value.map(
      ({ startMinutes, endMinutes }) => (endMinutes - startMinutes + 1_440) % 1_440,
    );
    expect(held > 0 || Math.max(...minutes) < 60, 'hours that never come');
  },
  stepsMax: linear(12_000, 20),
};

/** All settings at once, a line each: `name=text`. */
export const settingTarget: Target = {
  name: 'setting',
  shape: {
    kind: 'text',
    words: [
      ...SETTING_NAMES.map((name) => `\n${name}=`),
      'off',
      'on',
      '007',
      '65535',
      '0x',
      `0x${'ab'.repeat(20)} `,
    ],
  },
  share: 20,
  bytesMax: 1_500,
  seeds: () =>
    [
      'strict-after-boot=on\nrelock=600\nauto-relock=off\najar=10\nlow-battery=4400\nguest-lease=720\nidle-poll=1',
      `heartbeat=1440\nduress-guests=0x${'ab'.repeat(20)} 0x${'cd'.repeat(20)}\npassage-hours=mon 09:00-17:00`,
      'time-zone=UTC0\nexpected-hours=sat-sun 00:00-24:00\nrelock=off',
    ].map(utf8Bytes),
  run: (input: Uint8Array) => {
    const lines = new TextDecoder().decode(input).split('\n');
    const texts = new Map(
      lines.map((line) => line.split('=', 2) as [string, string | undefined]).map(([k, v]) => [k, v ?? '']),
    );
    const guests = attempt(() => parseDuressGuests(texts.get('duress-guests') ?? ''), ['setting']);
    if (guests !== undefined) {
      expect(guests.value.length <= DURESS_GUESTS_MAX, `${guests.value.length} guests`);
      expect(
        guests.value.every(({ length }) => length === 20),
        'an address of another size',
      );
    }
    const all = attempt(() => checkSettings(texts), ['setting']);
    const numbers = attempt(() => readNumberSettings(texts), ['setting']);
    expect(all === undefined || numbers !== undefined, 'what was checked cannot be read');
    for (const value of Object.values(numbers?.value ?? {})) {
      if (typeof value === 'number') expect(Number.isSafeInteger(value) && value > 0, `the number ${value}`);
    }
  },
  stepsMax: linear(200, 2),
};
