import assert from 'node:assert/strict';
import { reportKey } from '../../../firmware/lock/report-log.js';
import {
  OUTBOX_REPORTS_MAX,
  OWNERS_RECEIPTS,
  RECEIPT_REPORTS,
  REPORT_LEASE,
} from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { ReportInbox } from '../../../tools/latchkey/owner/report-inbox.js';
import { LockWorld } from './fixture.js';
import { linkedReports, receiptsOf } from './report-checks.js';
import { engine, OWNER } from './signer.js';

/** A paired lock whose sink is away; `count` orders were obeyed, and their receipts wait. */
function laden(count: number): LockWorld {
  const world = new LockWorld().boot().pair();
  world.pass(2_000);
  world.sink = 'hangs';
  obey(world, 0, count);
  return world;
}

function obey(world: LockWorld, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    world.order(OWNER, i, { action: ACTION.privacyOff });
    world.pass(1_000);
  }
}

/** Flash that tells which keys were read. */
function watched(flash: ReadonlyMap<string, Uint8Array>) {
  const read: string[] = [];
  const get = (key: string) => {
    read.push(key);
    return flash.get(key);
  };
  return { read, source: { get } };
}

function loads(world: LockWorld): string[] {
  return world.outputs.flatMap((output) => (output.kind === 'load' ? [output.key] : []));
}

