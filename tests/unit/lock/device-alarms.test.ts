import assert from 'node:assert/strict';
import type { AlarmName } from '../../../firmware/lock/alarm-table.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import {
  ALARM_REPORTS_PER_WINDOW_MAX,
  BATTERY_READINGS,
  CLOCK_ALARM_MS,
  WRONG_ATTEMPTS_ALARM_MS,
} from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM, type Report } from '../../../firmware/protocol/report.js';
import { alarmNotices } from './alarm-sources.js';
import { LockWorld, settingsWith } from './fixture.js';
import { linkedReports } from './report-checks.js';
import { GUEST, OWNER } from './signer.js';
import type { WorldOptions } from './world-options.js';

const HOUR_MS = 3_600_000;
const SLOW: WorldOptions = { device: { pollIntervalMs: 60_000, heartbeatMs: 24 * HOUR_MS } };

const open = (world: LockWorld) => world.give({ kind: 'door-sensed', door: 'open' });
const close = (world: LockWorld) => world.give({ kind: 'door-sensed', door: 'closed' });
const lid = (world: LockWorld, isOpen: boolean) => world.give({ kind: 'tamper-sensed', open: isOpen });
const battery = (world: LockWorld, milliVolts: number) => {
  for (let i = 0; i < BATTERY_READINGS; i++) world.give({ kind: 'battery-sensed', milliVolts });
};

function configure(world: LockWorld, texts: Iterable<readonly [string, string]>): void {
  world.press();
  world.openPairing();
  const settings = settingsWith({ texts: new Map(texts) });
  assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
  world.give({ kind: 'pairing-closed' });
  world.press();
}

/** Each alarm report that this boot's sink was sent, once. */
function alarmReports(world: LockWorld): readonly Report[] {
  const bySeq = new Map(world.reports().map(({ report }) => [report.seq, report]));
  return [...bySeq.values()].filter(({ cause }) => cause === 'alarm');
}

/** A boot begins without a clock, and its report says so. */
const loudAlarms = (world: LockWorld) => world.lastReport().alarms & ~ALARM.clockUnsynchronised;
const has = (report: Report, alarm: AlarmName) => (report.alarms & ALARM[alarm]) !== 0;

