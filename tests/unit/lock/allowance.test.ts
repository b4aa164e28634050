import assert from 'node:assert/strict';
import { Allowance } from '../../../firmware/lock/allowance.js';

describe('Allowance', () => {
  it('gives so much at once, and one more for each stretch of time', () => {
    const allowance = new Allowance(3, 1_000);
    for (let i = 0; i < 3; i++) {
      assert.equal(allowance.hasAny(0), true);
      allowance.take();
    }
    assert.equal(allowance.hasAny(999), false);
    assert.equal(allowance.hasAny(1_000), true);
    allowance.take();
    assert.equal(allowance.hasAny(1_999), false);
  });

  it('saves up no more than it began with', () => {
    const allowance = new Allowance(2, 1_000);
    assert.equal(allowance.hasAny(60_000), true);
    allowance.take();
    allowance.take();
    assert.equal(allowance.hasAny(60_000), false);
  });
});
