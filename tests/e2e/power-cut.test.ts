import assert from 'node:assert/strict';
import { withLock, withPuppet } from './fixture.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';
import { LOCK, type TestLock, UNLOCK } from './test-lock.js';

const UNLOCK_THEN_RELOCK = 3;
const RELOCK_MS = 1_000;
const MOMENTS = ['before', 'torn', 'after'] as const;

describe('a power cut', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  const off = (lock: TestLock) => until('the power to go', () => !lock.host.powered);
  /** Verified receipts of the owner's order with this nonce, by what they say and not by who told of them. */
  const receiptsOf = (lock: TestLock, nonce: number) =>
    lock.reports.filter(
      ({ cause, lastCommand }) => cause === 'command' && lastCommand?.nonce === BigInt(nonce),
    );
  const oneReceiptOf = async (lock: TestLock, nonce: number) => {
    const receipt = await until(`a receipt of nonce ${nonce}`, () => receiptsOf(lock, nonce)[0]);
    await lock.pollsPass(2);
    assert.equal(receiptsOf(lock, nonce).length, 1, 'one receipt, not more');
    return receipt;
  };

  it('between persist and drive: the unlock is not taken up, and its receipt says so after the boot', () =>
    withLock({ chain }, async (lock) => {
      lock.host.cutPowerAtWrite(1, 'after');
      const order = await lock.signOrder(UNLOCK);
      await chain.broadcast(order);
      await off(lock);
      assert.equal(lock.world.moves, 0, 'persisted, not driven');
      await lock.boot();
      const receipt = await oneReceiptOf(lock, order.nonce);
      assert.equal(receipt.bolt, 'locked', 'the receipt is honest: the bolt did not move');
      assert.equal(receipt.lastCommand?.reason, 'none');
      assert.equal(receipt.bootCount, 2);
      assert.equal(lock.world.moves, 0);
      await lock.obey(UNLOCK);
    }));

  it('between persist and drive: the lock is taken up, and its receipt says where the bolt is', () =>
    withLock({ chain }, async (lock) => {
      await lock.obey(UNLOCK);
      lock.host.cutPowerAtWrite(1, 'after');
      const order = await lock.signOrder(LOCK);
      await chain.broadcast(order);
      await off(lock);
      assert.equal(lock.world.bolt, 'unlocked');
      await lock.boot();
      const receipt = await oneReceiptOf(lock, order.nonce);
      assert.equal(receipt.bolt, 'locked');
      assert.equal(lock.world.bolt, 'locked');
      assert.equal(lock.world.moves, 2);
    }));

  it('leaves the guard: what was below it is refused after the boot, whoever shows it', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const older = await lock.signOrder(UNLOCK);
      const order = await lock.signOrder(LOCK, { nonce: older.nonce + 1 });
      puppet.hide(older.hash);
      await chain.broadcast(older);
      lock.host.cutPowerAtWrite(1, 'after');
      await chain.broadcast(order);
      await off(lock);
      puppet.release(older.hash);
      await lock.boot();
      assert.equal(await lock.refusalOf(older.hash), 'replayed');
      assert.equal(lock.world.moves, 0);
    }));

  for (const action of [UNLOCK, LOCK]) {
    for (const write of [1, 2]) {
      for (const moment of MOMENTS) {
        const name = action === LOCK ? 'a lock' : 'an unlock';
        it(`${moment === 'torn' ? 'in' : moment} write ${write} of ${name}: at most one movement, one receipt, no report lost`, () =>
          withLock({ chain }, async (lock) => {
            if (action === LOCK) await lock.obey(UNLOCK);
            const { moves } = lock.world;
            const from = lock.world.bolt;
            lock.host.cutPowerAtWrite(write, moment);
            const order = await lock.signOrder(action);
            await chain.broadcast(order);
            await off(lock);
            await lock.boot();
            const receipt = await oneReceiptOf(lock, order.nonce);
            const isDropped = action === UNLOCK && write === 1 && moment === 'after';
            assert.equal(receipt.bolt, isDropped ? from : action === LOCK ? 'locked' : 'unlocked');
            assert.equal(lock.world.bolt, receipt.bolt);
            assert.equal(lock.world.moves, moves + (isDropped ? 0 : 1));
            await lock.obey(action === LOCK ? UNLOCK : LOCK);
            await lock.obey(action);
          }));
      }
    }
  }

  for (const action of [UNLOCK, LOCK]) {
    it(`while the bolt ${action === LOCK ? 'locks: it is locked' : 'unlocks: it stays where it is'} after the boot`, () =>
      withLock({ chain }, async (lock) => {
        if (action === LOCK) await lock.obey(UNLOCK);
        const order = await lock.signOrder(action);
        const cut = new Promise<void>((resolve) => {
          const stop = lock.host.on((event) => {
            if (event.kind !== 'notice' || event.notice.event !== 'bolt') return;
            if (event.notice.position !== 'moving') return;
            stop();
            // Somewhere on its way of 40 ms.
            setTimeout(() => {
              lock.host.cutPower();
              resolve();
            }, 10);
          });
        });
        await chain.broadcast(order);
        await cut;
        assert.equal(lock.world.bolt, 'between');
        const { moves } = lock.world;
        await lock.boot();
        const receipt = await oneReceiptOf(lock, order.nonce);
        assert.equal(receipt.bolt, action === LOCK ? 'locked' : 'unknown', 'never locked unless it is');
        assert.equal(lock.world.bolt, action === LOCK ? 'locked' : 'between');
        assert.equal(lock.world.moves, action === LOCK ? moves + 1 : moves);
        await lock.obey(LOCK);
      }));
  }

  it('after an unlock that is to relock: the relock is taken up', () =>
    withLock({ chain, host: { relockMs: RELOCK_MS } }, async (lock) => {
      const order = await lock.signOrder(UNLOCK_THEN_RELOCK);
      await chain.broadcast(order);
      assert.equal((await lock.receiptOf(order.hash)).bolt, 'unlocked');
      lock.host.cutPower();
      await lock.boot();
      await until('the relock', () => lock.world.bolt === 'locked');
      await until('its report', () => lock.reports.some(({ cause }) => cause === 'relock'));
      assert.equal(lock.world.moves, 2);
      assert.equal(receiptsOf(lock, order.nonce).length, 1);
    }));

  it('at any time loses no report and doubles none, over many boots', () =>
    withLock({ chain }, async (lock) => {
      let turn = UNLOCK;
      for (let boot = 0; boot < 6; boot++) {
        await lock.obey(turn);
        turn = turn === UNLOCK ? LOCK : UNLOCK;
        lock.host.cutPower();
        await lock.boot();
      }
      assert.equal(lock.reports.filter(({ cause }) => cause === 'command').length, 6);
      assert.equal(lock.reports.filter(({ cause }) => cause === 'boot').length, 7);
      assert.equal(lock.reports.at(-1)?.bootCount, 7);
      assert.equal(lock.world.moves, 6);
    }));

  it('while grants are there leaves the guests that the owner let in', () =>
    withLock({ chain }, async (lock) => {
      const guest = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address));
      lock.host.cutPower();
      await lock.boot();
      await lock.obey(UNLOCK, guest);
    }));

  it('with flash that no longer writes: nothing moves, and the refusal is named', () =>
    withLock({ chain }, async (lock) => {
      lock.host.flash.setFailing(true);
      const order = await lock.signOrder(UNLOCK);
      await chain.broadcast(order);
      assert.equal(await lock.refusalOf(order.hash), 'storage');
      assert.equal(lock.world.moves, 0);
      lock.host.flash.setFailing(false);
      await lock.obey(UNLOCK);
    }));
});
