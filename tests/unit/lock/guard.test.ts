import assert from 'node:assert/strict';
import { type Guard, isAfterGuard } from '../../../firmware/lock/guard.js';

const at = (nonce: bigint, notAfterSeconds: number): Guard => ({ nonce, notAfterSeconds });

describe('isAfterGuard', () => {
  it('lets anything follow nothing', () => {
    assert.equal(isAfterGuard(undefined, at(0n, 0)), true);
  });

  it('goes by nonce first, then by notAfter, strictly', () => {
    const guard = at(5n, 100);
    for (const [nonce, notAfter, expected] of [
      [4n, 99, false],
      [4n, 101, false],
      [5n, 99, false],
      [5n, 100, false],
      [5n, 101, true],
      [6n, 0, true],
      [2n ** 64n - 1n, 100, true],
    ] as const) {
      assert.equal(isAfterGuard(guard, at(nonce, notAfter)), expected, `${nonce} ${notAfter}`);
    }
  });
});
