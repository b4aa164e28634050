import assert from 'node:assert/strict';
import { BoltDesk } from '../../../firmware/lock/bolt-desk.js';
import type { OwedLock } from '../../../firmware/lock/lock-state.js';
import {
  OUTSIDE_PRESSES_PER_WINDOW_MAX,
  PASSAGE_CHECK_MS,
  RATE_WINDOW_SECONDS,
  RELOCK_MS_DEFAULT,
} from '../../../firmware/protocol/limits.js';
import type { SensedBolt } from '../../../firmware/protocol/report.js';
import { AUTO_MS, BY, type DeskOptions, desk, driven, WARRANT } from './desk-in-hand.js';

describe('BoltDesk under auto-relock', () => {
  const auto = (bolt: SensedBolt = 'locked', owed: OwedLock = 'no') =>
    desk(bolt, { owed, autoRelockMs: AUTO_MS });

  it('locks again after any opening: an order, the button, a hand', () => {
    for (const open of [
      (bolt: BoltDesk) => bolt.obey('unlock', WARRANT, BY, 0),
      (bolt: BoltDesk) => bolt.press(0),
      (bolt: BoltDesk) => bolt.sense('unlocked', 0),
    ]) {
      const bolt = auto();
      open(bolt);
      bolt.sense('unlocked', 0);
      assert.equal(bolt.owedLock, 'auto');
      assert.deepEqual(driven(bolt.tick(AUTO_MS - 1)), []);
      assert.deepEqual(driven(bolt.tick(AUTO_MS)), ['locked']);
      assert.deepEqual(bolt.sense('locked', AUTO_MS).settled, { cause: 'relock' });
      assert.equal(bolt.owedLock, 'no');
    }
  });

  it('is off unless a setting says otherwise', () => {
    const bolt = desk();
    bolt.press(0);
    bolt.sense('unlocked', 0);
    assert.equal(bolt.dueMs, undefined);
  });

  it('leaves action 3 its own time', () => {
    const bolt = auto();
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
    bolt.sense('unlocked', 0);
    assert.deepEqual(driven(bolt.tick(RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('takes up what it finds open at boot, whatever flash says', () => {
    for (const owed of ['no', 'auto'] as const) {
      for (const found of ['unlocked', 'between', 'unknown'] as const) {
        const bolt = auto(found, owed);
        assert.deepEqual(driven(bolt.resume(0, BY)), []);
        assert.deepEqual(driven(bolt.tick(AUTO_MS)), ['locked'], `${owed} ${found}`);
      }
    }
  });

  it('is not put off by a sensor that comes and goes', () => {
    const bolt = auto();
    bolt.sense('unlocked', 0);
    for (let ms = 1_000; ms < AUTO_MS; ms += 1_000) {
      bolt.sense('between', ms);
      bolt.sense('unlocked', ms);
    }
    assert.deepEqual(driven(bolt.tick(AUTO_MS)), ['locked']);
  });

  it('is under way as soon as the setting is there, and given up with it', () => {
    let autoRelockMs: number | undefined;
    const bolt = new BoltDesk({
      owedLock: 'no',
      relockTimes: () => ({ relockMs: RELOCK_MS_DEFAULT, autoRelockMs }),
      isPassage: () => false,
    });
    bolt.sense('unlocked', 0);
    autoRelockMs = AUTO_MS;
    bolt.settingsChanged(1_000);
    assert.equal(bolt.dueMs, 1_000 + AUTO_MS);
    autoRelockMs = undefined;
    bolt.settingsChanged(2_000);
    assert.equal(bolt.dueMs, undefined);
    assert.equal(bolt.owedLock, 'no');
  });
});

describe('BoltDesk in passage', () => {
  /** A desk whose passage holds until the test ends it. */
  function passage(options: DeskOptions = {}) {
    let holds = true;
    const end = () => {
      holds = false;
    };
    return { bolt: desk('locked', { ...options, isPassage: () => holds }), end };
  }

  it('opens nothing by itself', () => {
    const { bolt } = passage();
    bolt.resume(0, BY);
    assert.deepEqual(driven(bolt.tick(1_000_000)), []);
    assert.equal(bolt.machine.position, 'locked');
  });

  it('keeps open what was opened, until it ends, whoever opened it', () => {
    for (const open of [
      (bolt: BoltDesk) => bolt.obey('unlock', WARRANT, BY, 0),
      (bolt: BoltDesk) => bolt.obey('unlock-then-relock', WARRANT, BY, 0),
      (bolt: BoltDesk) => bolt.press(0),
      (bolt: BoltDesk) => bolt.sense('unlocked', 0),
    ]) {
      const { bolt, end } = passage({ autoRelockMs: AUTO_MS });
      open(bolt);
      bolt.sense('unlocked', 0);
      for (let ms = 0; ms < 3_600_000; ms += 10_000) assert.deepEqual(driven(bolt.tick(ms)), []);
      end();
      assert.deepEqual(driven(bolt.tick(3_600_000)), ['locked']);
      assert.deepEqual(bolt.sense('locked', 3_601_000).settled, { cause: 'relock' });
    }
  });

  it('looks again in bounded time', () => {
    const { bolt } = passage();
    bolt.press(0);
    bolt.sense('unlocked', 0);
    bolt.tick(RELOCK_MS_DEFAULT);
    assert.equal(bolt.dueMs, RELOCK_MS_DEFAULT + PASSAGE_CHECK_MS);
  });

  it('waits for the door at its end', () => {
    const { bolt, end } = passage();
    bolt.press(0);
    bolt.sense('unlocked', 0);
    bolt.senseDoor('open', 100);
    end();
    assert.deepEqual(driven(bolt.tick(500_000)), []);
    bolt.senseDoor('closed', 500_000);
    assert.deepEqual(driven(bolt.tick(500_000 + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('leaves orders to lock, the buttons and the thumb-turn as they are', () => {
    for (const lock of [
      (bolt: BoltDesk) => bolt.obey('lock', WARRANT, BY, 1_000),
      (bolt: BoltDesk) => bolt.press(1_000),
      (bolt: BoltDesk) => bolt.pressOutside(1_000),
    ]) {
      const { bolt } = passage();
      bolt.press(0);
      bolt.sense('unlocked', 0);
      assert.deepEqual(driven(lock(bolt)), ['locked']);
    }
    const { bolt } = passage();
    bolt.sense('unlocked', 0);
    bolt.sense('locked', 1_000);
    assert.equal(bolt.owedLock, 'no');
  });
});

describe('BoltDesk.pressOutside', () => {
  it('locks what is open, and nothing else', () => {
    assert.deepEqual(driven(desk('unlocked').pressOutside(0)), ['locked']);
    assert.deepEqual(driven(desk('between').pressOutside(0)), ['locked']);
    const locked = desk('locked');
    assert.deepEqual(locked.pressOutside(0), { outputs: [], settled: undefined });
    locked.obey('unlock', WARRANT, BY, 0);
    assert.deepEqual(locked.pressOutside(100), { outputs: [], settled: undefined });
  });

  it('waits for the door', () => {
    const bolt = desk('unlocked');
    bolt.senseDoor('open', 0);
    assert.deepEqual(bolt.pressOutside(0).settled, { cause: 'outside-button' });
    assert.equal(bolt.takeUnkept(), true);
    assert.deepEqual(driven(bolt.senseDoor('closed', 1_000)), ['locked']);
  });

  it('does not wear out the motor for a stranger', () => {
    const bolt = desk('between');
    let runs = 0;
    for (let ms = 0; ms < RATE_WINDOW_SECONDS * 1000; ms += 100) {
      runs += driven(bolt.pressOutside(ms)).length;
      bolt.obey('unlock', WARRANT, BY, ms);
      bolt.sense('unlocked', ms);
      bolt.sense('between', ms);
    }
    assert.equal(runs, OUTSIDE_PRESSES_PER_WINDOW_MAX);
  });
});

describe('BoltDesk.released', () => {
  it('names the lock itself for a strike that falls back, not a hand', () => {
    const bolt = desk();
    bolt.obey('unlock', WARRANT, BY, 0);
    bolt.sense('unlocked', 100);
    assert.deepEqual(driven(bolt.released(15_000)), []);
    assert.equal(bolt.sense('between', 15_000).settled, undefined);
    assert.deepEqual(bolt.sense('locked', 15_100).settled, { cause: 'relock' });
    assert.deepEqual(bolt.sense('unlocked', 20_000).settled, { cause: 'thumb-turn' });
  });

  it('does so though the door is opened meanwhile, or an order to lock waits for it', () => {
    for (const early of [true, false]) {
      const bolt = desk();
      bolt.obey('unlock', WARRANT, BY, 0);
      bolt.sense('unlocked', 100);
      if (early) bolt.senseDoor('open', 14_900);
      if (early) bolt.obey('lock', WARRANT, BY, 14_950);
      bolt.released(15_000);
      if (!early) bolt.senseDoor('open', 15_050);
      bolt.sense('between', 15_060);
      const { settled } = bolt.sense('locked', 15_100);
      assert.equal(settled?.cause, 'relock');
    }
  });

  it('changes nothing of a bolt that moves or is locked', () => {
    const moving = desk();
    moving.obey('unlock', WARRANT, BY, 0);
    assert.deepEqual(moving.released(100), { outputs: [], settled: undefined });
    assert.deepEqual(moving.sense('unlocked', 200).settled, BY);
    assert.deepEqual(desk('locked').released(0), { outputs: [], settled: undefined });
  });
});

describe('BoltDesk.takeUnkept', () => {
  it('asks flash to hear once what a hand has changed', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
    bolt.sense('unlocked', 0);
    assert.equal(bolt.takeUnkept(), false);
    bolt.press(100);
    bolt.press(200);
    bolt.sense('unlocked', 300);
    assert.equal(bolt.owedLock, 'no');
    assert.equal(bolt.takeUnkept(), true);
    assert.equal(bolt.takeUnkept(), false);
  });

  it('asks it to hear of auto-relock in place of a lock at once: a boot would throw the bolt before its time', () => {
    const bolt = desk('unlocked', { autoRelockMs: AUTO_MS });
    bolt.obey('lock', WARRANT, BY, 0);
    bolt.press(100);
    bolt.sense('unlocked', 200);
    assert.equal(bolt.owedLock, 'auto');
    assert.equal(bolt.takeUnkept(), true);
  });

  it('asks nothing for a lock that is done, and for what a boot finds by itself', () => {
    const bolt = desk('unlocked', { autoRelockMs: AUTO_MS });
    bolt.press(0);
    bolt.sense('locked', 100);
    assert.equal(bolt.takeUnkept(), false);
    bolt.press(200);
    bolt.sense('unlocked', 300);
    assert.equal(bolt.owedLock, 'auto');
    assert.equal(bolt.takeUnkept(), false);
  });
});