describe('Device and reports that wait in flash', () => {
  it('keeps 256 of them over three reboots, and sends each once and in order when the sink is back', () => {
    let world = laden(60);
    const first = world;
    let nonce = 60;
    for (const count of [60, 60, 200]) {
      world = world.reboot({ sink: 'hangs' });
      obey(world, nonce, count);
      nonce += count;
    }
    // Full: the owner's last order could be given no receipt.
    assert.ok(world.refusals().includes('reports-full'));
    const last = world.reboot();
    last.pass(20_000);
    const shown = linkedReports([...first.published, ...last.published]);
    const waited = shown.filter(({ report }) => report.cause === 'command' || report.cause === 'boot');
    assert.ok(waited.length >= OUTBOX_REPORTS_MAX, `${waited.length} reports`);
    for (let i = 0; i < OUTBOX_REPORTS_MAX - 10; i++) {
      assert.equal(receiptsOf(shown, OWNER, ACTION.privacyOff, i).length, 1, `order ${i}`);
    }
    assert.equal(new Set(last.published.map(({ seq }) => seq)).size, last.published.length);
  });

  it('reads none of them at boot but those that are newer than the state, and one at a time later', () => {
    const world = laden(40);
    const { read, source } = watched(world.flash);
    const next = new LockWorld({ flash: world.flash, sink: 'hangs', device: { records: source } });
    next.startSeconds = world.nowSeconds;
    const whole = read.filter((key) => key.startsWith('report-') && world.flash.has(key));
    assert.ok(whole.length <= REPORT_LEASE, `${whole.length} reports read at boot`);
    next.boot();
    assert.equal(loads(next).length, 1);
    next.sink = 'takes';
    next.pass(120_000);
    const keys = loads(next);
    assert.equal(new Set(keys).size, keys.length);
    assert.ok(keys.length >= 40);
  });

  it('reads one place and no more at boot where all places are in use', () => {
    const world = laden(0);
    world.sink = 'takes';
    obey(world, 0, OUTBOX_REPORTS_MAX + 20);
    const { read, source } = watched(world.flash);
    new LockWorld({ flash: world.flash, device: { records: source } });
    // The receipt of the last order is newer than the state, and behind it lies the oldest.
    assert.equal(read.filter((key) => key.startsWith('report-')).length, 2);
  });

  it('passes over one that rots while it waits, says so, and shows the gap in the chain', () => {
    for (const rot of ['flipped', 'gone', 'another'] as const) {
      const world = laden(5);
      const inbox = new ReportInbox({ engine, lock20: world.lock });
      for (const { cose } of world.published.slice(0, -1))
        assert.notEqual(inbox.receive(cose).verdict, 'bad');
      const keys = [...world.flash.keys()].filter((key) => key.startsWith('report-'));
      const third = keys.at(-3) ?? assert.fail();
      const bytes = world.flash.get(third) ?? assert.fail();
      if (rot === 'flipped') bytes[100] = (bytes[100] ?? 0) ^ 4;
      if (rot === 'gone') world.flash.delete(third);
      if (rot === 'another') world.flash.set(third, world.flash.get(keys.at(-2) ?? '') ?? assert.fail());
      const next = world.reboot();
      next.pass(5_000);
      const lost = next.notices.filter((n) => n.event === 'refused' && n.reason === 'record');
      assert.deepEqual(
        lost.map((n) => n.event === 'refused' && n.detail),
        [third],
        rot,
      );
      const verdicts = next.published.map(({ cose }) => inbox.receive(cose).verdict);
      // What names a report that never came waits for it.
      const gap = verdicts.indexOf('waiting');
      assert.ok(
        gap > 0 && verdicts.slice(0, gap).every((v) => v === 'verified'),
        `${rot}: ${verdicts.join()}`,
      );
      assert.ok(verdicts.slice(gap).every((verdict) => verdict === 'waiting'));
      const receipts = next.reports().filter(({ report }) => report.cause === 'command');
      assert.equal(receipts.length, 4, rot);
      next.order(OWNER, 90, { action: ACTION.privacyOff });
      next.pass(2_000);
      assert.equal(next.lastReport().alarms & ALARM.recordRefused, ALARM.recordRefused);
      const again = next.reboot();
      again.pass(2_000);
      assert.equal(again.lastReport().alarms & ALARM.recordRefused, 0, 'nothing is wrong any more');
    }
  });

  it('finds at boot what is newer though the report before it has rotted, and uses no number twice', () => {
    const world = laden(1);
    world.flashFails = (key) => key.startsWith('state');
    for (let i = 0; i < 6; i++) {
      world.give({ kind: 'bolt-sensed', bolt: i % 2 === 0 ? 'unlocked' : 'locked' });
      world.pass(1_000);
    }
    const keys = [...world.flash.keys()].filter((key) => key.startsWith('report-'));
    world.flash.get(keys.at(-3) ?? '')?.fill(0, 60, 70);
    const next = world.reboot();
    next.pass(10_000);
    const reports = [...world.reports(), ...next.reports()].map(({ report }) => report.seq);
    const boot = next.reports().find(({ report }) => report.cause === 'boot') ?? assert.fail();
    assert.equal(boot.report.seq, Math.max(...reports.filter((seq) => seq <= boot.report.seq)));
    const moved = next.reports().filter(({ report }) => report.cause === 'thumb-turn');
    assert.equal(moved.length, 5);
  });

  it('sends nothing that another lock has left in the same flash', () => {
    const other = laden(3);
    const left = [...other.flash].filter(([key]) => key.startsWith('report-'));
    const world = new LockWorld({ flash: new Map(left), entropySeed: 0x31 }).boot().pair();
    world.pass(5_000);
    const next = world.reboot();
    next.pass(5_000);
    const names = new Set([...world.reports(), ...next.reports()].map(({ lock20 }) => lock20.join()));
    assert.deepEqual(names, new Set([next.lock.join()]));
    linkedReports([...world.published, ...next.published]);
  });

  it('leaves the last places to receipts, and the very last to the owner', () => {
    const world = laden(0);
    const taken = world.flash.size;
    for (let i = 0; i < OUTBOX_REPORTS_MAX; i++) {
      world.give({ kind: 'bolt-sensed', bolt: i % 2 === 0 ? 'unlocked' : 'locked' });
      world.pass(6_000, 6_000);
    }
    assert.equal(world.flash.size - taken, OUTBOX_REPORTS_MAX - RECEIPT_REPORTS + 1);
    assert.ok(OWNERS_RECEIPTS < RECEIPT_REPORTS);
    obey(world, 0, RECEIPT_REPORTS + 3);
    assert.equal(
      [...world.flash.keys()].filter((key) => key.startsWith('report-')).length,
      OUTBOX_REPORTS_MAX,
    );
    assert.ok(world.refusals().includes('reports-full'));
  });

  it('takes no bytes that it did not ask for, nor late ones', () => {
    const world = laden(2);
    const before = world.outputs.length;
    for (const key of [reportKey(1), reportKey(2), 'state-a', '', 'report-x']) {
      world.give({ kind: 'loaded', key, bytes: new Uint8Array(40) });
      world.give({ kind: 'loaded', key });
    }
    assert.deepEqual(
      world.outputs.slice(before).filter(({ kind }) => kind !== 'wake-at'),
      [],
    );
  });
});
