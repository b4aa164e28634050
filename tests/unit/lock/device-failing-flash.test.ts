import assert from 'node:assert/strict';
import { STORAGE_RETRY_MS } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { alarmNotices } from './alarm-sources.js';
import { LockWorld, settingsWith } from './fixture.js';
import { linkedReports, receiptsOf } from './report-checks.js';
import { GUEST, OWNER, person } from './signer.js';

const MINUTE_MS = 60_000;
const DEVICE = { pollIntervalMs: 20_000 };

/** What of flash fails, and whether an order can still be made durable. */
const FAILURES: Readonly<
  Record<string, { readonly fails: (key: string, bytes: Uint8Array) => boolean; readonly obeys: boolean }>
> = {
  everything: { fails: () => true, obeys: false },
  'the state': { fails: (key) => key.startsWith('state'), obeys: false },
  'one copy of the state': { fails: (key) => key === 'state-a', obeys: false },
  reports: { fails: (key) => key.startsWith('report'), obeys: true },
  'large records': { fails: (_, bytes) => bytes.length > 600, obeys: false },
};

/** A lock whose state is larger than a report. */
function pairedLock(): LockWorld {
  const world = new LockWorld({ device: DEVICE }).boot().pair();
  for (let i = 0; i < 8; i++) world.grant(OWNER, i, person(20 + i), {});
  world.pass(MINUTE_MS, 1_000);
  assert.ok([...world.flash].some(([key, { length }]) => key.startsWith('state') && length > 600));
  return world;
}

/** Whether the last write of the state before each movement by a command was stored. */
function movedUndurably(world: LockWorld, from: number): boolean {
  let isDurable = true;
  return world.outputs.slice(from).some((output, i, outputs) => {
    if (output.kind === 'persist' && output.key.startsWith('state')) {
      const { flashFails } = world;
      isDurable = typeof flashFails === 'function' ? !flashFails(output.key, output.bytes) : !flashFails;
    }
    const next = outputs[i + 1];
    const cause = next?.kind === 'notice' && next.notice.event === 'bolt' ? next.notice.cause : undefined;
    return output.kind === 'drive-bolt' && cause === 'command' && !isDurable;
  });
}

