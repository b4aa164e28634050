import assert from 'node:assert/strict';
import { RelockTimer, relockTimesOf, relockWaitMs } from '../../../firmware/lock/relock.js';
import { RELOCK_MS_DEFAULT } from '../../../firmware/protocol/limits.js';

describe('relockTimesOf', () => {
  it('reads the times that the settings name', () => {
    const { relockMs, autoRelockMs } = relockTimesOf(
      new Map([
        ['relock', '7'],
        ['auto-relock', '90'],
      ]),
    );
    assert.deepEqual([relockMs, autoRelockMs], [7_000, 90_000]);
  });

  it('has its defaults where there are no settings, or none that can be read', () => {
    for (const texts of [undefined, new Map<string, string>(), new Map([['relock', 'soon']])]) {
      const { relockMs, autoRelockMs } = relockTimesOf(texts);
      assert.deepEqual([relockMs, autoRelockMs], [RELOCK_MS_DEFAULT, undefined]);
    }
  });
});

describe('relockWaitMs', () => {
  it('is the time of what is owed', () => {
    const times = { relockMs: 1, autoRelockMs: 2 };
    assert.deepEqual(
      (['no', 'now', 'later', 'auto'] as const).map((owed) => relockWaitMs(owed, times)),
      [undefined, 1, 1, 2],
    );
  });
});

describe('RelockTimer', () => {
  it('runs once started, and a second start does not put it off', () => {
    const timer = new RelockTimer();
    assert.equal(timer.isOver(1_000_000), false);
    timer.start(1_000, 0);
    timer.start(1_000, 900);
    assert.equal(timer.dueMs, 1_000);
    assert.equal(timer.isOver(999), false);
    assert.equal(timer.isOver(1_000), true);
    timer.clear();
    assert.equal(timer.isOver(1_000), false);
    assert.equal(timer.dueMs, undefined);
  });

  it('stands still while the door is open, started before or after, and begins anew when it closes', () => {
    for (const isEarly of [true, false]) {
      const timer = new RelockTimer();
      if (isEarly) timer.start(1_000, 0);
      timer.senseDoor('open', 500);
      if (!isEarly) timer.start(1_000, 600);
      assert.equal(timer.dueMs, undefined);
      assert.equal(timer.isOver(10_000), false);
      timer.senseDoor('closed', 10_000);
      assert.equal(timer.dueMs, 11_000);
      timer.senseDoor('closed', 10_500);
      assert.equal(timer.dueMs, 11_000);
    }
  });

  it('is over all the same while it is looked at again later', () => {
    const timer = new RelockTimer();
    timer.start(1_000, 0);
    timer.checkAgainAt(31_000);
    assert.equal(timer.dueMs, 31_000);
    assert.equal(timer.isOver(1_000), true);
  });
});
