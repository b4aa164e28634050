import assert from 'node:assert/strict';
import { BoltDesk, type BoltReason, type BoltResult } from '../../../firmware/lock/bolt-desk.js';
import type { OwedLock } from '../../../firmware/lock/lock-state.js';
import {
  BOLT_TRAVEL_MS_MAX,
  BOLT_TRIES_MAX,
  OUTSIDE_PRESSES_PER_WINDOW_MAX,
  PASSAGE_CHECK_MS,
  RATE_WINDOW_SECONDS,
  RELOCK_MS_DEFAULT,
} from '../../../firmware/protocol/limits.js';
import type { SensedBolt } from '../../../firmware/protocol/report.js';

const BY: BoltReason = { cause: 'command', by: new Uint8Array(20).fill(1), tx: new Uint8Array(32).fill(2) };

const AUTO_MS = 30_000;

interface DeskOptions {
  readonly owed?: OwedLock;
  readonly autoRelockMs?: number;
  readonly isPassage?: () => boolean;
}

/** A desk whose sensors have not spoken yet. */
function silentDesk({ owed = 'no', autoRelockMs, isPassage = () => false }: DeskOptions = {}): BoltDesk {
  return new BoltDesk({
    owedLock: owed,
    relockTimes: () => ({ relockMs: RELOCK_MS_DEFAULT, autoRelockMs }),
    isPassage,
  });
}

/** A desk whose sensors have spoken. */
function desk(bolt: SensedBolt = 'locked', options: DeskOptions = {}): BoltDesk {
  const made = silentDesk(options);
  made.senseDoor('closed', 0);
  made.sense(bolt, 0);
  return made;
}

function driven({ outputs }: BoltResult): string[] {
  return outputs.flatMap((output) => (output.kind === 'drive-bolt' ? [output.target] : []));
}

