import assert from 'node:assert/strict';
import type { RecordKind } from '../../../firmware/lock/alarms.js';
import { CLOCK_ALARM_MS, WRONG_ATTEMPTS_ALARM_MS } from '../../../firmware/protocol/limits.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { create } from './alarm-sources.js';

const AJAR_MS = 300_000;

describe('Alarms', () => {
  it('have nothing to say of a lock that is well', () => {
    const { alarms, standing } = create();
    assert.deepEqual(standing(), []);
    assert.deepEqual(alarms.takeNews(), []);
    assert.equal(alarms.takeTurn(0), false);
    assert.equal(alarms.dueMs, undefined);
  });

  it('rise with a jam and end with it', () => {
    const { bolt, standing } = create();
    bolt.state = 'jammed';
    assert.deepEqual(standing(), ['jammed']);
    bolt.state = 'unlocking';
    assert.deepEqual(standing(), []);
  });

  it('show a missing clock from the boot on, and tell of it only if that lasts', () => {
    const { alarms, clock, standing } = create({ nowSeconds: undefined });
    assert.deepEqual(standing(), ['clockUnsynchronised']);
    assert.equal(alarms.takeTurn(0), false);
    assert.deepEqual(alarms.takeNews(), []);
    assert.equal(alarms.dueMs, CLOCK_ALARM_MS);
    standing(CLOCK_ALARM_MS - 1);
    assert.equal(alarms.takeTurn(CLOCK_ALARM_MS - 1), false);
    standing(CLOCK_ALARM_MS);
    assert.equal(alarms.takeTurn(CLOCK_ALARM_MS), true);
    assert.deepEqual(alarms.takeNews(), [{ alarm: 'clockUnsynchronised', on: true }]);
    clock.nowSeconds = 1_790_000_000;
    assert.deepEqual(standing(CLOCK_ALARM_MS + 1), []);
    assert.deepEqual(alarms.takeNews(), [{ alarm: 'clockUnsynchronised', on: false }]);
  });

  it('never tell of a clock that came in time', () => {
    const { alarms, clock, standing } = create({ nowSeconds: undefined });
    standing(0);
    clock.nowSeconds = 1_790_000_000;
    assert.deepEqual(standing(CLOCK_ALARM_MS - 1), []);
    standing(CLOCK_ALARM_MS);
    assert.deepEqual(
      [alarms.takeTurn(CLOCK_ALARM_MS), alarms.takeNews(), alarms.dueMs],
      [false, [], undefined],
    );
  });

  it('keep the storage alarm until each kind of record that failed was taken again', () => {
    const { alarms, standing } = create();
    const answer = (kind: RecordKind, isStored: boolean) => alarms.answered(kind, isStored, 0);
    answer('state', true);
    assert.deepEqual(standing(), []);
    answer('state', false);
    answer('report', false);
    assert.deepEqual(standing(), ['storage']);
    answer('report', true);
    assert.deepEqual(standing(), ['storage'], 'a small record that works says nothing of a large one');
    assert.deepEqual([alarms.isFailing('state'), alarms.isFailing('report')], [true, false]);
    answer('state', true);
    assert.deepEqual(standing(), []);
  });

  it('show that reports wait in the reports that are made anyway', () => {
    const { alarms, standing } = create();
    alarms.set('reportsWaiting', true, 0);
    assert.deepEqual(standing(), ['reportsWaiting']);
    assert.equal(alarms.takeTurn(0), false);
    assert.deepEqual(alarms.takeNews(), [{ alarm: 'reportsWaiting', on: true }]);
    alarms.set('reportsWaiting', false, 0);
    assert.deepEqual(standing(), []);
  });

  it('say for a whole boot that it found a bad record', () => {
    const { alarms, standing } = create({ refusedCount: 2 });
    assert.deepEqual(standing(), ['recordRefused']);
    alarms.ownerOrdered(1);
    assert.deepEqual(standing(1_000_000), ['recordRefused']);
  });

  it('say for a whole boot that newer firmware has run here', () => {
    const older = create({ firmwareVersion: '0.1.9', newestFirmware: '0.2.0' });
    older.alarms.ownerOrdered(1);
    assert.deepEqual(older.standing(1_000_000), ['firmwareRolledBack']);
    assert.equal(older.alarms.newestFirmware, '0.2.0');
    for (const firmwareVersion of ['0.2.0', '0.3.0', 'nightly']) {
      assert.deepEqual(create({ firmwareVersion, newestFirmware: '0.2.0' }).standing(), [], firmwareVersion);
    }
    assert.equal(
      create({ firmwareVersion: '0.3.0', newestFirmware: '0.2.0' }).alarms.newestFirmware,
      '0.3.0',
    );
  });

  it('follow an adoption from outside', () => {
    const { alarms, standing } = create();
    alarms.set('adoption', true, 0);
    alarms.set('adoption', true, 0);
    assert.deepEqual(standing(), ['adoption']);
    assert.equal(alarms.takeTurn(0), true);
    alarms.set('adoption', false, 0);
    assert.deepEqual(standing(), []);
  });

  it('end wrong attempts a while after the last of them', () => {
    const { alarms, standing } = create();
    alarms.raise('wrongAttempts', 1_000);
    alarms.raise('wrongAttempts', 2_000);
    const endMs = 2_000 + WRONG_ATTEMPTS_ALARM_MS;
    assert.equal(alarms.dueMs, endMs);
    assert.deepEqual(standing(endMs - 1), ['wrongAttempts']);
    assert.deepEqual(standing(endMs), []);
    assert.equal(alarms.dueMs, undefined);
  });
});

