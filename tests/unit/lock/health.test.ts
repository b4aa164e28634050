import assert from 'node:assert/strict';
import { type Fault, Health } from '../../../firmware/lock/health.js';
import { STRIDE_MAX } from '../../../firmware/protocol/limits.js';

describe('Health', () => {
  it('lets one slow answer pass, and counts worse things more', () => {
    const strides = (['slow', 'stale', 'error', 'silent', 'lie'] as const).map((fault: Fault) => {
      const health = new Health();
      assert.equal(health.stride(0), 1);
      health.fault(fault, 0);
      const once = health.stride(0);
      health.fault(fault, 0);
      return [once, health.stride(0)];
    });
    assert.deepEqual(strides, [
      [1, 2],
      [1, 2],
      [2, 2],
      [2, 3],
      [2, 4],
    ]);
  });

  it('gets no worse than the worst, and is forgiven within minutes', () => {
    const health = new Health();
    for (let i = 0; i < 1_000; i++) health.fault('lie', 10_000);
    assert.equal(health.stride(10_000), STRIDE_MAX);
    const minutes = Array.from({ length: 8 }, (_, minute) => health.stride(10_000 + minute * 60_000));
    assert.deepEqual(minutes, [4, 4, 3, 3, 2, 2, 2, 1]);
  });
});
