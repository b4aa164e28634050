import assert from 'node:assert/strict';
import { reportKey } from '../../../firmware/lock/report-log.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import {
  OUTBOX_REPORTS_MAX,
  REFUSALS_PER_WINDOW_MAX,
  REPORT_LEASE,
} from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { LockWorld, settingsWith } from './fixture.js';
import { linkedReports } from './report-checks.js';
import { firstFour, GUEST, OWNER } from './signer.js';

const HOURLY = { heartbeatMs: 3_600_000, pollIntervalMs: 60_000 };

describe('Device’s reports', () => {
  it('link without a gap, heartbeats included, and are leased in few writes', () => {
    const world = new LockWorld({ device: HOURLY }).boot().pair();
    const before = world.writes;
    world.pass(40 * 3_600_000, 60_000);
    const reports = linkedReports(world.published);
    assert.equal(reports.filter(({ report }) => report.cause === 'heartbeat').length, 40);
    assert.ok(world.writes - before <= Math.ceil(40 / REPORT_LEASE), `${world.writes - before} writes`);
  });

  it('use no number twice over a reboot, and link the boot to the last that flash held', () => {
    const world = new LockWorld({ device: HOURLY }).boot().pair();
    world.pass(5 * 3_600_000, 60_000);
    const shown = linkedReports(world.published);
    const durable = shown.filter(({ report }) => report.cause !== 'heartbeat').at(-1) ?? assert.fail();
    const next = world.reboot({ device: HOURLY });
    const boot = next.reports().find(({ report }) => report.cause === 'boot') ?? assert.fail();
    assert.ok(boot.report.seq > (shown.at(-1)?.report.seq ?? 0));
    assert.equal(boot.report.lastDurableSeq, durable.report.seq);
    assert.equal(formatHex(boot.report.previousHash16), formatHex(durable.hash16));
  });

  it('are not sent again after a reboot once the state knew that they were taken', () => {
    const world = new LockWorld().boot().pair();
    for (let i = 0; i < 5; i++) {
      world.order(OWNER, i, { action: ACTION.privacyOff });
      world.pass(2_000);
    }
    const next = world.reboot();
    const again = next.published.filter(({ seq }) => world.published.some((before) => before.seq === seq));
    assert.ok(again.length <= 1, `${again.length} sent again`);
  });

  it('wait in flash while the sink hangs, and come in order after a reboot', () => {
    const world = new LockWorld({ sink: 'hangs' }).boot().pair();
    for (let i = 0; i < 5; i++) world.order(OWNER, i, { action: ACTION.privacyOff });
    world.pass(3_000);
    assert.equal(new Set(world.published.map(({ seq }) => seq)).size, 1);
    const next = world.reboot();
    const reports = linkedReports(next.published);
    assert.equal(reports.filter(({ report }) => report.cause === 'command').length, 5);
  });

  it('name the commands that were refused, six a minute, and count the rest', () => {
    const world = new LockWorld({ device: { heartbeatMs: 60_000 } }).boot().pair();
    for (let i = 0; i < 20; i++) world.order(OWNER, i, { action: ACTION.unlock, epoch: 9 });
    world.pass(60_000);
    const reports = world.reports().map(({ report }) => report);
    const refusals = reports.filter(({ cause }) => cause === 'refusal');
    assert.equal(refusals.length, REFUSALS_PER_WINDOW_MAX);
    assert.ok(refusals.every(({ lastCommand }) => lastCommand?.reason === 'epoch'));
    const heartbeat = reports.find(({ cause }) => cause === 'heartbeat') ?? assert.fail();
    const others = world.refusals().filter((reason) => reason !== 'epoch').length;
    assert.equal(heartbeat.strangersRefused, 20 - REFUSALS_PER_WINDOW_MAX + others);
  });

  it('name a new challenge after each order of the owner and in each heartbeat', () => {
    const world = new LockWorld({ device: { heartbeatMs: 60_000 } }).boot().pair();
    const challenges = [formatHex(world.lastReport().nonce)];
    world.order(OWNER, 0, { action: ACTION.unlock, challenge4: firstFour(world.lastReport().nonce) });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked']);
    challenges.push(formatHex(world.lastReport().nonce));
    const spent = world.reports().at(-2)?.report.nonce ?? assert.fail();
    world.order(OWNER, 1, { action: ACTION.lock, challenge4: firstFour(spent) });
    world.pass(2_000);
    assert.equal(world.refusals().at(-1), 'challenge');
    world.pass(60_000);
    challenges.push(formatHex(world.lastReport().nonce));
    assert.equal(world.lastReport().cause, 'heartbeat');
    assert.equal(new Set(challenges).size, 3);
  });

  it('say what is wrong', () => {
    const world = new LockWorld({ clockless: true }).boot().pair();
    assert.equal(world.lastReport().alarms, ALARM.clockUnsynchronised);
    assert.equal(world.lastReport().issuedAtSeconds, undefined);
    world.tellTime();
    world.boltStuck = true;
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(20_000);
    const { bolt, alarms, issuedAtSeconds } = world.lastReport();
    assert.deepEqual([bolt, alarms], ['jammed', ALARM.jammed]);
    assert.ok((issuedAtSeconds ?? 0) <= world.nowSeconds);
    const kept = [...world.flash.keys()].filter((key) => key.startsWith('report-')).length;
    // As a cut in the midst of the next report leaves it.
    world.flash.set(reportKey(kept + 1), new Uint8Array(3));
    const next = world.reboot();
    assert.equal(next.lastReport().alarms & ALARM.recordRefused, ALARM.recordRefused);
    assert.ok(next.refusals().includes('record'));
  });

  it('never say locked before the sensor does', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    world.boltStuck = true;
    world.order(OWNER, 0, { action: ACTION.lock });
    world.pass(30_000);
    assert.ok(world.reports().every(({ report }) => report.bolt !== 'locked'));
    assert.equal(world.lastReport().bolt, 'jammed');
  });

  it('refuse further commands once no receipt could be kept, and go on when the sink does', () => {
    const world = new LockWorld({ sink: 'hangs' }).boot().pair();
    for (let i = 0; i < OUTBOX_REPORTS_MAX + 5; i++) {
      world.order(OWNER, i, { action: ACTION.privacyOff });
      world.pass(8_000);
    }
    assert.ok(world.refusals().includes('reports-full'));
    world.sink = 'takes';
    world.pass(130_000);
    world.order(OWNER, 1_000, { action: ACTION.unlock });
    world.pass(20_000);
    assert.deepEqual(world.driven, ['unlocked']);
  });
});