describe('BoltDesk', () => {
  it('answers an order with its own reason once the bolt is there', () => {
    const bolt = desk();
    const begun = bolt.obey('unlock', BY, 0);
    assert.deepEqual(driven(begun), ['unlocked']);
    assert.equal(begun.settled, undefined);
    assert.equal(bolt.isMoving, true);
    assert.deepEqual(bolt.sense('unlocked', 500).settled, BY);
  });

  it('answers an order for what is already so, and drives nothing', () => {
    const bolt = desk('locked');
    const result = bolt.obey('lock', BY, 0);
    assert.deepEqual(driven(result), []);
    assert.deepEqual(result.settled, BY);
    assert.equal(bolt.owedLock, 'no');
  });

  it('relocks after its time, counted from when the bolt was unlocked', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 1_000);
    assert.equal(bolt.dueMs, 1_000 + RELOCK_MS_DEFAULT);
    assert.deepEqual(driven(bolt.tick(RELOCK_MS_DEFAULT + 999)), []);
    assert.deepEqual(driven(bolt.tick(RELOCK_MS_DEFAULT + 1_000)), ['locked']);
    const { settled } = bolt.sense('locked', 20_000);
    assert.deepEqual(settled, { cause: 'relock' });
    assert.equal(bolt.owedLock, 'no');
    assert.equal(bolt.dueMs, undefined);
  });

  it('relocks a bolt that was unlocked already', () => {
    const bolt = desk('unlocked');
    assert.deepEqual(bolt.obey('unlock-then-relock', BY, 0).settled, BY);
    assert.deepEqual(driven(bolt.tick(RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('forgets a relock when a later order wants the bolt unlocked', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 0);
    bolt.obey('unlock', BY, 100);
    assert.deepEqual(driven(bolt.tick(60_000)), []);
    assert.equal(bolt.owedLock, 'no');
  });

  it('waits for the door with a relock, and counts its time anew when the door closes', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 0);
    bolt.senseDoor('open', 0);
    assert.equal(bolt.dueMs, undefined);
    assert.deepEqual(bolt.tick(RELOCK_MS_DEFAULT), { outputs: [], settled: undefined });
    assert.equal(bolt.owedLock, 'later');
    assert.deepEqual(driven(bolt.senseDoor('closed', 30_000)), []);
    assert.deepEqual(driven(bolt.tick(30_000 + RELOCK_MS_DEFAULT - 1)), []);
    assert.deepEqual(driven(bolt.tick(30_000 + RELOCK_MS_DEFAULT)), ['locked']);
    bolt.sense('locked', 50_000);
    assert.equal(bolt.owedLock, 'no');
  });

  it('relocks as if there were no contact once that falls silent', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 0);
    bolt.senseDoor('open', 0);
    bolt.senseDoor('unknown', 60_000);
    assert.deepEqual(driven(bolt.tick(60_000 + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('does not wait for ever with an order to lock for a contact that fell silent', () => {
    const bolt = desk('unlocked');
    bolt.senseDoor('open', 0);
    bolt.obey('lock', BY, 0);
    assert.deepEqual(driven(bolt.senseDoor('unknown', 1_000)), []);
    assert.deepEqual(driven(bolt.tick(1_000 + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('counts a relock anew that the door has interrupted', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 0);
    bolt.tick(RELOCK_MS_DEFAULT);
    bolt.sense('between', RELOCK_MS_DEFAULT);
    const opened = bolt.senseDoor('open', RELOCK_MS_DEFAULT + 10);
    assert.ok(opened.outputs.some(({ kind }) => kind === 'stop-bolt'));
    assert.equal(bolt.machine.position, 'unknown');
    assert.equal(bolt.owedLock, 'later');
    assert.deepEqual(driven(bolt.senseDoor('closed', 60_000)), []);
    assert.deepEqual(driven(bolt.tick(60_000 + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('keeps a relock though the sensor loses the bolt for a moment', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 0);
    bolt.sense('between', 100);
    bolt.sense('unlocked', 200);
    assert.equal(bolt.owedLock, 'later');
    assert.deepEqual(driven(bolt.tick(RELOCK_MS_DEFAULT + 200)), ['locked']);
  });

  it('leaves a bolt alone that a hand has locked, relock or not', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 0);
    assert.deepEqual(bolt.sense('locked', 100).settled, { cause: 'thumb-turn' });
    assert.equal(bolt.owedLock, 'no');
    bolt.sense('unlocked', 200);
    assert.deepEqual(driven(bolt.tick(60_000)), []);
  });

  it('owes nothing any more when a hand has freed a jammed bolt', () => {
    const bolt = desk('unlocked');
    bolt.obey('lock', BY, 0);
    bolt.sense('between', 0);
    for (let i = 1; i <= BOLT_TRIES_MAX; i++) bolt.tick(i * BOLT_TRAVEL_MS_MAX);
    assert.equal(bolt.machine.position, 'jammed');
    assert.equal(bolt.owedLock, 'now');
    bolt.sense('unlocked', 60_000);
    assert.equal(bolt.owedLock, 'no');
  });

  it('tries a jammed relock no further by itself, but once the door was opened and closed', () => {
    const bolt = desk('unlocked');
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.tick(RELOCK_MS_DEFAULT);
    bolt.sense('between', RELOCK_MS_DEFAULT);
    for (let i = 1; i <= BOLT_TRIES_MAX; i++) bolt.tick(RELOCK_MS_DEFAULT + i * BOLT_TRAVEL_MS_MAX);
    assert.equal(bolt.machine.position, 'jammed');
    assert.equal(bolt.owedLock, 'later');
    assert.equal(bolt.dueMs, undefined);
    assert.deepEqual(driven(bolt.tick(1_000_000)), []);
    bolt.senseDoor('open', 1_000_000);
    bolt.senseDoor('closed', 1_001_000);
    assert.deepEqual(driven(bolt.tick(1_001_000 + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('locks again what jammed while it unlocked, where a relock was asked for', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('between', 0);
    for (let i = 1; i <= BOLT_TRIES_MAX; i++) bolt.tick(i * BOLT_TRAVEL_MS_MAX);
    assert.equal(bolt.machine.position, 'jammed');
    assert.deepEqual(driven(bolt.tick(BOLT_TRIES_MAX * BOLT_TRAVEL_MS_MAX + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('answers an order that jams, once', () => {
    const bolt = desk();
    bolt.obey('unlock', BY, 0);
    const steps = [1, 2, 3, 4].map((i) => bolt.tick(i * BOLT_TRAVEL_MS_MAX));
    assert.deepEqual(
      steps.map(({ settled }) => settled !== undefined),
      [false, false, true, false],
    );
    assert.deepEqual(steps.map(driven), [['unlocked'], ['unlocked'], [], []]);
  });

  it('turns the other way at each press, mid-way too', () => {
    const bolt = desk();
    assert.deepEqual(driven(bolt.press(0)), ['unlocked']);
    assert.deepEqual(driven(bolt.press(100)), ['locked']);
    assert.equal(bolt.owedLock, 'now');
    assert.deepEqual(bolt.sense('locked', 200).settled, { cause: 'button' });
    assert.deepEqual(driven(bolt.press(300)), ['unlocked']);
    assert.deepEqual(bolt.sense('unlocked', 400).settled, { cause: 'button' });
    assert.equal(bolt.owedLock, 'no');
  });

  it('lets whoever is inside out, wherever the bolt is', () => {
    for (const sensed of ['locked', 'between', 'unknown'] as const) {
      assert.deepEqual(driven(desk(sensed).press(0)), ['unlocked'], sensed);
    }
    const jammed = desk('locked');
    jammed.obey('unlock', BY, 0);
    for (let i = 1; i <= BOLT_TRIES_MAX; i++) jammed.tick(i * BOLT_TRAVEL_MS_MAX);
    assert.deepEqual(driven(jammed.press(60_000)), ['unlocked']);
  });

  it('takes up a lock that is owed, and a relock after its time', () => {
    assert.deepEqual(driven(desk('unlocked', { owed: 'now' }).resume(0, BY)), ['locked']);
    const later = desk('unlocked', { owed: 'later' });
    assert.deepEqual(driven(later.resume(0, BY)), []);
    assert.deepEqual(driven(later.tick(RELOCK_MS_DEFAULT)), ['locked']);
    const between = desk('between', { owed: 'later' });
    between.resume(0, BY);
    assert.deepEqual(driven(between.tick(RELOCK_MS_DEFAULT)), ['locked']);
    assert.deepEqual(driven(desk('unlocked').resume(0, BY)), []);
  });

  it('owes nothing after a boot that finds the bolt locked', () => {
    for (const owed of ['now', 'later'] as const) {
      const bolt = desk('locked', { owed });
      assert.deepEqual(driven(bolt.resume(0, BY)), []);
      assert.deepEqual(driven(bolt.tick(60_000)), []);
      assert.equal(bolt.owedLock, 'no');
    }
  });

  it('names the lock’s own doing for what it does once the door has closed', () => {
    const bolt = desk('unlocked');
    bolt.senseDoor('open', 0);
    assert.deepEqual(bolt.obey('lock', BY, 0).settled, BY);
    bolt.senseDoor('closed', 1_000);
    assert.equal(bolt.sense('locked', 2_000).settled?.cause, 'relock');
  });

  it('resumes no lock into the air', () => {
    const bolt = silentDesk({ owed: 'now' });
    bolt.senseDoor('open', 0);
    bolt.sense('unlocked', 0);
    assert.deepEqual(driven(bolt.resume(0, BY)), []);
    assert.deepEqual(driven(bolt.senseDoor('closed', 5_000)), ['locked']);
  });

  it('names a hand for what nobody asked of the motor', () => {
    assert.deepEqual(desk('locked').sense('unlocked', 0).settled, { cause: 'thumb-turn' });
    // The first word of the sensor is where the bolt was found.
    assert.deepEqual(silentDesk().sense('unlocked', 0).settled, { cause: 'boot' });
  });
});

describe('BoltDesk.owedBy', () => {
  it('owes a lock at once, a relock later and an unlock never', () => {
    const bolt = desk();
    assert.deepEqual(
      (['lock', 'unlock-then-relock', 'unlock'] as const).map((wish) => bolt.owedBy(wish, 0)),
      ['now', 'later', 'no'],
    );
  });

  it('owes after an unlock what auto-relock and passage say', () => {
    assert.equal(desk('locked', { autoRelockMs: AUTO_MS }).owedBy('unlock', 0), 'auto');
    assert.equal(desk('locked', { isPassage: () => true }).owedBy('unlock', 0), 'later');
  });
});

describe('BoltDesk under auto-relock', () => {
  const auto = (bolt: SensedBolt = 'locked', owed: OwedLock = 'no') =>
    desk(bolt, { owed, autoRelockMs: AUTO_MS });

  it('locks again after any opening: an order, the button, a hand', () => {
    for (const open of [
      (bolt: BoltDesk) => bolt.obey('unlock', BY, 0),
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
    bolt.obey('unlock-then-relock', BY, 0);
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
      (bolt: BoltDesk) => bolt.obey('unlock', BY, 0),
      (bolt: BoltDesk) => bolt.obey('unlock-then-relock', BY, 0),
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
      (bolt: BoltDesk) => bolt.obey('lock', BY, 1_000),
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
    locked.obey('unlock', BY, 0);
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
      bolt.obey('unlock', BY, ms);
      bolt.sense('unlocked', ms);
      bolt.sense('between', ms);
    }
    assert.equal(runs, OUTSIDE_PRESSES_PER_WINDOW_MAX);
  });
});

describe('BoltDesk.released', () => {
  it('names the lock itself for a strike that falls back, not a hand', () => {
    const bolt = desk();
    bolt.obey('unlock', BY, 0);
    bolt.sense('unlocked', 100);
    assert.deepEqual(driven(bolt.released(15_000)), []);
    assert.equal(bolt.sense('between', 15_000).settled, undefined);
    assert.deepEqual(bolt.sense('locked', 15_100).settled, { cause: 'relock' });
    assert.deepEqual(bolt.sense('unlocked', 20_000).settled, { cause: 'thumb-turn' });
  });

  it('does so though the door is opened meanwhile, or an order to lock waits for it', () => {
    for (const early of [true, false]) {
      const bolt = desk();
      bolt.obey('unlock', BY, 0);
      bolt.sense('unlocked', 100);
      if (early) bolt.senseDoor('open', 14_900);
      if (early) bolt.obey('lock', BY, 14_950);
      bolt.released(15_000);
      if (!early) bolt.senseDoor('open', 15_050);
      bolt.sense('between', 15_060);
      const { settled } = bolt.sense('locked', 15_100);
      assert.equal(settled?.cause, 'relock');
    }
  });

  it('changes nothing of a bolt that moves or is locked', () => {
    const moving = desk();
    moving.obey('unlock', BY, 0);
    assert.deepEqual(moving.released(100), { outputs: [], settled: undefined });
    assert.deepEqual(moving.sense('unlocked', 200).settled, BY);
    assert.deepEqual(desk('locked').released(0), { outputs: [], settled: undefined });
  });
});

describe('BoltDesk.takeUnkept', () => {
  it('asks flash to hear once what a hand has changed', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', BY, 0);
    bolt.sense('unlocked', 0);
    assert.equal(bolt.takeUnkept(), false);
    bolt.press(100);
    bolt.press(200);
    bolt.sense('unlocked', 300);
    assert.equal(bolt.owedLock, 'no');
    assert.equal(bolt.takeUnkept(), true);
    assert.equal(bolt.takeUnkept(), false);
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
