import assert from 'node:assert/strict';
import { EventQueue } from '../../../host-sim/world/event-queue.js';
import { Prng } from '../../../host-sim/world/prng.js';

describe('EventQueue', () => {
  it('lets things happen in the order of their times, then of their making', () => {
    const queue = new EventQueue();
    const prng = new Prng(3);
    const happened: [number, number][] = [];
    for (let i = 0; i < 500; i++) {
      const atMs = prng.between(0, 60);
      queue.at(atMs, () => happened.push([queue.nowMs, i]));
    }
    queue.runTo(100);
    const sorted = [...happened].sort(([a, i], [b, j]) => a - b || i - j);
    assert.equal(happened.length, 500);
    assert.deepEqual(happened, sorted);
    assert.equal(queue.nowMs, 100);
  });

  it('lets happen what is made on the way, and not what was cancelled or lies beyond the end', () => {
    const queue = new EventQueue();
    const happened: string[] = [];
    const never = queue.at(5, () => happened.push('cancelled'));
    queue.at(1, () => {
      happened.push('first');
      queue.after(2, () => happened.push('made on the way'));
      queue.cancel(never);
    });
    queue.at(11, () => happened.push('beyond'));
    queue.runTo(10);
    assert.deepEqual(happened, ['first', 'made on the way']);
    queue.at(2, () => happened.push('past is now'));
    queue.runTo(10);
    assert.deepEqual(happened.at(-1), 'past is now');
  });
});
