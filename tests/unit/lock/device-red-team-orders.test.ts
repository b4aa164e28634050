import assert from 'node:assert/strict';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { GUEST_ORDERS_PER_WINDOW_MAX, WAITING_COMMANDS_MAX } from '../../../firmware/protocol/limits.js';
import { MODE } from '../../../firmware/protocol/mode.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld, settingsWith } from './fixture.js';
import { GUEST, OWNER, person, STRANGER } from './signer.js';

describe('Device and flash that refuses one write', () => {
  for (const [action, mode] of [
    [ACTION.vacationOn, MODE.vacation],
    [ACTION.privacyOn, MODE.privacy],
    [ACTION.passageOn, MODE.passage],
  ] as const) {
    it(`still obeys the owner's order ${action}, which opens nothing, once flash works again`, () => {
      const world = new LockWorld().boot().pair();
      world.grant(OWNER, 0, GUEST, {});
      world.pass(3_000);
      world.flashFails = true;
      world.order(OWNER, 1, { action });
      world.pass(2_000);
      assert.ok(world.refusals().includes('storage'));
      world.flashFails = false;
      world.pass(30_000);
      assert.equal(world.lastReport().modes, mode);
    });
  }

  it("still obeys the owner's lock that names the challenge of the first try", () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    world.pass(3_000);
    world.flashFails = true;
    const challenge4 = world.lastReport().nonce.subarray(0, 4);
    world.order(OWNER, 1, { action: ACTION.lock, challenge4 });
    world.pass(2_000);
    assert.ok(world.refusals().includes('storage'));
    world.flashFails = false;
    world.pass(30_000);
    assert.deepEqual(world.driven, ['locked']);
    assert.notDeepEqual(world.lastReport().nonce.subarray(0, 4), challenge4);
  });

  it("still obeys the owner's lock, where a grant that waited for the clock was judged while it was written", () => {
    const first = new LockWorld().boot().pair();
    first.press();
    const world = first.reboot({ clockless: true, bolt: 'unlocked' });
    world.grant(OWNER, 0, GUEST, {});
    world.pass(3_000);
    assert.equal(world.refusals().at(-1), 'clock');
    const fails = new Set([world.writes + 1]);
    world.flashFails = () => fails.has(world.writes);
    world.flashIsSlow = true;
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(3_000);
    world.tellTime();
    world.flashIsSlow = false;
    world.answerFlash();
    world.pass(30_000);
    assert.deepEqual(world.driven, ['locked']);
    assert.ok(!world.refusals().includes('replayed'));
    assert.equal(
      world.notices.filter((notice) => notice.event === 'verified' && notice.command === 'grant').length,
      1,
    );
  });
});

describe('Device, several endpoints and an order that waits', () => {
  const [HONEST, LIAR] = ['http://honest.example/', 'http://liar.example/'] as const;

  /** Both endpoints have read all; then a grant that the honest one does not show yet makes guests' openings wait. */
  function waiting(endpoints: readonly string[]): { readonly world: LockWorld; readonly show: () => void } {
    const world = new LockWorld().boot().pair(OWNER, endpoints);
    world.grant(OWNER, 0, GUEST, {});
    world.pass(5_000);
    const later = world.grant(OWNER, 1, STRANGER, {});
    let isHidden = true;
    world.answer = (method, params, url) => {
      if (method !== 'eth_getTransactionByHash' || params[0] !== formatHex(later.hash)) return undefined;
      return url === LIAR || isHidden ? null : undefined;
    };
    world.order(GUEST, 0, { action: ACTION.unlock });
    world.pass(3_000);
    return {
      world,
      show: () => {
        isHidden = false;
      },
    };
  }

  for (const endpoints of [
    [HONEST, LIAR],
    [LIAR, HONEST],
  ]) {
    it(`obeys it once the honest one has told all, whoever else has shown it; asked first: ${endpoints[0]}`, () => {
      const { world, show } = waiting(endpoints);
      assert.deepEqual(world.driven, []);
      show();
      world.pass(60_000);
      assert.deepEqual(world.driven, ['unlocked']);
    });
  }

  it('takes one turn of the guest for it, however often it is shown before it is obeyed', () => {
    const { world, show } = waiting([LIAR, HONEST]);
    for (let i = 1; i < GUEST_ORDERS_PER_WINDOW_MAX; i++) {
      world.order(GUEST, i, { action: ACTION.lock });
      world.pass(2_000);
    }
    show();
    world.pass(20_000);
    assert.ok(!world.refusals().includes('rate'));
  });
});

describe('Device without a clock', () => {
  it('loses none of many grants that it reads before it knows the time', () => {
    const first = new LockWorld().boot().pair();
    first.pass(3_000);
    const world = first.reboot({ clockless: true });
    const guests = Array.from({ length: 3 * WAITING_COMMANDS_MAX }, (_, i) => person(30 + i));
    for (const [nonce, guest] of guests.entries()) world.grant(OWNER, nonce, guest, {});
    world.pass(20_000);
    assert.ok(world.refusals().includes('clock'));
    world.tellTime();
    world.pass(20_000);
    const next = world.reboot();
    for (const [i, guest] of guests.entries()) {
      next.driven.length = 0;
      next.order(guest, 0, { action: i % 2 === 0 ? ACTION.unlock : ACTION.lock });
      next.pass(2_000);
      assert.equal(next.driven.length, 1, `guest ${i}`);
    }
  });
});

describe('Device and passage', () => {
  it('locks when its hours are over, over a power cut too, where one round switched it on and unlocked', () => {
    // NOW is a Friday, 08:00 UTC.
    const world = new LockWorld({ texts: new Map([['passage-hours', 'mon-sun 00:00-23:00']]) }).boot().pair();
    world.order(OWNER, 0, { action: ACTION.passageOn });
    world.order(OWNER, 1, { action: ACTION.unlock });
    world.pass(5_000);
    assert.deepEqual(world.driven, ['unlocked']);
    const next = world.reboot();
    next.pass(24 * 3_600_000, 20_000);
    assert.deepEqual(next.driven, ['locked']);
  });
});

describe('Device and its heartbeats', () => {
  it('come as often as the setting says, from the next one on where it changes', () => {
    const world = new LockWorld({ texts: new Map([['heartbeat', '60']]) }).boot().pair();
    const count = () => world.reports().filter(({ report }) => report.cause === 'heartbeat').length;
    world.pass(59 * 60_000, 20_000);
    assert.equal(count(), 0);
    world.pass(3 * 60_000, 20_000);
    assert.equal(count(), 1);
    world.press();
    world.openPairing();
    const settings = settingsWith({ texts: new Map([['heartbeat', '1']]) });
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
    world.pass(62 * 60_000, 20_000);
    assert.ok(count() > 3);
  });
});