describe('Device with an alarm', () => {
  it('reports a forced door at once, in flash before anybody sees it', () => {
    const world = new LockWorld({ sink: 'hangs' }).boot().pair();
    open(world);
    close(world);
    const { writes } = world;
    open(world);
    assert.equal(world.writes, writes, 'one rise, one report');
    assert.deepEqual(alarmNotices(world, 'forcedOpen'), [true]);
    const reports = alarmReports(world.reboot());
    assert.deepEqual(
      reports.map(({ alarms, door, bolt }) => [alarms, door, bolt]),
      [[ALARM.forcedOpen, 'open', 'locked']],
    );
  });

  it('still has a forced door after a power cut, though nothing else was written', () => {
    const world = new LockWorld().boot().pair();
    open(world);
    const next = world.reboot({ door: 'open' });
    assert.ok(has(next.lastReport(), 'forcedOpen'));
    const ofThisBoot = alarmReports(next).filter(({ bootCount }) => bootCount === 2);
    assert.deepEqual(ofThisBoot, [], 'it was told before the cut');
    next.order(OWNER, 0, { action: ACTION.privacyOff });
    next.pass(2_000);
    assert.ok(!has(next.lastReport(), 'forcedOpen'), 'the receipt of the owner’s order');
    assert.ok(!has(next.reboot({ door: 'open' }).lastReport(), 'forcedOpen'));
  });

  it('still has it where a later write of the state was the last', () => {
    const device = { heartbeatMs: 60_000 };
    const world = new LockWorld({ device }).boot().pair();
    open(world);
    const { writes } = world;
    world.pass(20 * 60_000, 10_000);
    assert.ok(world.writes > writes, 'the lease of more numbers');
    assert.ok(has(world.reboot({ door: 'open' }).lastReport(), 'forcedOpen'));
  });

  it('has a forced door until it is closed and the inside button has moved the bolt', () => {
    const world = new LockWorld().boot().pair();
    open(world);
    world.press();
    assert.ok(has(world.lastReport(), 'forcedOpen'));
    close(world);
    assert.deepEqual(alarmNotices(world, 'forcedOpen'), [true, false]);
    world.press();
    assert.ok(!has(world.lastReport(), 'forcedOpen'));
  });

  it('tells a jam in the receipt of the order that jammed, in no second report', () => {
    const world = new LockWorld().boot().pair();
    world.boltStuck = true;
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(20_000);
    assert.ok(has(world.lastReport(), 'jammed'));
    assert.equal(world.lastReport().cause, 'command');
    assert.deepEqual(alarmReports(world), []);
    world.give({ kind: 'bolt-sensed', bolt: 'unlocked' });
    assert.equal(world.lastReport().alarms, 0);
    assert.deepEqual(alarmNotices(world, 'jammed'), [true, false]);
  });

  it('reports a missing clock only where it stays missing', () => {
    const world = new LockWorld({ ...SLOW, clockless: true }).boot().pair();
    assert.equal(world.lastReport().alarms, ALARM.clockUnsynchronised);
    world.pass(CLOCK_ALARM_MS, 10_000);
    world.pass(HOUR_MS, 60_000);
    assert.deepEqual(
      alarmReports(world).map(({ alarms, uptimeSeconds }) => [alarms, uptimeSeconds]),
      [[ALARM.clockUnsynchronised, CLOCK_ALARM_MS / 1_000]],
    );
    const next = world.reboot({ ...SLOW, clockless: true });
    next.pass(CLOCK_ALARM_MS - 1_000, 1_000);
    next.tellTime();
    next.pass(HOUR_MS, 60_000);
    assert.deepEqual(
      alarmReports(next).filter(({ bootCount }) => bootCount === 2),
      [],
    );
    assert.deepEqual(alarmNotices(next, 'clockUnsynchronised'), []);
  });

  it('wakes by itself for a door that stands open, by the setting as it is now', () => {
    const world = new LockWorld({ ...SLOW, bolt: 'unlocked' }).boot().pair();
    configure(world, [['ajar', '45']]);
    const openedMs = world.uptimeMs;
    open(world);
    world.pass(44_000);
    const wakes = world.outputs.flatMap((output) => (output.kind === 'wake-at' ? [output.uptimeMs] : []));
    assert.equal(wakes.at(-1), openedMs + 45_000);
    assert.equal(alarmReports(world).length, 0);
    world.pass(1_000);
    assert.deepEqual(
      alarmReports(world).map(({ alarms }) => alarms),
      [ALARM.ajar],
    );
    close(world);
    assert.deepEqual(alarmNotices(world, 'ajar'), [true, false]);
    configure(world, [['ajar', 'off']]);
    open(world);
    world.pass(HOUR_MS, 60_000);
    assert.equal(alarmReports(world).length, 1);
  });

  it('has an opened case until the owner orders something, or the next boot', () => {
    const world = new LockWorld().boot().pair();
    lid(world, true);
    lid(world, false);
    world.pass(60_000);
    assert.deepEqual(
      alarmReports(world).map(({ alarms }) => alarms),
      [ALARM.tamper],
    );
    const next = world.reboot();
    assert.equal(loudAlarms(next), 0);
    lid(next, true);
    lid(next, false);
    next.grant(OWNER, 0, GUEST, {});
    next.order(GUEST, 0, { action: ACTION.unlock });
    next.pass(3_000);
    assert.ok(has(next.lastReport(), 'tamper'), 'a guest’s order says nothing of the owner');
    next.order(OWNER, 1, { action: ACTION.lock });
    next.pass(3_000);
    assert.equal(next.lastReport().alarms, 0);
    assert.deepEqual(alarmNotices(next, 'tamper'), [true, false]);
  });

  it('has an open case from the boot report on', () => {
    const world = new LockWorld().boot().pair();
    const next = new LockWorld({ flash: world.flash, clockless: true });
    next.give({ kind: 'boot' });
    lid(next, true);
    next.give({ kind: 'bolt-sensed', bolt: 'locked' });
    assert.equal(next.lastReport().cause, 'boot');
    assert.ok(has(next.lastReport(), 'tamper'));
  });

  it('reports a battery that is low, and goes by the setting', () => {
    const world = new LockWorld().boot().pair();
    assert.equal(world.lastReport().batteryMilliVolts, undefined);
    for (const milliVolts of [-1, 0.5, 70_000, Number.NaN, 4_399, 4_400, 4_399, 4_399])
      world.give({ kind: 'battery-sensed', milliVolts });
    assert.deepEqual(alarmReports(world), []);
    battery(world, 4_399);
    assert.deepEqual(
      alarmReports(world).map(({ alarms, batteryMilliVolts }) => [alarms, batteryMilliVolts]),
      [[ALARM.lowBattery, 4_399]],
    );
    battery(world, 4_600);
    assert.deepEqual(alarmNotices(world, 'lowBattery'), [true, false]);
    configure(world, [['low-battery', '5000']]);
    battery(world, 4_600);
    assert.equal(alarmReports(world).length, 2);
  });

  it('reports that a press’s pairing secrets are used up, for a while', () => {
    const world = new LockWorld(SLOW).boot().pair();
    world.press();
    for (let i = 0; i < 5; i++) world.openPairing(new Uint8Array(16));
    assert.deepEqual(
      alarmReports(world).map(({ alarms }) => alarms),
      [ALARM.wrongAttempts],
    );
    world.pass(WRONG_ATTEMPTS_ALARM_MS);
    assert.deepEqual(alarmNotices(world, 'wrongAttempts'), [true, false]);
  });

  it('says in every report that newer firmware ran here, until it runs again', () => {
    const version = (firmwareVersion: string) => ({ device: { firmwareVersion } });
    const newer = new LockWorld(version('0.2.0')).boot().pair();
    let world = newer.reboot(version('0.1.9'));
    for (let boot = 0; boot < 2; boot++) {
      world.order(OWNER, boot, { action: ACTION.privacyOff });
      world.pass(2_000);
      const own = world.reports().filter(({ report }) => report.firmwareVersion === '0.1.9');
      assert.ok(own.length >= 2);
      assert.ok(own.every(({ report }) => has(report, 'firmwareRolledBack')));
      world = world.reboot(version('0.1.9'));
    }
    assert.equal(loudAlarms(world.reboot(version('0.2.0'))), 0);
    assert.equal(loudAlarms(world.reboot(version('nightly'))), 0);
  });

  it('wears flash out with no bouncing switch, swinging door or dying battery', () => {
    const world = new LockWorld({ ...SLOW, bolt: 'unlocked' }).boot().pair();
    configure(world, [['ajar', '10']]);
    const { writes } = world;
    const hours = 6;
    for (let second = 0; second < hours * 3_600; second += 20) {
      open(world);
      for (let bounce = 0; bounce < 5; bounce++) {
        lid(world, true);
        lid(world, false);
      }
      world.pass(10_000, 10_000);
      battery(world, second % 40 === 0 ? 0 : 6_000);
      close(world);
      world.pass(10_000, 10_000);
    }
    linkedReports(world.published);
    const reports = alarmReports(world);
    assert.ok(reports.length <= (2 * hours + 1) * ALARM_REPORTS_PER_WINDOW_MAX, `${reports.length} reports`);
    assert.ok(reports.filter((report) => has(report, 'ajar')).length >= hours, 'it is told all the same');
    // A write of the state for each lease of 16 numbers, besides.
    assert.ok(world.writes - writes <= reports.length * 1.2 + 2, `${world.writes - writes} writes`);
  });

  it('writes nothing for its alarms while it has no owner, and tells them as it gets one', () => {
    const world = new LockWorld({ ...SLOW, door: 'open', bolt: 'unlocked' }).boot();
    const { writes } = world;
    lid(world, true);
    battery(world, 0);
    world.pass(HOUR_MS, 60_000);
    assert.equal(world.writes, writes);
    world.pair();
    const bits = ALARM.tamper | ALARM.lowBattery | ALARM.ajar;
    assert.deepEqual([world.lastReport().cause, world.lastReport().alarms], ['pairing', bits]);
    assert.deepEqual(alarmReports(world), []);
  });

  it('judges and moves as without one', () => {
    const play = (alarmed: boolean) => {
      const world = new LockWorld({ device: { relockMs: 3_000 } }).boot().pair();
      if (alarmed) {
        open(world);
        close(world);
        lid(world, true);
        battery(world, 0);
      }
      world.grant(OWNER, 0, GUEST, {});
      world.order(GUEST, 0, { action: ACTION.unlock });
      world.pass(3_000);
      world.order(GUEST, 0, { action: ACTION.unlock });
      world.order(GUEST, 1, { action: ACTION.privacyOn });
      world.order(OWNER, 1, { action: ACTION.unlockThenRelock });
      world.pass(6_000);
      world.press();
      world.pass(1_000);
      const told = world.reports().flatMap(({ report: { cause, bolt, lastCommand } }) => {
        if (cause === 'alarm') return [];
        const { by, command, reason } = lastCommand ?? { by: new Uint8Array(0), command: 0, reason: '' };
        return [`${cause} ${bolt} ${formatHex(by)} ${command} ${reason}`];
      });
      return { driven: world.driven, refusals: world.refusals(), told };
    };
    assert.deepEqual(play(true), play(false));
    assert.ok(play(true).driven.length >= 3);
  });

  it('opens under duress as ever, and says so first in the receipt, until the owner orders something', () => {
    const play = (called: Uint8Array) => {
      const world = new LockWorld().boot().pair();
      configure(world, [['duress-guests', formatHex(called)]]);
      world.grant(OWNER, 0, GUEST, {});
      world.pass(2_000);
      const from = world.outputs.length;
      world.order(GUEST, 0, { action: ACTION.unlock });
      world.pass(5_000);
      const outputs = world.outputs.slice(from).map((output) => {
        if (output.kind === 'publish') return 'publish';
        if (output.kind === 'notice' && output.notice.event === 'signed') return 'signed';
        if (output.kind === 'persist') return `persist ${output.key} ${output.bytes.length >> 3}`;
        return output;
      });
      return { world, outputs };
    };
    const calm = play(OWNER.address);
    const { world, outputs } = play(GUEST.address);
    assert.equal(calm.world.lastReport().alarms, 0);
    assert.deepEqual(outputs, calm.outputs);
    const { cause, alarms, bolt } = world.lastReport();
    assert.deepEqual([cause, alarms, bolt], ['command', ALARM.duress, 'unlocked']);
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(3_000);
    assert.equal(world.lastReport().alarms, 0);
    assert.deepEqual(alarmNotices(world, 'duress'), []);
  });
});