describe('Device over reboots', () => {
  it('keeps its floor of time: an order that was over stays over without a clock', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    const late = world.signOrder(OWNER, 1, { action: ACTION.lock });
    world.pass(400_000, 10_000);
    world.order(OWNER, 0, { action: ACTION.privacyOff });
    world.pass(2_000);
    const next = world.reboot({ clockless: true });
    next.show(late);
    next.pass(2_000);
    assert.deepEqual(next.driven, []);
    assert.equal(next.refusals().at(-1), 'expired');
  });

  it('needs the challenge for an unlock after a strict boot, until 900 s have passed', () => {
    const world = new LockWorld().boot();
    world.press();
    world.openPairing();
    const request = world.pairRequest();
    assert.ok(request.kind === 'pair');
    world.ask({ ...request, settings: settingsWith({ texts: new Map([['strict-after-boot', 'on']]) }) });
    const next = world.reboot();
    next.order(OWNER, 0, { action: ACTION.unlock });
    next.pass(2_000);
    assert.deepEqual(next.driven, []);
    assert.equal(next.refusals().at(-1), 'challenge');
    next.order(OWNER, 1, { action: ACTION.unlock, challenge4: firstFour(next.lastReport().nonce) });
    next.pass(2_000);
    next.order(OWNER, 2, { action: ACTION.lock });
    next.pass(2_000);
    assert.deepEqual(next.driven, ['unlocked', 'locked']);
    next.pass(900_000, 10_000);
    next.order(OWNER, 3, { action: ACTION.unlock });
    next.pass(10_000);
    assert.deepEqual(next.driven, ['unlocked', 'locked', 'unlocked']);
  });

  it('fetches again nothing that it judged', () => {
    const world = new LockWorld().boot().pair();
    for (let i = 0; i < 10; i++) world.order(OWNER, i, { action: ACTION.privacyOff });
    // Refused for good: another epoch might still come.
    world.order(OWNER, 3, { action: ACTION.unlock });
    world.order(OWNER, 11, { action: ACTION.privacyOff });
    world.pass(10_000);
    const next = world.reboot();
    next.pass(10_000);
    const fetched = next.posts.filter(({ body }) =>
      new TextDecoder().decode(body).includes('eth_getTransactionByHash'),
    );
    assert.deepEqual(fetched, []);
  });

  it('counts each boot, keeps its name, and never shows one challenge twice though the random numbers are stuck', () => {
    let world = new LockWorld().boot().pair();
    const first = world;
    const challenges = new Set<string>();
    for (let i = 1; i <= 5; i++) {
      assert.equal(world.lastReport().bootCount, i);
      assert.deepEqual(world.lock, first.lock);
      challenges.add(formatHex(world.lastReport().nonce));
      world = world.reboot();
    }
    assert.equal(challenges.size, 5);
  });

  it('knows a guest’s uses and guard after a reboot', () => {
    const world = new LockWorld().boot().pair();
    world.grant(OWNER, 0, GUEST, { uses: 1 });
    const spent = world.order(GUEST, 0, { action: ACTION.unlock });
    world.pass(3_000);
    const next = world.reboot();
    next.show(spent);
    next.order(GUEST, 1, { action: ACTION.unlock });
    next.pass(3_000);
    assert.deepEqual(next.driven, []);
    assert.deepEqual(next.refusals(), ['uses']);
  });
});