describe('Alarms of the door', () => {
  const forced = () => {
    const made = create();
    made.alarms.senseDoor('closed', 0);
    made.alarms.senseDoor('open', 10);
    assert.deepEqual(made.standing(10), ['forcedOpen']);
    return made;
  };

  it('rise where it opens while the bolt is locked, and for no other opening', () => {
    forced();
    for (const state of ['unlocked', 'unlocking', 'locking', 'waiting', 'unknown', 'jammed'] as const) {
      const { alarms, bolt, standing } = create();
      bolt.state = state;
      alarms.senseDoor('closed', 0);
      alarms.senseDoor('open', 1);
      assert.ok(!standing(1).includes('forcedOpen'), state);
    }
  });

  it('do not take a boot with the door open, nor a contact that comes back, for a door that was forced', () => {
    const { alarms, standing } = create();
    alarms.senseDoor('open', 0);
    alarms.senseDoor('unknown', 1);
    alarms.senseDoor('open', 2);
    assert.deepEqual(standing(2), []);
  });

  it('stand until it is closed and somebody with the right has moved the bolt, in any order', () => {
    for (const cause of ['command', 'button'] as const) {
      const first = forced();
      first.alarms.senseDoor('closed', 20);
      assert.deepEqual(first.standing(20), ['forcedOpen']);
      first.alarms.settled(cause, 30);
      assert.deepEqual(first.standing(30), []);
      const second = forced();
      second.bolt.state = 'unlocked';
      second.alarms.settled(cause, 20);
      assert.deepEqual(second.standing(20), ['forcedOpen']);
      second.alarms.senseDoor('closed', 30);
      assert.deepEqual(second.standing(30), []);
    }
  });

  it('do not end with the lock’s own doing, a hand, a jam, or a movement from before', () => {
    const made = forced();
    made.alarms.senseDoor('closed', 20);
    for (const cause of ['relock', 'thumb-turn', 'boot'] as const) made.alarms.settled(cause, 30);
    made.bolt.state = 'jammed';
    made.alarms.settled('command', 30);
    made.bolt.state = 'locked';
    assert.deepEqual(made.standing(30), ['forcedOpen']);
    const before = create();
    before.alarms.settled('command', 0);
    before.alarms.senseDoor('closed', 1);
    before.alarms.senseDoor('open', 2);
    before.alarms.senseDoor('closed', 3);
    assert.deepEqual(before.standing(3), ['forcedOpen']);
  });

  it('end with the owner’s order, open or not', () => {
    const { alarms, standing } = forced();
    alarms.ownerOrdered(20);
    assert.deepEqual(standing(20), []);
  });

  it('stand on over a power cut where it was forced, and are not told twice', () => {
    const { alarms } = forced();
    assert.equal(alarms.kept, ALARM.forcedOpen);
    const next = create({ keptAlarms: alarms.kept });
    assert.deepEqual(next.standing(), ['forcedOpen']);
    assert.equal(next.alarms.takeTurn(0), false);
    assert.deepEqual(next.alarms.takeNews(), [{ alarm: 'forcedOpen', on: true }]);
    assert.deepEqual(create({ keptAlarms: ALARM.ajar | ALARM.tamper }).standing(), []);
  });

  it('rise once it has stood open for the set time, and end as it closes', () => {
    const { alarms, bolt, standing } = create();
    bolt.state = 'unlocked';
    alarms.senseDoor('open', 1_000);
    assert.equal(alarms.dueMs, 1_000 + AJAR_MS);
    assert.deepEqual(standing(1_000 + AJAR_MS - 1), []);
    assert.deepEqual(standing(1_000 + AJAR_MS), ['ajar']);
    assert.equal(alarms.dueMs, undefined);
    alarms.senseDoor('closed', 400_000);
    assert.deepEqual(standing(400_000), []);
    alarms.senseDoor('open', 500_000);
    assert.equal(alarms.dueMs, 500_000 + AJAR_MS);
  });

  it('do not count the time for which nobody knows whether it is open', () => {
    const { alarms, bolt, standing } = create();
    bolt.state = 'unlocked';
    alarms.senseDoor('open', 0);
    alarms.senseDoor('unknown', 100_000);
    assert.deepEqual(standing(AJAR_MS), []);
    alarms.senseDoor('open', AJAR_MS);
    assert.deepEqual(standing(2 * AJAR_MS - 1), []);
    assert.deepEqual(standing(2 * AJAR_MS), ['ajar']);
  });

  it('go by the settings as they are now, and by the defaults where a text cannot be read', () => {
    const { alarms, configure, standing } = create({ texts: [['ajar', 'off']] });
    alarms.senseDoor('open', 0);
    assert.equal(alarms.dueMs, undefined);
    assert.deepEqual(standing(AJAR_MS), []);
    configure([['ajar', '10']]);
    assert.deepEqual(standing(10_000), ['ajar']);
    const unreadable = create({
      texts: [
        ['relock', 'soon'],
        ['ajar', 'off'],
      ],
    });
    unreadable.alarms.senseDoor('open', 0);
    assert.deepEqual(unreadable.standing(AJAR_MS), ['ajar']);
  });
});

describe('Alarms of the case', () => {
  it('stand while it is open, and after that until the owner orders something', () => {
    const { alarms, standing } = create();
    alarms.senseTamper(true, 0);
    alarms.senseTamper(false, 1);
    assert.deepEqual(standing(1), ['tamper']);
    alarms.ownerOrdered(2);
    assert.deepEqual(standing(2), []);
  });

  it('stand while it is open whatever the owner orders, and end as it is closed', () => {
    const { alarms, standing } = create();
    alarms.senseTamper(true, 0);
    alarms.ownerOrdered(1);
    assert.deepEqual(standing(1), ['tamper']);
    alarms.senseTamper(false, 2);
    assert.deepEqual(standing(2), []);
    alarms.senseTamper(true, 3);
    alarms.senseTamper(false, 4);
    assert.deepEqual(standing(4), ['tamper'], 'an order counts for one opening');
  });
});
