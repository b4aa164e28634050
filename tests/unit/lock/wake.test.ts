import assert from 'node:assert/strict';
import { Wake } from '../../../firmware/lock/wake.js';

describe('Wake', () => {
  it('asks for the earliest time, once, and again after it came', () => {
    const wake = new Wake();
    assert.deepEqual(wake.ask([undefined]), []);
    assert.deepEqual(wake.ask([700, undefined, 500]), [{ kind: 'wake-at', uptimeMs: 500 }]);
    assert.deepEqual(wake.ask([500]), []);
    assert.deepEqual(wake.ask([600]), [{ kind: 'wake-at', uptimeMs: 600 }]);
    wake.came();
    assert.deepEqual(wake.ask([600]), [{ kind: 'wake-at', uptimeMs: 600 }]);
  });

  it('keeps to a time that was asked for while nothing is due', () => {
    const wake = new Wake();
    wake.ask([500]);
    assert.deepEqual(wake.ask([]), []);
    assert.deepEqual(wake.ask([500]), []);
  });
});
