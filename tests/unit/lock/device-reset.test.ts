import assert from 'node:assert/strict';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { adopt, enter } from './adopter.js';
import { LockWorld } from './fixture.js';
import { linkedReports } from './report-checks.js';
import { GUEST, OWNER, STRANGER } from './signer.js';
import type { Cut } from './world-options.js';

/** A lock with an owner, a guest, an adoption that waits and a history. */
function lived(): LockWorld {
  const world = new LockWorld().boot().pair();
  world.grant(OWNER, 0, GUEST, {});
  world.order(OWNER, 1, { action: ACTION.unlock });
  world.pass(5_000);
  assert.equal(adopt(world)?.kind, 'adoption');
  return world;
}

/** The same lock, switched on, its button held; the power may fail on the way. */
function hold(before: LockWorld, cut?: Cut): LockWorld {
  const world = before.reboot(cut === undefined ? {} : { cut });
  if (!world.isCut) world.give({ kind: 'button-held' });
  return world;
}

function isSameLock(a: LockWorld, b: LockWorld): boolean {
  return formatHex(a.lock) === formatHex(b.lock);
}

describe('a factory reset', () => {
  it('makes another lock of it, and leaves nothing of the old one', () => {
    const old = lived();
    const held = hold(old);
    assert.ok(held.isRestarting);
    assert.deepEqual(held.outputs.at(-1), { kind: 'restart' });
    const reset = held.reboot({ entropySeed: 0x21 });
    assert.ok(!isSameLock(old, reset));
    const { owner, seq, bootCount, adoption, alarms } = reset.lastReport();
    assert.deepEqual([owner, seq, bootCount, adoption], [undefined, 1, 1, undefined]);
    assert.equal(alarms & ~ALARM.clockUnsynchronised, 0);
    assert.deepEqual(reset.refusals(), []);
    const kept = [...reset.flash.keys()].filter((key) => !/^(identity|state)-[ab]$/.test(key));
    assert.deepEqual(kept, ['report-1'], 'its own boot report');
    linkedReports(reset.published);
    reset.pair(STRANGER);
    assert.deepEqual(reset.lastReport().owner, STRANGER.address);
    const next = reset.reboot();
    assert.ok(isSameLock(reset, next));
    assert.deepEqual(next.lastReport().owner, STRANGER.address);
    linkedReports([...reset.published, ...next.published]);
  });

  it('draws another key even where chance is stuck', () => {
    const old = lived();
    const reset = hold(old).reboot();
    assert.ok(!isSameLock(old, reset));
    assert.ok(isSameLock(reset, reset.reboot()));
  });

  it('works on a lock that nobody has paired', () => {
    const old = new LockWorld().boot();
    assert.ok(!isSameLock(old, hold(old).reboot({ entropySeed: 0x21 })));
  });

  it('is nothing where flash refuses it', () => {
    const world = lived();
    world.flashFails = true;
    world.give({ kind: 'button-held' });
    assert.equal(world.isRestarting, false);
    world.flashFails = false;
    const next = world.reboot({ entropySeed: 0x21 });
    assert.ok(isSameLock(world, next));
    assert.deepEqual(next.lastReport().owner, OWNER.address);
  });

  it('tries again at the next boot where flash refuses the new lock', () => {
    const old = lived();
    const held = hold(old);
    const failing = new LockWorld({ flash: held.flash, entropySeed: 0x21 });
    failing.flashFails = true;
    failing.boot();
    assert.ok(failing.isRestarting);
    assert.deepEqual(failing.published, []);
    const reset = failing.reboot({ entropySeed: 0x22 });
    assert.ok(!isSameLock(old, reset));
    assert.equal(reset.lastReport().owner, undefined);
  });

  for (const how of ['before', 'torn', 'after'] as const) {
    it(`is the old lock whole or a new one, with the power cut ${how} any write`, () => {
      const old = lived();
      const asking = hold(old).writes;
      for (let atWrite = 1; atWrite <= asking; atWrite++) {
        const next = hold(old, { atWrite, how }).reboot({ entropySeed: 0x21 });
        assertWhole(old, next, `${how} ${atWrite} while it is asked`);
      }
      const asked = hold(old);
      const whole = asked.reboot({ entropySeed: 0x21 });
      for (let atWrite = 1; atWrite <= whole.writes; atWrite++) {
        const first = asked.reboot({ entropySeed: 0x21, cut: { atWrite, how } });
        assert.ok(first.isCut);
        const next = first.reboot({ entropySeed: 0x22 });
        assert.ok(!isSameLock(old, next), `${how} ${atWrite}: the old key lives`);
        assertWhole(old, next, `${how} ${atWrite}`);
      }
    }).timeout(60_000);
  }

  /** Never half: the old key with the old state, or a new key with none, and reports of one chain alone. */
  function assertWhole(old: LockWorld, next: LockWorld, what: string): void {
    const last = next.lastReport();
    if (isSameLock(old, next)) {
      assert.deepEqual([last.owner, last.adoption?.epoch], [OWNER.address, 2], what);
      return;
    }
    linkedReports(next.published);
    assert.deepEqual([last.owner, last.adoption], [undefined, undefined], what);
    // A record that was torn by the cut is told.
    assert.equal(last.alarms & ~(ALARM.clockUnsynchronised | ALARM.recordRefused), 0, what);
    for (const { lock20 } of next.reports()) assert.deepEqual(lock20, next.lock, what);
    next.pair(STRANGER);
    const after = next.reboot({ entropySeed: 0x23 });
    assert.ok(isSameLock(next, after), what);
    assert.deepEqual(after.lastReport().owner, STRANGER.address, what);
    assert.equal(after.flash.has('reset'), false, what);
  }
});

