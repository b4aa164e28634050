import assert from 'node:assert/strict';
import { withLock } from './fixture.js';
import { type Signed, TestChain } from './test-chain.js';
import { LOCK, type TestLock, UNLOCK } from './test-lock.js';

describe('a reorganisation of the chain', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  const mine = (blocks: number) => chain.rpc('anvil_mine', `0x${blocks.toString(16)}`, '0x0');
  const reorg = (depth: number, pairs: readonly (readonly [string, number])[] = []) =>
    chain.rpc('anvil_reorg', depth, pairs);

  /** An obeyed unlock that lies `depth` blocks below the head, the last of them included. */
  async function unlockAtDepth(lock: TestLock, depth: number): Promise<Signed> {
    const order = await lock.signOrder(UNLOCK);
    await chain.broadcast(order);
    if (depth > 1) await mine(depth - 1);
    assert.equal((await lock.receiptOf(order.hash)).bolt, 'unlocked');
    return order;
  }

  for (let depth = 1; depth <= 10; depth++) {
    it(`of ${depth} that drops an obeyed order moves nothing, and the owner's next order is obeyed`, () =>
      withLock({ chain }, async (lock) => {
        const order = await unlockAtDepth(lock, depth);
        await reorg(depth);
        await assert.rejects(chain.reader.getTransactionReceipt({ hash: order.hash }), 'it is dropped');
        await lock.pollsPass(3);
        assert.equal(lock.world.moves, 1);
        assert.equal(lock.world.bolt, 'unlocked');
        // His wallet takes the same nonce again, with a later notAfter.
        const nonce = await chain.reader.getTransactionCount({ address: lock.owner.address });
        assert.equal(nonce, order.nonce);
        await lock.obey(LOCK, lock.owner, { notAfter: chain.nowSeconds + 310 });
        const state = await chain.lockState(lock.id);
        assert.deepEqual([state.action, state.epoch], [LOCK, 1], 'wish and bolt agree again');
        assert.equal(lock.world.moves, 2);
        assert.equal(lock.receipts(order.hash).length, 1);
      }));
  }

  for (const [depth, block] of [
    [1, 0],
    [3, 2],
    [10, 5],
  ] as const) {
    it(`of ${depth} that mines the order again in another block moves nothing twice`, () =>
      withLock({ chain }, async (lock) => {
        const order = await unlockAtDepth(lock, depth);
        await reorg(depth, [[order.serialized, block]]);
        const { status } = await chain.reader.getTransactionReceipt({ hash: order.hash });
        assert.equal(status, 'success');
        await lock.pollsPass(3);
        assert.equal(lock.world.moves, 1);
        assert.equal(lock.receipts(order.hash).length, 1);
        await lock.obey(LOCK);
        assert.equal(lock.world.moves, 2);
      }));
  }

  it('that brings an order late has it obeyed once, when it arrives', () =>
    withLock({ chain }, async (lock) => {
      const order = await lock.signOrder(UNLOCK);
      await mine(4);
      await lock.pollsPass(1);
      await reorg(4, [[order.serialized, 1]]);
      assert.equal((await lock.receiptOf(order.hash)).bolt, 'unlocked');
      await lock.pollsPass(2);
      assert.equal(lock.world.moves, 1);
    }));

  it('that drops two orders: the wallet sends the dropped ones again, and none moves the bolt twice', () =>
    withLock({ chain }, async (lock) => {
      const first = await lock.signOrder(UNLOCK);
      await chain.broadcast(first);
      await lock.receiptOf(first.hash);
      const second = await lock.signOrder(LOCK);
      await chain.broadcast(second);
      await lock.receiptOf(second.hash);
      await reorg(2);
      assert.equal(await chain.reader.getTransactionCount({ address: lock.owner.address }), first.nonce);
      // A new order under the first one's nonce is below what the lock has obeyed already.
      const below = await lock.command(UNLOCK, lock.owner, { notAfter: chain.nowSeconds + 310 });
      assert.equal(await lock.refusalOf(below), 'replayed');
      await chain.broadcast(second);
      await lock.pollsPass(2);
      assert.equal(lock.world.moves, 2);
      await lock.obey(UNLOCK);
      assert.equal(lock.world.moves, 3);
    }));

  it('that drops a revocation leaves the lock with what was signed', () =>
    withLock({ chain }, async (lock) => {
      const guest = await chain.newPerson();
      const { nowSeconds } = chain;
      await lock.receiptOf(await lock.grant(guest.address, { serial: nowSeconds - 10 }));
      const revoked = await lock.receiptOf(
        await lock.grant(guest.address, { rights: 0, serial: nowSeconds }),
      );
      await reorg(1);
      // On chain the guest is back; the lock has seen the revocation and keeps to it.
      const order = await lock.command(UNLOCK, guest);
      assert.equal(await lock.refusalOf(order), 'unknown-sender');
      assert.equal(lock.world.moves, 0);
      await lock.obey(UNLOCK);
      assert.deepEqual(lock.reports.at(-1)?.accessDigest16, revoked.accessDigest16);
    }));
});
