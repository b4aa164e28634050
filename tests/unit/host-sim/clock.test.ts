import assert from 'node:assert/strict';
import { ManualClock } from '../../../host-sim/world/clock.js';

describe('ManualClock', () => {
  it('fires timers in the order of their times, those set meanwhile included', () => {
    const clock = new ManualClock(1_000);
    const fired: string[] = [];
    const note = (name: string) => fired.push(`${name}@${clock.monotonicMs()}/${clock.unixMs()}`);
    clock.after(30, () => note('c'));
    clock.after(10, () => {
      note('a');
      clock.after(10, () => note('b'));
    });
    clock.after(30, () => note('d'));
    clock.after(41, () => note('never'));
    clock.advance(40);
    assert.deepEqual(fired, ['a@10/1010', 'b@20/1020', 'c@30/1030', 'd@30/1030']);
    assert.equal(clock.monotonicMs(), 40);
  });

  it('does not fire what was cancelled', () => {
    const clock = new ManualClock();
    let fired = 0;
    const cancel = clock.after(10, () => fired++);
    clock.after(10, () => fired++);
    cancel();
    cancel();
    clock.advance(100);
    assert.equal(fired, 1);
  });

  it('keeps uptime when the wall clock is set', () => {
    const clock = new ManualClock(5_000);
    clock.advance(10);
    clock.setUnixMs(1);
    clock.advance(10);
    assert.deepEqual([clock.monotonicMs(), clock.unixMs()], [20, 11]);
  });
});