describe('Device on flash that fails', () => {
  for (const [name, { fails, obeys }] of Object.entries(FAILURES)) {
    it(`stays secure, alarmed and alive while ${name} fails, and mends by itself`, () => {
      const world = pairedLock();
      const from = world.outputs.length;
      world.driven.length = 0;
      world.flashFails = fails;
      // One copy is written every other time.
      for (let nonce = 8; nonce < 12; nonce++) {
        world.order(OWNER, nonce, { action: nonce % 2 === 0 ? ACTION.unlock : ACTION.lock });
        world.pass(MINUTE_MS, 1_000);
      }
      assert.equal(movedUndurably(world, from), false);
      if (obeys) assert.equal(world.driven.length, 4);
      assert.deepEqual(alarmNotices(world, 'storage').slice(0, 1), [true]);
      assert.ok(world.refusals().includes('storage'));
      const before = world.driven.length;
      world.press();
      world.pass(2_000);
      world.press();
      world.pass(2_000);
      assert.equal(world.driven.length, before + 2, 'the button works');
      world.flashFails = false;
      world.pass(2 * STORAGE_RETRY_MS, 10_000);
      assert.deepEqual(alarmNotices(world, 'storage').at(-1), false);
      assert.ok(world.reports().some(({ report }) => (report.alarms & ALARM.storage) !== 0));
      world.driven.length = 0;
      world.order(OWNER, 12, { action: ACTION.lock });
      world.order(OWNER, 13, { action: ACTION.unlock });
      world.pass(MINUTE_MS, 1_000);
      assert.deepEqual(world.driven.slice(-1), ['unlocked']);
      world.pass(30 * MINUTE_MS, 10_000);
      assert.equal(world.lastReport().alarms, 0);
      // Numbered above all that was shown, linked to what flash holds.
      const next = world.reboot({ device: DEVICE });
      assert.deepEqual(next.driven, []);
      linkedReports([...world.published, ...next.published]);
    });

    it(`lasts for two days while ${name} fails: few tries, no crash, and the button still works`, () => {
      const world = pairedLock();
      world.flashFails = fails;
      const { writes } = world;
      world.order(OWNER, 8, { action: ACTION.privacyOff });
      world.pass(48 * 60 * MINUTE_MS, MINUTE_MS);
      const tries = world.writes - writes;
      assert.ok(tries <= (2 * 48 * 60 * MINUTE_MS) / STORAGE_RETRY_MS + 20, `${tries} writes`);
      assert.equal(alarmNotices(world, 'storage').includes(true), true);
      world.driven.length = 0;
      world.press();
      world.pass(2_000);
      assert.deepEqual(world.driven, ['unlocked']);
      world.flashFails = false;
      world.pass(2 * STORAGE_RETRY_MS, 10_000);
      assert.equal(alarmNotices(world, 'storage').at(-1), false);
    });
  }

  it('heals where it has not even kept the lock’s own key, and is the same lock after a cut', () => {
    const world = new LockWorld({ device: DEVICE });
    world.flashFails = true;
    world.boot();
    world.flashFails = false;
    world.pass(2 * STORAGE_RETRY_MS, 10_000);
    assert.deepEqual(alarmNotices(world, 'storage'), [true, false]);
    const next = world.reboot({ device: DEVICE, entropySeed: 0x12 });
    assert.deepEqual(next.lock, world.lock);
    next.pair();
    next.order(OWNER, 0, { action: ACTION.unlock });
    next.pass(MINUTE_MS);
    assert.deepEqual(next.driven, ['unlocked']);
  });

  it('gives no two boots one number, where flash has refused the count of the first for a while', () => {
    const world = new LockWorld({ device: DEVICE }).boot().pair();
    world.pass(MINUTE_MS);
    const second = new LockWorld({ device: DEVICE, flash: world.flash });
    second.flashFails = true;
    second.boot();
    second.flashFails = false;
    second.pass(2 * STORAGE_RETRY_MS, 10_000);
    const third = second.reboot({ device: DEVICE });
    const counts = [world, second, third].map(
      (each) => each.reports().find(({ report }) => report.cause === 'boot')?.report.bootCount,
    );
    assert.deepEqual(counts, [1, 2, 3]);
  });

  it('makes no second receipt of a command whose receipt was told from RAM', () => {
    const world = new LockWorld({ device: DEVICE }).boot().pair();
    world.pass(MINUTE_MS);
    world.flashFails = (key) => key.startsWith('report');
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(MINUTE_MS);
    assert.equal(receiptsOf(world.reports(), OWNER, ACTION.unlock, 0).length, 1);
    const next = world.reboot({ device: DEVICE });
    next.pass(MINUTE_MS);
    const all = [...world.reports(), ...next.reports()];
    assert.equal(receiptsOf(all, OWNER, ACTION.unlock, 0).length, 1);
  });

  it('says so by reports that live in RAM, under numbers that no boot will use again', () => {
    const world = new LockWorld({ device: DEVICE }).boot().pair();
    world.flashFails = true;
    world.grant(OWNER, 0, GUEST, {});
    world.pass(MINUTE_MS);
    assert.ok((world.lastReport().alarms & ALARM.storage) !== 0);
    const next = world.reboot({ device: DEVICE });
    const shown = Math.max(...world.published.map(({ seq }) => seq));
    const boot = next.reports().find(({ report }) => report.cause === 'boot') ?? assert.fail();
    assert.ok(boot.report.seq > shown);
  });

  it('asks for no tick at no time while its only report may not be shown: a timer would take that for now', () => {
    const world = new LockWorld({ device: DEVICE });
    // The boot is counted; its report has no leased number.
    world.flashFails = () => world.writes > 2;
    world.boot().pass(120 * MINUTE_MS, MINUTE_MS);
    const wakes = world.outputs.flatMap((output) => (output.kind === 'wake-at' ? [output.uptimeMs] : []));
    assert.ok(wakes.length > 0);
    for (const wake of wakes) assert.ok(Number.isFinite(wake), `woken at ${wake}`);
  });

  it('goes on with the settings that flash holds where it refuses others, and takes what one copy has', () => {
    const configure = (fails: (key: string) => boolean) => {
      const world = new LockWorld({ device: DEVICE }).boot().pair();
      world.press();
      world.pass(2_000);
      world.press();
      world.pass(2_000);
      assert.ok(world.openPairing());
      world.flashFails = fails;
      const settings = settingsWith({ texts: new Map([['auto-relock', '20']]) });
      const answer = world.ask({ kind: 'configure', settings });
      world.flashFails = false;
      world.press();
      world.pass(30_000);
      return { answer: answer?.kind, bolt: world.bolt };
    };
    assert.deepEqual(
      configure((key) => key.startsWith('identity')),
      { answer: 'refused', bolt: 'unlocked' },
    );
    assert.equal(configure(() => false).bolt, 'locked');
    let writes = 0;
    const isSecond = (key: string) => key.startsWith('identity') && ++writes === 2;
    assert.equal(configure(isSecond).bolt, 'locked');
  });
});
