import assert from 'node:assert/strict';
import { Prng } from '../../../host-sim/world/prng.js';

describe('Prng', () => {
  it('draws the same from the same seed and name, and others from others', () => {
    const draw = (seed: number, name: string) => {
      const prng = new Prng(seed, name);
      return Array.from({ length: 8 }, () => prng.uint32());
    };
    assert.deepEqual(draw(7, 'a'), draw(7, 'a'));
    assert.notDeepEqual(draw(7, 'a'), draw(7, 'b'));
    assert.notDeepEqual(draw(7, 'a'), draw(8, 'a'));
    assert.notDeepEqual(draw(7, 'a'), draw(7 + 2 ** 32, 'a'));
  });

  it('keeps to its ranges, both ends included', () => {
    const prng = new Prng(1);
    const drawn = new Set(Array.from({ length: 200 }, () => prng.between(3, 6)));
    assert.deepEqual([...drawn].sort(), [3, 4, 5, 6]);
    assert.equal(prng.chance(0), false);
    assert.equal(prng.chance(1), true);
    assert.equal(prng.waitMs(0), Number.POSITIVE_INFINITY);
    assert.throws(() => prng.pick([]), RangeError);
  });

  it('spreads its draws evenly', () => {
    const prng = new Prng(42, 'spread');
    const counts = new Map<number, number>();
    for (let i = 0; i < 16_000; i++) {
      const drawn = prng.between(0, 15);
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    // Ten standard deviations of 31 around 1,000; the seed is fixed, so it is so or it is not.
    for (const [drawn, count] of counts) assert.ok(count > 700 && count < 1_300, `${drawn}: ${count}`);
    assert.equal(counts.size, 16);
  });
});
