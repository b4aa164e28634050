import assert from 'node:assert/strict';
import type { Hex } from 'viem';
import { withLock, withPuppet } from './fixture.js';
import { type Signed, TestChain } from './test-chain.js';
import { LOCK, type TestLock, UNLOCK } from './test-lock.js';

describe('an order that a node keeps back', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  it('is refused once its minutes are over', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const order = await lock.signOrder(UNLOCK);
      puppet.hide(order.hash);
      await chain.broadcast(order);
      await lock.pollsPass(2);
      await lock.passTime(302);
      puppet.release(order.hash);
      assert.equal(await lock.refusalOf(order.hash), 'expired');
      assert.equal(lock.world.moves, 0);
      await lock.obey(UNLOCK);
    }));

  it('is obeyed inside its minutes, when an honest node shows it', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const order = await lock.signOrder(UNLOCK);
      puppet.hide(order.hash);
      await chain.broadcast(order);
      await lock.pollsPass(2);
      assert.equal(lock.world.moves, 0);
      await lock.passTime(250);
      puppet.release(order.hash);
      await lock.receiptOf(order.hash);
      assert.equal(lock.world.bolt, 'unlocked');
    }));

  it('is refused when a later one was obeyed', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const unlock = await lock.signOrder(UNLOCK);
      puppet.hide(unlock.hash);
      await chain.broadcast(unlock);
      await lock.obey(LOCK);
      puppet.release(unlock.hash);
      assert.equal(await lock.refusalOf(unlock.hash), 'replayed');
      assert.equal(lock.world.moves, 0);
      assert.equal(lock.world.bolt, 'locked');
    }));

  it('is refused when a later one was obeyed, after a power cut too', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const unlock = await lock.signOrder(UNLOCK);
      puppet.hide(unlock.hash);
      await chain.broadcast(unlock);
      await lock.obey(LOCK);
      lock.host.cutPower();
      puppet.release(unlock.hash);
      await lock.boot();
      assert.equal(await lock.refusalOf(unlock.hash), 'replayed');
      assert.equal(lock.world.moves, 0);
    }));

  it('is obeyed without a movement where it comes in one answer with a later lock', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const unlock = await lock.signOrder(UNLOCK);
      const relock = await lock.signOrder(LOCK, { nonce: unlock.nonce + 1 });
      puppet.hide(unlock.hash);
      puppet.hide(relock.hash);
      await chain.broadcast(unlock);
      await chain.broadcast(relock);
      await lock.pollsPass(1);
      puppet.release(unlock.hash);
      puppet.release(relock.hash);
      await lock.receiptOf(unlock.hash);
      assert.equal((await lock.receiptOf(relock.hash)).bolt, 'locked');
      // Both were obeyed in the chain's order, and the bolt was driven once, to the last wish: it was there already.
      assert.equal(lock.world.moves, 0);
    }));
});

describe('an order that a node bends', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  for (const [what, reasons, change] of [
    ['another nonce', ['hash'], { nonce: '0x3039' }],
    ['another signature', ['hash', 'signature'], { s: '0x7' }],
    ['calldata twice', ['fields-disagree'], { data: '0x00' }],
    ['coins', ['value'], { value: '0x1' }],
    ['another recipient', ['registry'], { to: `0x${'12'.repeat(20)}` }],
    ['no transaction', ['malformed'], null],
  ] as const) {
    it(`to show ${what} is refused, and obeyed once the node shows it as it is`, () =>
      withPuppet({ chain }, async (lock, puppet) => {
        const order = await lock.signOrder(UNLOCK);
        puppet.bend(order.hash, change);
        await chain.broadcast(order);
        const reason = await lock.refusalOf(order.hash);
        assert.ok((reasons as readonly string[]).includes(reason), reason);
        assert.equal(lock.world.moves, 0);
        puppet.release(order.hash);
        const receipt = await chain.hurry(() => lock.receiptOf(order.hash));
        assert.equal(receipt.bolt, 'unlocked');
        assert.equal(lock.world.moves, 1);
      }));
  }
});

