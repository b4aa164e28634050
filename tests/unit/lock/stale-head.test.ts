import assert from 'node:assert/strict';
import { isStale } from '../../../firmware/lock/stale-head.js';

const told = (head: number | undefined, headRoseMs = 1_000_000) => ({ head, headRoseMs });

describe('isStale', () => {
  it('holds the middle of three heads against one far below it', () => {
    const behind = told(900);
    assert.equal(isStale(behind, [behind, told(1_000), told(1_001)], 1_000_000), true);
    assert.equal(isStale(told(950), [told(950), told(1_000), told(1_001)], 1_000_000), false);
  });

  it('takes nobody for old because one tells of an absurd height', () => {
    const honest = told(1_000);
    assert.equal(isStale(honest, [honest, told(1_001), told(2 ** 48)], 1_000_000), false);
    assert.equal(isStale(honest, [honest, told(2 ** 48)], 1_000_000), false);
  });

  it('sees one that stands still while another goes on', () => {
    const still = told(1_000, 0);
    assert.equal(isStale(still, [still, told(1_010)], 1_000_000), true);
    assert.equal(
      isStale(still, [still, told(1_000, 0)], 1_000_000),
      false,
      'a quiet chain is nobody’s fault',
    );
    assert.equal(isStale(still, [still], 1_000_000), false);
  });
});