describe('a lock whose flash rots', () => {
  const without = (world: LockWorld, ...keys: readonly string[]) => {
    const flash = new Map(world.flash);
    for (const key of keys) flash.set(key, new Uint8Array(40));
    const next = new LockWorld({ flash, entropySeed: 0x21 });
    next.startSeconds = world.nowSeconds;
    return next.boot();
  };

  it('keeps its key and its owner while one copy of each record is whole', () => {
    const world = new LockWorld().boot().pair();
    for (const copy of ['a', 'b']) {
      const next = without(world, `identity-${copy}`);
      assert.ok(isSameLock(world, next), copy);
      assert.deepEqual(next.lastReport().owner, OWNER.address, copy);
    }
  });

  it('is paired by nobody once it has lost its owner, and says so, until it is reset', () => {
    const world = new LockWorld().boot().pair();
    let lost = without(world, 'state-a', 'state-b');
    for (let boot = 0; boot < 3; boot++) {
      assert.ok(isSameLock(world, lost));
      assert.equal(lost.lastReport().owner, undefined);
      assert.ok(lost.lastReport().alarms & ALARM.recordRefused);
      enter(lost);
      assert.deepEqual(lost.ask(lost.pairRequest(STRANGER)), { kind: 'refused', reason: 'record' });
      lost = lost.reboot();
    }
    linkedReports([...world.published, ...lost.published]);
    lost.give({ kind: 'button-held' });
    const reset = lost.reboot({ entropySeed: 0x22 });
    assert.ok(!isSameLock(world, reset));
    reset.pair(STRANGER);
    assert.deepEqual(reset.lastReport().owner, STRANGER.address);
  });

  it('is as lost where its key is gone, or all of it', () => {
    const world = new LockWorld().boot().pair();
    for (const keys of [
      ['identity-a', 'identity-b'],
      ['identity-a', 'identity-b', 'state-a', 'state-b'],
    ]) {
      let lost = without(world, ...keys);
      assert.ok(!isSameLock(world, lost));
      for (let boot = 0; boot < 2; boot++) {
        assert.equal(lost.lastReport().owner, undefined);
        assert.ok(lost.lastReport().alarms & ALARM.recordRefused);
        enter(lost);
        assert.deepEqual(lost.ask(lost.pairRequest(STRANGER)), { kind: 'refused', reason: 'record' });
        lost = lost.reboot();
      }
    }
  });

  it('is a new one where nobody had paired it', () => {
    const world = new LockWorld().boot();
    const next = without(world, 'identity-a', 'identity-b');
    next.pair(STRANGER);
    assert.deepEqual(next.lastReport().owner, STRANGER.address);
    const stateless = new LockWorld().boot();
    stateless.flash.delete('state-a');
    stateless.flash.delete('state-b');
    assert.deepEqual(stateless.reboot().pair().lastReport().owner, OWNER.address);
  });
});
