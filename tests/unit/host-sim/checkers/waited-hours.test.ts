import assert from 'node:assert/strict';
import { WaitedHours } from '../../../../host-sim/checkers/waited-hours.js';

const HOUR_MS = 3_600_000;
const SLACK_MS = 300_000;

/** A report that is shown and taken so long after the beginning. */
function deliver(hours: WaitedHours, seq: number, shownMs: number, takenMs = shownMs): void {
  hours.shown(seq, shownMs);
  hours.taken(seq, takenMs);
}

/** Hours with a report in the middle of each. */
function waited(count: number): WaitedHours {
  const hours = new WaitedHours(0);
  for (let hour = 0; hour < count; hour++) deliver(hours, hour, hour * HOUR_MS + HOUR_MS / 2);
  return hours;
}

describe('WaitedHours', () => {
  it('counts whole hours in each of which a report was taken', () => {
    assert.equal(waited(3).atMost(3 * HOUR_MS), 3);
    assert.equal(waited(3).atMost(3 * HOUR_MS - 1), 2);
    assert.equal(waited(3).atMost(9 * HOUR_MS), 3);
  });

  it('counts no hour whose report was not taken, or never shown', () => {
    const hours = new WaitedHours(0);
    hours.shown(1, HOUR_MS / 2);
    hours.taken(2, HOUR_MS / 2);
    assert.equal(hours.atMost(HOUR_MS), 0);
  });

  it('counts one report once, but that which the slack leaves open', () => {
    const one = new WaitedHours(0);
    deliver(one, 1, HOUR_MS / 2);
    assert.equal(one.atMost(5 * HOUR_MS), 1);
    const between = new WaitedHours(0);
    deliver(between, 1, HOUR_MS);
    assert.equal(between.atMost(5 * HOUR_MS), 2);
  });

  it('counts no report that was shown before an hour or taken after it', () => {
    const late = new WaitedHours(0);
    deliver(late, 1, 0, HOUR_MS + SLACK_MS);
    assert.equal(late.atMost(2 * HOUR_MS), 1);
    const tooLate = new WaitedHours(0);
    deliver(tooLate, 1, 0, HOUR_MS + SLACK_MS + 1);
    assert.equal(tooLate.atMost(2 * HOUR_MS), 0);
  });

  it('takes a report for shown when it was so first', () => {
    const hours = new WaitedHours(0);
    hours.shown(1, 0);
    hours.shown(1, 2 * HOUR_MS);
    hours.taken(1, 2 * HOUR_MS + HOUR_MS / 2);
    assert.equal(hours.atMost(3 * HOUR_MS), 0);
  });

  it('keeps what it has earned over a cut, begins the hour anew, and counts none without power', () => {
    const hours = waited(2);
    hours.cut(2 * HOUR_MS + HOUR_MS / 2);
    assert.equal(hours.atMost(9 * HOUR_MS), 2);
    const bootMs = 9 * HOUR_MS;
    hours.boot(bootMs);
    deliver(hours, 50, bootMs + HOUR_MS / 2);
    assert.equal(hours.atMost(bootMs + HOUR_MS - 1), 2);
    assert.equal(hours.atMost(bootMs + HOUR_MS), 3);
  });

  it('takes a boot without a cut for one, and a report of the boot before for none', () => {
    const hours = waited(1);
    const bootMs = HOUR_MS + HOUR_MS / 2;
    hours.shown(7, bootMs - 1);
    hours.boot(bootMs);
    hours.taken(7, bootMs + 1);
    assert.equal(hours.atMost(bootMs + HOUR_MS), 1);
  });
});
