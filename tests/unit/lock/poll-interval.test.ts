import assert from 'node:assert/strict';
import { Jitter } from '../../../firmware/lock/jitter.js';
import { isActivity, PollInterval } from '../../../firmware/lock/poll-interval.js';

function intervalOf(isExpected = false, idleMs = 30_000): PollInterval {
  return new PollInterval({ fastMs: 1_000, idleMs, jitter: new Jitter(7), isExpected: () => isExpected });
}

describe('PollInterval', () => {
  it('falls step by step to the idle interval, and starts again with whatever happens', () => {
    const interval = intervalOf();
    interval.wake(5_000);
    const minutes = Array.from({ length: 8 }, (_, i) => interval.longestMs(5_000 + i * 60_000));
    assert.deepEqual(minutes, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(interval.longestMs(64_999), 1_000);
    interval.wake(600_000);
    assert.equal(interval.longestMs(600_000), 1_000);
    assert.equal(interval.longestMs(365 * 86_400_000), 30_000);
  });

  it('stays fast while the owner is expected, and where nothing slower is wished', () => {
    assert.equal(intervalOf(true).longestMs(86_400_000), 1_000);
    assert.equal(intervalOf(false, 1_000).longestMs(86_400_000), 1_000);
    assert.equal(intervalOf(false, 500).longestMs(86_400_000), 1_000);
  });

  it('waits a little less than that each time, and never more', () => {
    const interval = intervalOf();
    const waits = Array.from({ length: 200 }, () => interval.waitMs(86_400_000));
    assert.ok(waits.every((wait) => wait > 26_250 && wait <= 30_000));
    assert.ok(new Set(waits).size > 150);
    const hurried = Array.from({ length: 50 }, () => interval.catchUpMs());
    assert.ok(hurried.every((wait) => wait > 437 && wait <= 500));
  });
});

describe('isActivity', () => {
  it('tells people from machines', () => {
    assert.equal(isActivity({ kind: 'button-pressed' }), true);
    assert.equal(isActivity({ kind: 'door-sensed', door: 'open' }), true);
    assert.equal(isActivity({ kind: 'tick' }), false);
    assert.equal(isActivity({ kind: 'battery-sensed', milliVolts: 6_000 }), false);
  });
});

describe('Jitter', () => {
  it('is another for another lock or boot, and the same for the same', () => {
    const waits = (seed: number) => {
      const jitter = new Jitter(seed);
      return Array.from({ length: 20 }, () => jitter.shorten(30_000));
    };
    assert.deepEqual(waits(3), waits(3));
    const firsts = Array.from({ length: 100 }, (_, seed) => waits(seed * 40_503)[5]);
    assert.ok(new Set(firsts).size > 90, 'a fleet spreads');
    assert.ok(new Set(waits(0)).size > 10, 'a seed of zero is no standstill');
  });
});
