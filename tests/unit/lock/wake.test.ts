import assert from 'node:assert/strict';
import { Wake } from '../../../firmware/lock/wake.js';

describe('Wake', () => {
  it('asks for the earliest, once, and again after a tick', () => {
    const wake = new Wake();
    assert.deepEqual(wake.ask([undefined, 7, 5]), [{ kind: 'wake-at', uptimeMs: 5 }]);
    assert.deepEqual(wake.ask([5]), []);
    wake.came();
    assert.deepEqual(wake.ask([5]), [{ kind: 'wake-at', uptimeMs: 5 }]);
  });

  it('asks for nothing where nothing is due, ever', () => {
    assert.deepEqual(new Wake().ask([]), []);
    assert.deepEqual(new Wake().ask([undefined, Infinity]), []);
  });
});
