import assert from 'node:assert/strict';
import { formatHex } from '../../firmware/protocol/hex.js';
import { localTime, UTC } from '../../firmware/protocol/time-zone.js';
import { EVERY_DAY } from '../../firmware/protocol/weekly-hours.js';
import { withLock, withPuppet } from './fixture.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';
import { LOCK, UNLOCK } from './test-lock.js';

const UNLOCK_THEN_RELOCK = 3;
const PRIVACY_ON = 4;
const PRIVACY_OFF = 5;

describe('a guest', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  it('opens from the grant on, and no more after the revocation', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const guest = await chain.newPerson();
      const early = await lock.signOrder(UNLOCK, { from: guest });
      puppet.show(early, lock.address);
      assert.equal(await lock.refusalOf(early.hash), 'unknown-sender');

      const before = lock.reports.at(-1)?.accessDigest16 ?? assert.fail();
      const granted = await lock.receiptOf(await lock.grant(guest.address));
      assert.notDeepEqual(granted.accessDigest16, before, 'the report tells of the grant');
      const receipt = await lock.obey(UNLOCK, guest);
      assert.equal(formatHex(receipt.lastCommand?.by ?? assert.fail()), guest.address.toLowerCase());
      await lock.obey(LOCK, guest);

      await lock.receiptOf(await lock.grant(guest.address, { rights: 0, serial: chain.nowSeconds + 1 }));
      assert.equal(await chain.revertOf(guest, ['command', [lock.order(UNLOCK)]]), 'NoRight');
      const late = await lock.signOrder(UNLOCK, { from: guest });
      puppet.show(late, lock.address);
      assert.equal(await lock.refusalOf(late.hash), 'unknown-sender');
      assert.equal(lock.world.moves, 2);
    }));

  it('opens inside the window of the terms only', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const guest = await chain.newPerson();
      const { nowSeconds } = chain;
      const window = { notBefore: nowSeconds + 60, notAfter: nowSeconds + 120 };
      await lock.receiptOf(await lock.grant(guest.address, window));
      assert.equal(await chain.revertOf(guest, ['command', [lock.order(UNLOCK)]]), 'OutsideWindow');
      const early = await lock.signOrder(UNLOCK, { from: guest });
      puppet.show(early, lock.address);
      assert.equal(await lock.refusalOf(early.hash), 'not-yet');
      assert.equal(lock.world.moves, 0);

      await lock.passTime(61);
      await lock.obey(UNLOCK, guest);

      await lock.passTime(61);
      assert.equal(await chain.revertOf(guest, ['command', [lock.order(LOCK)]]), 'OutsideWindow');
      const late = await lock.signOrder(LOCK, { from: guest });
      puppet.show(late, lock.address);
      assert.equal(await lock.refusalOf(late.hash), 'over');
      assert.equal(lock.world.moves, 1);
    }));

  it('does what the rights name and nothing else, whatever a node shows', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const guest = await chain.newPerson();
      await lock.obey(UNLOCK);
      await lock.receiptOf(await lock.grant(guest.address, { rights: 1 }));
      const refused = async (action: number) => {
        const signed = await lock.signOrder(action, { from: guest });
        puppet.show(signed, lock.address);
        return lock.refusalOf(signed.hash);
      };
      assert.equal(await refused(UNLOCK), 'rights');
      assert.equal(await refused(UNLOCK_THEN_RELOCK), 'rights');
      assert.equal(await refused(PRIVACY_OFF), 'not-owner');
      assert.equal(await chain.revertOf(guest, ['command', [lock.order(UNLOCK)]]), 'NoRight');
      await lock.obey(LOCK, guest);
      assert.equal(lock.world.moves, 2);
    }));

  it('cannot grant, and is not let in by a grant of his own', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const guest = await chain.newPerson();
      const friend = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address));
      const call = ['grant', [lock.id, friend.address, lock.terms()]] as const;
      assert.equal(await chain.revertOf(guest, call), 'NotOwner');
      const signed = await chain.sign(guest, lock.grantCall(friend.address));
      puppet.show(signed, lock.address);
      assert.equal(await lock.refusalOf(signed.hash), 'not-owner');
      const order = await lock.signOrder(UNLOCK, { from: friend });
      puppet.show(order, lock.address);
      assert.equal(await lock.refusalOf(order.hash), 'unknown-sender');
    }));

  it('has six orders a minute, and the owner as many as he likes', () =>
    withLock({ chain }, async (lock) => {
      const guest = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address));
      for (let i = 0; i < 6; i++) await lock.receiptOf(await lock.command(i % 2 ? LOCK : UNLOCK, guest));
      assert.equal(await lock.refusalOf(await lock.command(UNLOCK, guest)), 'rate');
      await lock.obey(UNLOCK);
      await lock.obey(LOCK);
      assert.equal(lock.world.moves, 8);
      await lock.passTime(61);
      await lock.obey(UNLOCK, guest);
    }));

  it("cannot undo the owner's later lock by an order that lasts no longer", () =>
    withLock({ chain }, async (lock) => {
      const guest = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address));
      const notAfter = chain.nowSeconds + 300;
      await lock.receiptOf(await lock.command(LOCK, lock.owner, { notAfter }));
      assert.equal(await lock.refusalOf(await lock.command(UNLOCK, guest, { notAfter })), 'barrier');
      await lock.obey(UNLOCK, guest, { notAfter: notAfter + 1 });
      assert.equal(lock.world.moves, 1);
    }));

  it('is kept out by privacy mode, until the owner or the inside button ends it', () =>
    withLock({ chain }, async (lock) => {
      const guest = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address));
      await lock.receiptOf(await lock.command(PRIVACY_ON));
      assert.equal(await lock.refusalOf(await lock.command(UNLOCK, guest)), 'privacy');
      assert.equal(await lock.refusalOf(await lock.command(UNLOCK)), 'privacy');
      await lock.receiptOf(await lock.command(PRIVACY_OFF));
      await lock.obey(UNLOCK, guest);
      await lock.obey(LOCK);
      await lock.receiptOf(await lock.command(PRIVACY_ON));
      await lock.press();
      await until('the button to open', () => lock.world.bolt === 'unlocked');
      await lock.obey(LOCK);
      await lock.obey(UNLOCK, guest, { notAfter: chain.nowSeconds + 400 });
    }));

  it('is refused on other weekdays than those of the terms', () =>
    withLock({ chain }, async (lock) => {
      const guest = await chain.newPerson();
      const { weekday } = localTime(UTC, chain.nowSeconds);
      // Neither today nor tomorrow: midnight may come meanwhile.
      const weekdays = EVERY_DAY & ~(1 << weekday) & ~(1 << ((weekday + 1) % 7));
      await lock.receiptOf(await lock.grant(guest.address, { weekdays }));
      assert.equal(await lock.refusalOf(await lock.command(UNLOCK, guest)), 'schedule');
      assert.equal(lock.world.moves, 0);
    }));

  it('opens as often as the terms say, over a power cut too', () =>
    withLock({ chain }, async (lock) => {
      const guest = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address, { uses: 2 }));
      await lock.obey(UNLOCK, guest);
      await lock.obey(LOCK, guest);
      await lock.obey(UNLOCK, guest);
      lock.host.cutPower();
      await lock.boot();
      await lock.obey(LOCK, guest);
      assert.equal(await lock.refusalOf(await lock.command(UNLOCK, guest)), 'uses');
      assert.equal(lock.world.moves, 4);
    }));

  it('opens while a node holds the revocation back, and never after it was shown', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const guest = await chain.newPerson();
      const { nowSeconds } = chain;
      // Signed before the revocation and never sent: what a liar keeps for later.
      const older = await chain.sign(
        lock.owner,
        lock.grantCall(guest.address, { serial: nowSeconds - 5 }),
        50,
      );
      await lock.receiptOf(await lock.grant(guest.address, { serial: nowSeconds - 10 }));
      const revocation = await lock.signGrant(guest.address, { rights: 0, serial: nowSeconds });
      puppet.hide(revocation.hash);
      await chain.broadcast(revocation);
      const order = await lock.signOrder(UNLOCK, { from: guest });
      puppet.show(order, lock.address);
      assert.equal((await lock.receiptOf(order.hash)).bolt, 'unlocked');
      await lock.obey(LOCK);

      puppet.release(revocation.hash);
      await lock.receiptOf(revocation.hash);
      const digest = lock.reports.at(-1)?.accessDigest16;
      puppet.show(older, lock.address);
      assert.equal(await lock.refusalOf(older.hash), 'serial');
      const again = await lock.signOrder(UNLOCK, { from: guest, nonce: 1, notAfter: chain.nowSeconds + 500 });
      puppet.show(again, lock.address);
      assert.equal(await lock.refusalOf(again.hash), 'unknown-sender');
      assert.deepEqual(lock.reports.at(-1)?.accessDigest16, digest, 'nobody was let in again');
      assert.equal(lock.world.moves, 2);
    }));
});
