import assert from 'node:assert/strict';
import { encodeFunctionData, type Hex } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { IoError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { withLock as openPairing, pairLock } from '../../tools/latchkey/owner/pairing-client.js';
import { handoverWord } from '../contracts/words.js';
import { withLock, withPuppet } from './fixture.js';
import { patiently, until } from './patience.js';
import { TestChain } from './test-chain.js';
import { LOCK, type TestLock, UNLOCK } from './test-lock.js';

describe('a lock that changes hands', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  const lastReport = (lock: TestLock) => lock.reports.at(-1) ?? assert.fail();
  const ownerIn = (lock: TestLock) => formatHex(lastReport(lock).owner ?? assert.fail());

  it('obeys the new owner after a handover, and the old one and his guests no more', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const guest = await chain.newPerson();
      const buyer = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address));
      await lock.obey(UNLOCK, guest);
      const receipt = await lock.receiptOf(await lock.handover(lock.owner, buyer.address, 1));
      assert.equal(receipt.epoch, 2, 'the report that a buyer waits for');
      assert.equal(ownerIn(lock), buyer.address.toLowerCase());
      await lock.obey(LOCK, buyer, { epoch: 2 });

      assert.equal(
        await chain.revertOf(lock.owner, ['command', [lock.order(UNLOCK, { epoch: 2 })]]),
        'NoRight',
      );
      for (const from of [lock.owner, guest]) {
        for (const epoch of [1, 2]) {
          const order = await lock.signOrder(UNLOCK, { from, epoch });
          puppet.show(order, lock.address);
          assert.equal(await lock.refusalOf(order.hash), 'unknown-sender');
        }
      }
      assert.equal(lock.world.moves, 2);
    }));

  it('obeys a buy-back, and nothing that was signed before it', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const guest = await chain.newPerson();
      const buyer = await chain.newPerson();
      await lock.receiptOf(await lock.grant(guest.address));
      const old = await lock.signOrder(UNLOCK, { notAfter: chain.nowSeconds + 800, nonce: 90 });
      const oldGrant = await lock.signGrant(guest.address, { serial: chain.nowSeconds + 5 });
      await lock.receiptOf(await lock.handover(lock.owner, buyer.address, 1));
      const receipt = await lock.receiptOf(await lock.handover(buyer, lock.owner.address, 2));
      assert.equal(receipt.epoch, 3);
      assert.equal(ownerIn(lock), lock.owner.address.toLowerCase());

      puppet.show(old, lock.address);
      assert.equal(await lock.refusalOf(old.hash), 'epoch');
      puppet.show(oldGrant, lock.address);
      assert.equal(await lock.refusalOf(oldGrant.hash), 'epoch');
      const guests = await lock.signOrder(UNLOCK, { from: guest, epoch: 3 });
      puppet.show(guests, lock.address);
      assert.equal(await lock.refusalOf(guests.hash), 'unknown-sender');
      assert.equal(lock.world.moves, 0);
      await lock.obey(UNLOCK, lock.owner, { epoch: 3 });
    }));

  it('is not handed over a second time by the first handover shown again', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const buyer = await chain.newPerson();
      const second = await chain.sign(lock.owner, handoverCall(lock, buyer.address, 1, 5), 60);
      await lock.receiptOf(await lock.handover(lock.owner, buyer.address, 1));
      await lock.receiptOf(await lock.handover(buyer, lock.owner.address, 2));
      puppet.show(second, lock.address);
      assert.equal(await lock.refusalOf(second.hash), 'epoch');
      assert.equal(ownerIn(lock), lock.owner.address.toLowerCase());
    }));

  it('stays with the pinned key after a plain transfer of the token, until a handover it can verify', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const friend = await chain.newPerson();
      await chain.send(lock.owner, ['transferFrom', [lock.owner.address, friend.address, lock.id]]);
      assert.equal(
        await chain.revertOf(lock.owner, ['command', [lock.order(UNLOCK, { epoch: 2 })]]),
        'NoRight',
      );
      const wish = await lock.command(UNLOCK, friend, { epoch: 2 });
      assert.equal(await lock.refusalOf(wish), 'unknown-sender');
      // The lock cannot know of the sale: what the pinned key signs for the lock's own epoch is obeyed.
      const pinned = await lock.signOrder(UNLOCK);
      puppet.show(pinned, lock.address);
      assert.equal((await lock.receiptOf(pinned.hash)).epoch, 1);
      assert.equal(lock.world.bolt, 'unlocked');

      await chain.send(friend, ['transferFrom', [friend.address, lock.owner.address, lock.id]]);
      assert.equal(await lock.refusalOf(await lock.command(LOCK, lock.owner, { epoch: 3 })), 'epoch');
      const receipt = await lock.receiptOf(await lock.handover(lock.owner, lock.owner.address, 1, 4));
      assert.equal(receipt.epoch, 4, 'a handover to himself brings lock and chain together');
      await lock.obey(LOCK, lock.owner, { epoch: 4 });
    }));

  it('keeps its owner when a forged transfer and handover come with a press of the inside button', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const thief = await chain.newPerson();
      const args = [lock.owner.address, thief.address, lock.id] as const;
      const data = encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'transferFrom', args });
      // Even where the owner did sign it: no transfer commands a lock.
      for (const from of [thief, lock.owner]) {
        const transfer = await chain.sign(from, data, 70);
        puppet.show(transfer, lock.address);
        assert.equal(await lock.refusalOf(transfer.hash), 'selector');
      }
      const forged = await chain.sign(thief, handoverCall(lock, thief.address, 1, 2));
      puppet.show(forged, lock.address);
      await lock.press();
      assert.equal(await lock.refusalOf(forged.hash), 'unknown-sender');
      await until('the button to turn the bolt', () => lock.world.bolt === 'unlocked');
      const order = await lock.signOrder(UNLOCK, { from: thief, epoch: 2 });
      puppet.show(order, lock.address);
      assert.equal(await lock.refusalOf(order.hash), 'unknown-sender');
      const { cause } = await until('the report of the button', () =>
        lock.reports.find((report) => report.cause === 'button'),
      );
      assert.equal(cause, 'button');
      assert.equal(ownerIn(lock), lock.owner.address.toLowerCase());
      assert.equal(lastReport(lock).epoch, 1);
      await lock.obey(LOCK);
    }));

  it('refuses a new pairing with the right secret and a press of the button', () =>
    withLock({ chain }, async (lock) => {
      const thief = await chain.newPerson();
      await lock.press();
      await until('the button to turn the bolt', () => lock.world.bolt === 'unlocked');
      await assert.rejects(
        pairLock({
          ...lock.pairingOptions(thief.address),
          endpoints: [chain.anvil.rpcUrl],
          startBlock: 0,
          deadlineSeconds: chain.nowSeconds + 600,
        }),
        (error) => error instanceof IoError && /refused pairing: pairing-closed/.test(error.message),
      );
      await until('the refusal', () => lock.refusals.includes('pairing-closed'));
      await lock.obey(LOCK);
      assert.equal(ownerIn(lock), lock.owner.address.toLowerCase());
    }));

  it('lets nobody near the pairing channel without the button, or without the secret', () =>
    withLock({ chain }, async (lock) => {
      const { port, secret16 } = lock.pairingOptions(lock.owner.address);
      // One connection at a time: the one before may still be closing.
      const open = (secret: Uint8Array) =>
        patiently(/closed the pairing connection/, () =>
          openPairing({ port, secret16: secret }, async (channel) => channel.paired),
        );
      // The press that paired it counts for two minutes.
      await lock.passTime(121);
      await assert.rejects(open(secret16), /refused pairing: pairing-closed/);
      await lock.press();
      await until('the button to turn the bolt', () => lock.world.bolt === 'unlocked');
      const wrong = Uint8Array.from(secret16, (byte) => byte ^ 1);
      await assert.rejects(open(wrong), /refused pairing: pairing-secret/);
      assert.equal(await open(secret16), true);
    }));
});

function handoverCall(lock: TestLock, to: Hex, epoch: number, newEpoch: number): Hex {
  const word = handoverWord(epoch, newEpoch, lock.chain.nowSeconds + 86_400);
  const args = [lock.id, to, word] as const;
  return encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'handover', args });
}
