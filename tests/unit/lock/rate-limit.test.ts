import assert from 'node:assert/strict';
import { backoffMs } from '../../../firmware/lock/backoff.js';
import { RateLimit } from '../../../firmware/lock/rate-limit.js';

const [ANN, BOB] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];

describe('RateLimit', () => {
  it('gives so many turns in any window, to each principal apart', () => {
    const limit = new RateLimit(3, 60);
    assert.deepEqual(
      [0, 1, 2, 3].map((ms) => limit.take(ANN, ms)),
      [true, true, true, false],
    );
    assert.equal(limit.take(BOB, 3), true);
    assert.equal(limit.take(ANN, 59_999), false);
    assert.equal(limit.take(ANN, 60_000), true);
    assert.equal(limit.take(ANN, 60_000), false);
  });

  it('counts no turn that it refused', () => {
    const limit = new RateLimit(1, 60);
    limit.take(ANN, 0);
    for (let ms = 1; ms < 60_000; ms += 1_000) assert.equal(limit.take(ANN, ms), false);
    assert.equal(limit.take(ANN, 60_000), true);
  });

  it('lets 6 a minute of a flood of 10,000 through', () => {
    const limit = new RateLimit(6, 60);
    let taken = 0;
    for (let i = 0; i < 10_000; i++) if (limit.take(ANN, i * 60)) taken++;
    assert.equal(taken, 60);
  });
});

describe('backoffMs', () => {
  it('ends where it is told to', () => {
    assert.deepEqual(
      [1, 7, 8, 9, 50].map((failures) => backoffMs(failures, 200_000)),
      [1_000, 64_000, 128_000, 200_000, 200_000],
    );
  });

  it('doubles from a second to ten', () => {
    const waits = [1, 2, 3, 4, 5, 50, 1_000].map((failures) => backoffMs(failures));
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  });

  it('keeps a budget that all share apart from those of principals', () => {
    const limit = new RateLimit(1, 60);
    assert.equal(limit.take('everyone', 0), true);
    assert.equal(limit.take('everyone', 0), false);
    assert.equal(limit.take(new Uint8Array(20), 0), true);
    assert.equal(limit.take('everyone', 60_000), true);
  });
});
