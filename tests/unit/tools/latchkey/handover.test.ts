import assert from 'node:assert/strict';
import { epochAfter } from '../../../../tools/latchkey/commands/handover.js';

describe('epochAfter', () => {
  it('is the next of the registry, also where the lock has not heard of some transfers', () => {
    assert.equal(epochAfter(1, 1), 2);
    assert.equal(epochAfter(9, 1), 10);
  });

  it('signs none that a node could have made up: behind the last epoch there is no other', () => {
    assert.throws(() => epochAfter(65_534, 1), /the registry is in epoch 65534, the lock is in 1/);
  });
});
