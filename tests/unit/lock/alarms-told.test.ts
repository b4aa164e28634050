import assert from 'node:assert/strict';
import {
  ALARM_REPORTS_PER_WINDOW_MAX,
  ALARM_WINDOW_SECONDS,
  BATTERY_HYSTERESIS_MILLIVOLTS,
  BATTERY_READINGS,
} from '../../../firmware/protocol/limits.js';
import { create } from './alarm-sources.js';

const LOW = 4_400;

describe('Alarms of the battery', () => {
  const read = ({ alarms }: ReturnType<typeof create>, ...readings: number[]) => {
    for (const milliVolts of readings) alarms.senseBattery(milliVolts, 0);
  };
  const times = (count: number, milliVolts: number) => Array<number>(count).fill(milliVolts);

  it('rise after so many readings in a row below the limit', () => {
    const made = create();
    read(made, ...times(BATTERY_READINGS - 1, LOW - 1), LOW, ...times(BATTERY_READINGS - 1, LOW - 1));
    assert.deepEqual(made.standing(), []);
    read(made, LOW - 1);
    assert.deepEqual(made.standing(), ['lowBattery']);
  });

  it('end after as many well above it', () => {
    const made = create();
    const good = LOW + BATTERY_HYSTERESIS_MILLIVOLTS;
    read(made, ...times(BATTERY_READINGS, LOW - 1), ...times(10, good - 1));
    assert.deepEqual(made.standing(), ['lowBattery']);
    read(made, ...times(BATTERY_READINGS - 1, good), good - 1, ...times(BATTERY_READINGS - 1, good));
    assert.deepEqual(made.standing(), ['lowBattery']);
    read(made, good);
    assert.deepEqual(made.standing(), []);
  });

  it('are off where the setting is, and end where it goes off', () => {
    const made = create({ texts: [['low-battery', 'off']] });
    read(made, ...times(10, 0));
    assert.deepEqual(made.standing(), []);
    made.configure([['low-battery', '3000']]);
    read(made, ...times(BATTERY_READINGS, 2_999));
    assert.deepEqual(made.standing(), ['lowBattery']);
    made.configure([['low-battery', 'off']]);
    read(made, 0);
    assert.deepEqual(made.standing(), []);
  });
});

describe('Alarms under duress', () => {
  it('stand over a power cut until the owner orders something, and are told to nobody who watches', () => {
    const { alarms, standing } = create();
    alarms.raise('duress', 0);
    assert.deepEqual(standing(), ['duress']);
    assert.deepEqual([alarms.takeNews(), alarms.takeTurn(0), alarms.dueMs], [[], false, undefined]);
    const next = create({ keptAlarms: alarms.kept });
    assert.deepEqual(next.standing(), ['duress']);
    assert.deepEqual(next.alarms.takeNews(), []);
    next.alarms.ownerOrdered(1);
    assert.deepEqual(next.standing(), []);
    assert.equal(next.alarms.kept, 0);
  });
});

describe('Alarms that are told', () => {
  const swing = ({ alarms }: ReturnType<typeof create>, uptimeMs: number) => {
    alarms.set('adoption', false, uptimeMs);
    alarms.set('adoption', true, uptimeMs);
  };

  it('want one report for one rise, and none where another report has told it', () => {
    const made = create();
    made.alarms.senseTamper(true, 0);
    assert.equal(made.alarms.takeTurn(0), true);
    made.alarms.told();
    assert.equal(made.alarms.takeTurn(0), false);
    made.alarms.senseTamper(true, 1);
    assert.equal(made.alarms.takeTurn(1), false, 'it stands already');
    swing(made, 2);
    made.alarms.told();
    assert.equal(made.alarms.takeTurn(2), false);
  });

  it('want none for what has ended before it could be told', () => {
    const { alarms } = create();
    alarms.set('adoption', true, 0);
    alarms.set('adoption', false, 0);
    assert.equal(alarms.takeTurn(0), false);
  });

  it('have so many turns in a window each, and are told once one is free', () => {
    const made = create();
    let turns = 0;
    for (let uptimeMs = 0; uptimeMs < 1_000; uptimeMs++) {
      swing(made, uptimeMs);
      if (made.alarms.takeTurn(uptimeMs)) turns++;
      made.alarms.told();
    }
    assert.equal(turns, ALARM_REPORTS_PER_WINDOW_MAX);
    swing(made, 1_000);
    assert.equal(made.alarms.takeTurn(1_000), false);
    made.alarms.senseTamper(true, 1_001);
    assert.equal(made.alarms.takeTurn(1_001), true, 'another alarm has turns of its own');
    assert.equal(made.alarms.takeTurn(ALARM_WINDOW_SECONDS * 1_000 + 1_000), true);
  });
});
