import assert from 'node:assert/strict';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { LOCKOUT_ATTEMPTS_MAX, LOCKOUT_MS } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { LockWorld, settingsWith } from './fixture.js';
import { GUEST, OWNER, STRANGER, URL } from './signer.js';
import type { WorldOptions } from './world-options.js';

const BERLIN = 'CET-1CEST,M3.5.0,M10.5.0/3';

/** A lock with these settings, just paired. */
function pairedWith(
  texts: Readonly<Record<string, string>>,
  endpoints: readonly string[] = [URL],
  options: WorldOptions = {},
): LockWorld {
  const world = new LockWorld(options).boot();
  world.press();
  world.openPairing();
  const request = world.pairRequest();
  assert.ok(request.kind === 'pair');
  const settings = settingsWith({ endpoints, texts: new Map(Object.entries(texts)) });
  assert.equal(world.ask({ ...request, settings })?.kind, 'paired');
  world.give({ kind: 'pairing-closed' });
  return world;
}

/** The last refusal that was not told before. */
function refusalOf(world: LockWorld, act: () => void, ms = 3_000): string | undefined {
  const before = world.refusals().length;
  act();
  world.pass(ms);
  return world.refusals().slice(before).at(-1);
}

describe('Device and a guest’s hours', () => {
  it('opens within them by the lock’s own clock, and lets the guest lock at any hour', () => {
    const world = pairedWith({ 'time-zone': BERLIN });
    // It is Monday, 16:13 in Berlin.
    world.grant(OWNER, 0, GUEST, { weekdays: 1, dayStartMinutes: 17 * 60, dayEndMinutes: 18 * 60 });
    world.pass(2_000);
    assert.equal(
      refusalOf(world, () => world.order(GUEST, 0, { action: ACTION.unlock })),
      'schedule',
    );
    world.order(GUEST, 1, { action: ACTION.lock });
    world.pass(47 * 60_000, 60_000);
    world.driven.length = 0;
    world.order(GUEST, 2, { action: ACTION.unlock });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked']);
  });
});

describe('Device and a guest who is refused again and again', () => {
  /** Orders that the guest's terms never allowed; the grant is an hour old, so that they are its own doing. */
  function withGuest(): LockWorld {
    const world = pairedWith({});
    world.grant(OWNER, 0, GUEST, { serial: world.nowSeconds - 3_600, dayStartMinutes: 0, dayEndMinutes: 60 });
    world.grant(OWNER, 1, STRANGER, { serial: world.nowSeconds - 3_600 });
    world.pass(2_000);
    return world;
  }

  it('locks the guest out for a while and says so; the owner and others come and go', () => {
    const world = withGuest();
    for (let i = 0; i < LOCKOUT_ATTEMPTS_MAX; i++) {
      const attempt = () => world.order(GUEST, i, { action: ACTION.unlock });
      assert.equal(refusalOf(world, attempt, 11_000), 'schedule');
    }
    assert.equal(world.lastReport().alarms & ALARM.wrongAttempts, ALARM.wrongAttempts);
    assert.equal(
      refusalOf(world, () => world.order(GUEST, 10, { action: ACTION.unlock })),
      'lockout',
    );
    for (const [person, nonce] of [
      [OWNER, 2],
      [STRANGER, 0],
    ] as const) {
      world.driven.length = 0;
      world.order(person, nonce, { action: ACTION.unlock });
      world.order(person, nonce + 1, { action: ACTION.lock });
      world.order(person, nonce + 2, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 400 });
      world.pass(3_000);
      assert.deepEqual(world.driven.at(-1), 'unlocked');
      world.order(OWNER, 10 + nonce, { action: ACTION.lock, notAfterSeconds: world.nowSeconds + 300 });
      world.pass(3_000);
    }
    world.pass(LOCKOUT_MS, 10_000);
    assert.equal(
      refusalOf(world, () => world.order(GUEST, 11, { action: ACTION.unlock })),
      'schedule',
    );
  });

  it('is not made to do so by a node that holds orders back until the hours are over', () => {
    const world = pairedWith({});
    // The hours end at 14:20 in Greenwich; it is 14:13.
    world.grant(OWNER, 0, GUEST, {
      serial: world.nowSeconds - 3_600,
      dayStartMinutes: 0,
      dayEndMinutes: 860,
    });
    world.pass(2_000);
    const notAfterSeconds = world.nowSeconds + 900;
    const held = Array.from({ length: 2 * LOCKOUT_ATTEMPTS_MAX }, (_, i) =>
      world.signOrder(GUEST, i, { action: ACTION.unlock, notAfterSeconds }),
    );
    world.pass(420_000, 10_000);
    for (const order of held)
      assert.equal(
        refusalOf(world, () => world.show(order), 12_000),
        'schedule',
      );
    assert.equal(world.lastReport().alarms & ALARM.wrongAttempts, 0);
  });

  it('is not made to do so by a node that shows the guest’s past', () => {
    const world = withGuest();
    for (let i = 0; i < 36; i++) {
      world.order(STRANGER, i, { action: ACTION.unlock });
      world.pass(11_000);
    }
    const past = [...world.chain];
    // Another boot, which remembers fewer transactions than a liar can show.
    const next = world.reboot();
    for (const mined of past) next.show(mined);
    next.pass(10_000);
    assert.ok(next.refusals().includes('expired'));
    assert.equal(next.lastReport().alarms & ALARM.wrongAttempts, 0);
    next.order(STRANGER, 40, { action: ACTION.lock });
    next.pass(2_000);
    assert.deepEqual(next.driven, ['locked'], 'nor were its turns used up');
  });
});