describe('an order that its owner replaced', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  /** Sends two transactions of one nonce before a block is made; the second pays more and takes the place. */
  async function replace(lock: TestLock, first: Signed, second: Signed): Promise<void> {
    await chain.rpc('evm_setAutomine', false);
    try {
      await chain.rpc('eth_sendRawTransaction', first.serialized);
      await chain.rpc('eth_sendRawTransaction', second.serialized);
      await chain.rpc('evm_mine');
    } finally {
      await chain.rpc('evm_setAutomine', true);
    }
    const mined = await chain.reader.getTransactionReceipt({ hash: second.hash });
    assert.equal(mined.status, 'success');
    await assert.rejects(chain.reader.getTransactionReceipt({ hash: first.hash }), 'the first is gone');
    assert.equal(await chain.reader.getTransactionCount({ address: lock.owner.address }), first.nonce + 1);
  }

  it('is refused when a liar shows it after its replacement', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const first = await lock.signOrder(UNLOCK);
      const notAfter = chain.nowSeconds + 310;
      const second = await lock.signOrder(LOCK, { nonce: first.nonce, notAfter, tip: 3_000_000_000n });
      await replace(lock, first, second);
      await lock.receiptOf(second.hash);
      puppet.show(first, lock.address);
      assert.equal(await lock.refusalOf(first.hash), 'replayed');
      assert.equal(lock.world.moves, 0);
    }));

  it('does not shut its replacement out when a liar shows it first', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const first = await lock.signOrder(UNLOCK);
      puppet.show(first, lock.address);
      // It is signed, so it is obeyed, wherever it came from.
      assert.equal((await lock.receiptOf(first.hash)).bolt, 'unlocked');
      const notAfter = chain.nowSeconds + 310;
      const second = await lock.signOrder(LOCK, { nonce: first.nonce, notAfter, tip: 3_000_000_000n });
      await replace(lock, first, second);
      assert.equal((await lock.receiptOf(second.hash)).bolt, 'locked');
      assert.equal(lock.world.bolt, 'locked');
      assert.equal(lock.world.moves, 2);
    }));
});

describe('an order that its owner cancelled', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  /** Lets a transfer to himself take the order's nonce. */
  async function cancel(lock: TestLock, order: Signed): Promise<void> {
    const serialized: Hex = await lock.owner.signTransaction({
      type: 'eip1559',
      chainId: chain.anvil.chainId,
      to: lock.owner.address,
      nonce: order.nonce,
      gas: 21_000n,
      maxFeePerGas: 9_000_000_000n,
      maxPriorityFeePerGas: 8_000_000_000n,
    });
    await chain.rpc('evm_setAutomine', false);
    try {
      await chain.rpc('eth_sendRawTransaction', order.serialized);
      await chain.rpc('eth_sendRawTransaction', serialized);
      await chain.rpc('evm_mine');
    } finally {
      await chain.rpc('evm_setAutomine', true);
    }
    await assert.rejects(chain.reader.getTransactionReceipt({ hash: order.hash }), 'the order is gone');
  }

  it('is still signed: inside its minutes a liar can have it obeyed, once', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const order = await lock.signOrder(UNLOCK);
      await cancel(lock, order);
      await lock.pollsPass(2);
      assert.equal(lock.world.moves, 0);
      puppet.show(order, lock.address);
      assert.equal((await lock.receiptOf(order.hash)).bolt, 'unlocked');
      await lock.obey(LOCK);
      await lock.pollsPass(3);
      assert.equal(lock.world.moves, 2);
    }));

  it('is refused when a later one was obeyed, or once its minutes are over', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const first = await lock.signOrder(UNLOCK);
      await cancel(lock, first);
      await lock.obey(LOCK);
      puppet.show(first, lock.address);
      assert.equal(await lock.refusalOf(first.hash), 'replayed');
      const second = await lock.signOrder(UNLOCK);
      await cancel(lock, second);
      await lock.passTime(302);
      puppet.show(second, lock.address);
      assert.equal(await lock.refusalOf(second.hash), 'expired');
      assert.equal(lock.world.moves, 0);
    }));
});

describe('an order that nobody should have signed', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  it('is refused where the contract would have reverted it: too far ahead, another epoch, no known action', () =>
    withPuppet({ chain }, async (lock, puppet) => {
      const refused = async (action: number, change: object) => {
        const order = await lock.signOrder(action, change);
        puppet.show(order, lock.address);
        return lock.refusalOf(order.hash);
      };
      const { nowSeconds } = chain;
      assert.equal(await refused(UNLOCK, { notAfter: nowSeconds + 960 }), 'too-far-ahead');
      assert.equal(await refused(UNLOCK, { epoch: 2 }), 'epoch');
      assert.equal(await refused(UNLOCK, { epoch: 0 }), 'epoch');
      assert.equal(await refused(0, {}), 'action');
      assert.equal(await refused(10, {}), 'action');
      assert.equal(await refused(UNLOCK, { notAfter: nowSeconds - 60 }), 'expired');
      assert.equal(lock.world.moves, 0);
    }));

  it('waits for authenticated time where the lock has none; a lock and a challenge do not', () =>
    withLock({ chain, host: { clockSource: 'none' } }, async (lock) => {
      const unlock = await lock.command(UNLOCK);
      assert.equal(await lock.refusalOf(unlock), 'clock');
      await lock.receiptOf(await lock.command(LOCK));
      assert.equal(lock.world.moves, 0);
      const challenge = Buffer.from(lock.reports.at(-1)?.nonce ?? assert.fail()).readUInt32BE();
      await lock.obey(UNLOCK, lock.owner, { challenge });
    }));
});
