import assert from 'node:assert/strict';
import { ALARM_NAMES, ALARM_TABLE } from '../../../firmware/lock/alarm-table.js';
import { ALARM } from '../../../firmware/protocol/report.js';

describe('ALARM_TABLE', () => {
  it('has one row for each bit of a report, in their order', () => {
    assert.deepEqual(ALARM_NAMES, Object.keys(ALARM));
    assert.deepEqual(
      ALARM_NAMES.map((name) => ALARM[name]),
      ALARM_NAMES.map((_, bit) => 2 ** bit),
    );
  });

  it('raises each alarm by something, and by nothing that ends one', () => {
    const raising = ALARM_NAMES.flatMap((name) => ALARM_TABLE[name].raisedBy);
    const ending = ALARM_NAMES.flatMap((name) => ALARM_TABLE[name].endedBy);
    assert.equal(new Set(raising).size, ALARM_NAMES.length);
    assert.deepEqual(
      raising.filter((event) => ending.includes(event)),
      [],
    );
  });

  it('lets only what the boot finds stand until the next', () => {
    const endless = ALARM_NAMES.filter((name) => ALARM_TABLE[name].endedBy.length === 0);
    assert.deepEqual(endless, ['recordRefused', 'firmwareRolledBack']);
  });

  it('tells nobody at the door of duress, and of nothing else that it is silent about', () => {
    const silent = ALARM_NAMES.filter((name) => !ALARM_TABLE[name].isShown);
    assert.deepEqual(silent, ['duress']);
    assert.equal(ALARM_TABLE.duress.reportAfterMs, undefined);
  });
});
