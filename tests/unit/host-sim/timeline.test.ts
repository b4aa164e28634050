import assert from 'node:assert/strict';
import { percentile, sinceSending, Timeline } from '../../../host-sim/view/timeline.js';

describe('Timeline', () => {
  it('keeps the first time of each stage, also of what came before the hash was known', () => {
    const timeline = new Timeline();
    const number = timeline.start('unlock');
    assert.equal(timeline.reach('0xa', 'seen', 1_200), undefined);
    timeline.sent(number, '0xa', 1_000);
    timeline.reach('0xa', 'seen', 1_900);
    const toggle = timeline.reach('0xa', 'moved', 1_500);
    assert.ok(toggle);
    assert.deepEqual(sinceSending(toggle), [0, undefined, 200, undefined, 500, undefined, undefined]);
  });

  it('measures only the toggles that succeeded, ascending', () => {
    const timeline = new Timeline();
    for (const [hash, moved, problem] of [
      ['0xa', 900, undefined],
      ['0xb', 100, undefined],
      ['0xc', 50, 'jammed'],
    ] as const) {
      const number = timeline.start('lock');
      timeline.sent(number, hash, 0);
      timeline.reach(hash, 'moved', moved);
      timeline.finish(number, problem);
    }
    assert.deepEqual(timeline.durationsMs(), [100, 900]);
    assert.equal(timeline.toggles[2]?.problem, 'jammed');
  });
});

describe('percentile', () => {
  it('takes the nearest rank', () => {
    assert.equal(percentile([], 50), null);
    assert.equal(percentile([7], 95), 7);
    assert.equal(percentile([1, 2, 3, 4], 50), 2);
    assert.equal(percentile([1, 2, 3, 4], 95), 4);
    assert.equal(percentile([1, 2, 3], 50), 2);
  });
});
