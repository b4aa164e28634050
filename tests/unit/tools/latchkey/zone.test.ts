import assert from 'node:assert/strict';
import { formatMoment, parseMoment, zoneOf } from '../../../../tools/latchkey/zone.js';

const berlin = zoneOf('Europe/Berlin');
const posix = zoneOf('CET-1CEST,M3.5.0,M10.5.0/3');
const unix = (text: string) => Date.parse(text) / 1_000;
const NOW = unix('2026-11-30T12:00:00Z');

describe('zoneOf', () => {
  it('reads names and POSIX strings alike', () => {
    for (const moment of [
      '2026-01-15T12:00:00Z',
      '2026-03-29T00:59:59Z',
      '2026-03-29T01:00:00Z',
      '2026-07-01T00:00:00Z',
      '2026-10-25T01:00:00Z',
    ])
      assert.equal(posix.offsetSeconds(unix(moment)), berlin.offsetSeconds(unix(moment)), moment);
    assert.equal(berlin.offsetSeconds(unix('2026-07-01T00:00:00Z')), 7_200);
    assert.equal(zoneOf('America/St_Johns').offsetSeconds(unix('2026-01-15T12:00:00Z')), -12_600);
    assert.equal(zoneOf('UTC').offsetSeconds(NOW), 0);
  });

  it('refuses what is neither', () => {
    assert.throws(() => zoneOf('Middle/Earth'), /no time zone "Middle\/Earth"/);
    assert.throws(() => zoneOf(''), /no time zone/);
  });
});

describe('formatMoment', () => {
  it('shows weekday, date, clock and offset there', () => {
    assert.equal(formatMoment(unix('2026-12-01T09:00:00Z'), berlin), 'Tue 2026-12-01 10:00 +01:00');
    assert.equal(formatMoment(unix('2026-07-01T22:30:00Z'), posix), 'Thu 2026-07-02 00:30 +02:00');
    assert.equal(
      formatMoment(unix('2026-01-01T01:00:00Z'), zoneOf('America/St_Johns')),
      'Wed 2025-12-31 21:30 -03:30',
    );
  });
});

describe('parseMoment', () => {
  const from = (text: string, zone = berlin) => parseMoment(text, 'from', zone, NOW);
  const until = (text: string, zone = berlin) => parseMoment(text, 'until', zone, NOW);

  it('reads what people say', () => {
    assert.equal(from('2026-12-01 10:00'), unix('2026-12-01T09:00:00Z'));
    assert.equal(from('2026-12-01T9:05'), unix('2026-12-01T08:05:00Z'));
    assert.equal(from('2026-12-01'), unix('2026-11-30T23:00:00Z'));
    assert.equal(until('2026-12-01'), unix('2026-12-01T22:59:59Z'));
    assert.equal(from(' now '), NOW);
    assert.equal(until('+90m'), NOW + 5_400);
    assert.equal(until('+3h'), NOW + 10_800);
    assert.equal(until('+1W'), NOW + 7 * 86_400);
  });

  it('keeps the hour on the clock over days', () => {
    const saturday = unix('2026-10-24T10:00:00Z');
    assert.equal(parseMoment('+1d', 'until', berlin, saturday) - saturday, 90_000);
  });

  it('takes in both of an hour that comes twice, and refuses one that does not come', () => {
    assert.equal(from('2026-10-25 02:30'), unix('2026-10-25T00:30:00Z'));
    assert.equal(until('2026-10-25 02:30'), unix('2026-10-25T01:30:00Z'));
    assert.equal(until('2026-10-25 02:30', posix), unix('2026-10-25T01:30:00Z'));
    assert.throws(() => from('2026-03-29 02:30'), /pass over "2026-03-29 02:30"/);
    assert.equal(from('2026-03-29 03:00'), unix('2026-03-29T01:00:00Z'));
  });

  it('refuses the rest, and says how', () => {
    for (const text of [
      '',
      'tomorrow',
      '2026-02-30',
      '2026-13-01',
      '2026-12-01 24:00',
      '2026-12-01 10:60',
      '+3y',
      '-3d',
      '10:00',
      '2026-12-1',
    ])
      assert.throws(() => from(text), /is no time: say/, text);
  });
});
