import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Turns, turnsMax } from '../../../firmware/lock/turns.js';
import { STRIDE_MAX } from '../../../firmware/protocol/limits.js';

describe('Turns', () => {
  it('goes round where all are alike', () => {
    const turns = new Turns(3);
    const taken = Array.from({ length: 7 }, () => turns.take(() => 1));
    assert.deepEqual(taken, [0, 1, 2, 0, 1, 2, 0]);
  });

  it('gives a good one as many more turns as the bad one’s stride says', () => {
    const turns = new Turns(2);
    const taken = Array.from({ length: 100 }, () => turns.take((i) => (i === 0 ? STRIDE_MAX : 1)));
    assert.equal(taken.filter((i) => i === 0).length, 100 / (STRIDE_MAX + 1));
  });

  it('has nobody to ask where none may be asked', () => {
    assert.equal(
      new Turns(2).take(() => undefined),
      undefined,
    );
  });

  it('gives one that comes back no more than its part', () => {
    const turns = new Turns(2);
    for (let i = 0; i < 1_000; i++) turns.take((j) => (j === 0 ? 1 : undefined));
    const taken = Array.from({ length: 10 }, () => turns.take(() => 1));
    assert.equal(taken.filter((i) => i === 1).length, 5);
  });

  it('pushes none out: each that may be asked is asked within the bound, however the strides change', () => {
    const counts = fc.integer({ min: 1, max: 8 });
    const strides = fc.array(
      fc.array(fc.integer({ min: 0, max: STRIDE_MAX }), { minLength: 8, maxLength: 8 }),
      {
        minLength: 1,
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(counts, strides, (count, rounds) => {
        const turns = new Turns(count);
        const waited = new Array<number>(count).fill(0);
        for (let n = 0; n < 400; n++) {
          const round = rounds[n % rounds.length] ?? [];
          // Stride 0 stands for one that may not be asked; it does not count as waiting.
          const taken = turns.take((i) => round[i] || undefined);
          for (let i = 0; i < count; i++) {
            waited[i] = i === taken || !round[i] ? 0 : (waited[i] ?? 0) + 1;
            assert.ok((waited[i] ?? 0) < turnsMax(count), `${i} of ${count} waited ${waited[i]} turns`);
          }
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('has a bound that is met: seven flawless liars and one bad endpoint', () => {
    const turns = new Turns(8);
    const gaps: number[] = [];
    let last = 0;
    for (let n = 1; n <= 1_000; n++) {
      if (turns.take((i) => (i === 7 ? STRIDE_MAX : 1)) !== 7) continue;
      gaps.push(n - last);
      last = n;
    }
    assert.ok(Math.max(...gaps) <= turnsMax(8));
    assert.equal(turnsMax(8), 36);
  });
});
