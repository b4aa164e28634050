import assert from 'node:assert/strict';
import { readPollSettings } from '../../../firmware/lock/poll-settings.js';

// Monday, 23 November 2026, 06:30 UTC.
const NOW = Date.UTC(2026, 10, 23, 6, 30) / 1_000;

function read(texts: Record<string, string>, nowSeconds: number | undefined = NOW) {
  const clock = { read: () => ({ nowSeconds, floorSeconds: 0 }) };
  return readPollSettings(new Map(Object.entries(texts)), clock as Parameters<typeof readPollSettings>[1]);
}

describe('readPollSettings', () => {
  it('takes the idle interval from the settings', () => {
    assert.equal(read({}).idleMs, 30_000);
    assert.equal(read({ 'idle-poll': '2' }).idleMs, 2_000);
  });

  it('expects the owner in the hours named, by the wall clock of the lock’s zone', () => {
    const hours = { 'expected-hours': 'mon-fri 06:00-08:00' };
    assert.equal(read(hours).isExpected(0), true);
    assert.equal(read({ ...hours, 'time-zone': 'CET-1CEST,M3.5.0,M10.5.0/3' }).isExpected(0), true);
    assert.equal(read({ ...hours, 'time-zone': 'JST-9' }).isExpected(0), false);
    assert.equal(read(hours, NOW + 2 * 3_600).isExpected(0), false);
    assert.equal(read({}).isExpected(0), false);
  });

  it('expects nobody while the time is not known', () => {
    const clock = { read: () => ({ nowSeconds: undefined, floorSeconds: NOW }) };
    const settings = readPollSettings(
      new Map([['expected-hours', 'mon-sun 00:00-24:00']]),
      clock as Parameters<typeof readPollSettings>[1],
    );
    assert.equal(settings.isExpected(0), false);
  });

  it('passes over what an earlier firmware let in', () => {
    const settings = read({ 'idle-poll': 'often', 'expected-hours': 'always', 'time-zone': 'here' });
    assert.equal(settings.idleMs, 30_000);
    assert.equal(settings.isExpected(0), false);
  });
});