describe('Device and a guest under duress', () => {
  function opened(texts: Readonly<Record<string, string>>, options: WorldOptions = {}): LockWorld {
    const world = pairedWith(texts, [URL], options);
    world.grant(OWNER, 0, GUEST, {});
    world.pass(2_000);
    world.notices.length = 1;
    world.outputs.length = 0;
    world.order(GUEST, 0, { action: ACTION.unlock });
    world.pass(3_000);
    return world;
  }
  const duress = { 'duress-guests': formatHex(GUEST.address) };

  it('says it first of all in the receipt of the opening, until the owner orders', () => {
    const world = opened(duress);
    const receipts = world.reports().filter(({ report }) => report.cause === 'command');
    assert.deepEqual(
      receipts.map(({ report }) => report.alarms & ALARM.duress),
      [0, ALARM.duress],
      'the grant, then the opening',
    );
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(3_000);
    assert.equal(world.lastReport().alarms & ALARM.duress, 0);
  });

  it('shows nothing different at the door, nor in when it speaks to whom', () => {
    const shape = (world: LockWorld) =>
      world.outputs.map((output) =>
        output.kind === 'notice' ? `notice ${output.notice.event}` : output.kind,
      );
    assert.deepEqual(shape(opened(duress)), shape(opened({ 'duress-guests': formatHex(STRANGER.address) })));
  });

  it('says nothing of a lock, of another guest, or of a refused opening', () => {
    const world = opened({ 'duress-guests': formatHex(STRANGER.address) });
    world.grant(OWNER, 1, STRANGER, { rights: 1 });
    world.pass(2_000);
    world.order(STRANGER, 0, { action: ACTION.lock });
    world.order(STRANGER, 1, { action: ACTION.unlock });
    world.pass(3_000);
    assert.equal(world.refusals().at(-1), 'rights');
    for (const { report } of world.reports()) assert.equal(report.alarms & ALARM.duress, 0);
  });

  it('says it after a power cut between the record and the receipt', () => {
    const whole = opened(duress);
    const reports = whole.writes;
    // The last write is the receipt's.
    const cut = opened(duress, { cut: { atWrite: reports, how: 'before' } });
    assert.equal(cut.isCut, true);
    const next = cut.reboot();
    next.pass(5_000);
    const receipt = next.reports().find(({ report }) => report.cause === 'command');
    assert.equal((receipt?.report.alarms ?? 0) & ALARM.duress, ALARM.duress);
  });
});
