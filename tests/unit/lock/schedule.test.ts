import assert from 'node:assert/strict';
import { isInSchedule } from '../../../firmware/lock/schedule.js';
import type { Terms } from '../../../firmware/protocol/terms.js';
import { parseTimeZone, UTC } from '../../../firmware/protocol/time-zone.js';
import { TERMS } from './authorizer-rows.js';

const BERLIN = parseTimeZone('CET-1CEST,M3.5.0,M10.5.0/3');
const MONDAY = 1;
const SUNDAY = 64;

function terms(weekdays: number, dayStartMinutes = 0, dayEndMinutes = 0): Terms {
  return { ...TERMS, weekdays, dayStartMinutes, dayEndMinutes };
}

/** Greenwich. */
function at(text: string): number {
  return Date.parse(`${text}Z`) / 1000;
}

describe('isInSchedule', () => {
  it('reads the wall clock of the lock, not that of Greenwich', () => {
    const mornings = terms(MONDAY, 540, 720);
    assert.equal(isInSchedule(mornings, BERLIN, at('2026-07-06T07:00')), true);
    assert.equal(isInSchedule(mornings, BERLIN, at('2026-07-06T06:59:59')), false);
    assert.equal(isInSchedule(mornings, BERLIN, at('2026-07-06T09:59:59')), true);
    assert.equal(isInSchedule(mornings, BERLIN, at('2026-07-06T10:00')), false);
    // An hour later by Greenwich, half a year on.
    assert.equal(isInSchedule(mornings, BERLIN, at('2026-01-05T07:59:59')), false);
    assert.equal(isInSchedule(mornings, BERLIN, at('2026-01-05T08:00')), true);
  });

  it('begins and ends a day at midnight there', () => {
    assert.equal(isInSchedule(terms(MONDAY), BERLIN, at('2026-07-05T21:59:59')), false);
    assert.equal(isInSchedule(terms(MONDAY), BERLIN, at('2026-07-05T22:00')), true);
    assert.equal(isInSchedule(terms(MONDAY), BERLIN, at('2026-07-06T21:59:59')), true);
    assert.equal(isInSchedule(terms(MONDAY), BERLIN, at('2026-07-06T22:00')), false);
  });

  it('goes over midnight with the day on which it starts, over a switch too', () => {
    const night = terms(SUNDAY, 1_320, 360);
    assert.equal(isInSchedule(night, UTC, at('2026-07-05T22:00')), true);
    assert.equal(isInSchedule(night, UTC, at('2026-07-06T05:59')), true);
    assert.equal(isInSchedule(night, UTC, at('2026-07-05T05:59')), false);
    // Saturday to Sunday, while the clocks go from 02:00 to 03:00.
    const saturday = terms(32, 1_320, 180);
    assert.equal(isInSchedule(saturday, BERLIN, at('2026-03-29T00:59:59')), true);
    assert.equal(isInSchedule(saturday, BERLIN, at('2026-03-29T01:00')), false);
  });

  it('is every day for weekdays 0 and 0x7f, all day for equal minutes, and needs no zone for that', () => {
    for (const weekdays of [0, 0x7f]) {
      assert.equal(isInSchedule(terms(weekdays), undefined, at('2026-07-05T03:00')), true);
      assert.equal(isInSchedule(terms(weekdays, 60, 60), undefined, at('2026-07-05T03:00')), true);
      assert.equal(isInSchedule(terms(weekdays, 0, 60), UTC, at('2026-07-05T00:30')), true);
      assert.equal(isInSchedule(terms(weekdays, 0, 60), UTC, at('2026-07-05T03:00')), false);
    }
  });

  it('admits nobody by a schedule in a zone that cannot be read', () => {
    assert.equal(isInSchedule(terms(MONDAY), undefined, at('2026-07-06T12:00')), false);
    assert.equal(isInSchedule(terms(0, 0, 1_439), undefined, at('2026-07-06T12:00')), false);
  });
});
