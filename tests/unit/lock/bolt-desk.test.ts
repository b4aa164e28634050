import assert from 'node:assert/strict';
import { BOLT_TRAVEL_MS_MAX, BOLT_TRIES_MAX, RELOCK_MS_DEFAULT } from '../../../firmware/protocol/limits.js';
import { AUTO_MS, BY, desk, driven, silentDesk, WARRANT } from './desk-in-hand.js';

describe('BoltDesk', () => {
  it('answers an order with its own reason once the bolt is there', () => {
    const bolt = desk();
    const begun = bolt.obey('unlock', WARRANT, BY, 0);
    assert.deepEqual(driven(begun), ['unlocked']);
    assert.equal(begun.settled, undefined);
    assert.equal(bolt.isMoving, true);
    assert.deepEqual(bolt.sense('unlocked', 500).settled, BY);
  });

  it('answers an order for what is already so, and drives nothing', () => {
    const bolt = desk('locked');
    const result = bolt.obey('lock', WARRANT, BY, 0);
    assert.deepEqual(driven(result), []);
    assert.deepEqual(result.settled, BY);
    assert.equal(bolt.owedLock, 'no');
  });

  it('relocks after its time, counted from when the bolt was unlocked', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
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
    assert.deepEqual(bolt.obey('unlock-then-relock', WARRANT, BY, 0).settled, BY);
    assert.deepEqual(driven(bolt.tick(RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('forgets a relock when a later order wants the bolt unlocked', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
    bolt.sense('unlocked', 0);
    bolt.obey('unlock', WARRANT, BY, 100);
    assert.deepEqual(driven(bolt.tick(60_000)), []);
    assert.equal(bolt.owedLock, 'no');
  });

  it('waits for the door with a relock, and counts its time anew when the door closes', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
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
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
    bolt.sense('unlocked', 0);
    bolt.senseDoor('open', 0);
    bolt.senseDoor('unknown', 60_000);
    assert.deepEqual(driven(bolt.tick(60_000 + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('does not wait for ever with an order to lock for a contact that fell silent', () => {
    const bolt = desk('unlocked');
    bolt.senseDoor('open', 0);
    bolt.obey('lock', WARRANT, BY, 0);
    assert.deepEqual(driven(bolt.senseDoor('unknown', 1_000)), []);
    assert.deepEqual(driven(bolt.tick(1_000 + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('counts a relock anew that the door has interrupted', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
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
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
    bolt.sense('unlocked', 0);
    bolt.sense('between', 100);
    bolt.sense('unlocked', 200);
    assert.equal(bolt.owedLock, 'later');
    assert.deepEqual(driven(bolt.tick(RELOCK_MS_DEFAULT + 200)), ['locked']);
  });

  it('leaves a bolt alone that a hand has locked, relock or not', () => {
    const bolt = desk();
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
    bolt.sense('unlocked', 0);
    assert.deepEqual(bolt.sense('locked', 100).settled, { cause: 'thumb-turn' });
    assert.equal(bolt.owedLock, 'no');
    bolt.sense('unlocked', 200);
    assert.deepEqual(driven(bolt.tick(60_000)), []);
  });

  it('owes nothing any more when a hand has freed a jammed bolt', () => {
    const bolt = desk('unlocked');
    bolt.obey('lock', WARRANT, BY, 0);
    bolt.sense('between', 0);
    for (let i = 1; i <= BOLT_TRIES_MAX; i++) bolt.tick(i * BOLT_TRAVEL_MS_MAX);
    assert.equal(bolt.machine.position, 'jammed');
    assert.equal(bolt.owedLock, 'now');
    bolt.sense('unlocked', 60_000);
    assert.equal(bolt.owedLock, 'no');
  });

  it('tries a jammed relock no further by itself, but once the door was opened and closed', () => {
    const bolt = desk('unlocked');
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
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
    bolt.obey('unlock-then-relock', WARRANT, BY, 0);
    bolt.sense('between', 0);
    for (let i = 1; i <= BOLT_TRIES_MAX; i++) bolt.tick(i * BOLT_TRAVEL_MS_MAX);
    assert.equal(bolt.machine.position, 'jammed');
    assert.deepEqual(driven(bolt.tick(BOLT_TRIES_MAX * BOLT_TRAVEL_MS_MAX + RELOCK_MS_DEFAULT)), ['locked']);
  });

  it('answers an order that jams, once', () => {
    const bolt = desk();
    bolt.obey('unlock', WARRANT, BY, 0);
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
    jammed.obey('unlock', WARRANT, BY, 0);
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
    assert.deepEqual(bolt.obey('lock', WARRANT, BY, 0).settled, BY);
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
    // But for one that the boot report could not wait for.
    const late = silentDesk();
    late.resume(1_000, { cause: 'boot' });
    assert.deepEqual(late.sense('unlocked', 60_000).settled, { cause: 'thumb-turn' });
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
