import assert from 'node:assert/strict';
import { type Address, createPublicClient, createWalletClient, encodeFunctionData, http } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { orderWord, recordWord, stateWord } from './words.js';
import { type Circumstances, type Lock, World } from './world.js';

describe('LockRegistry.command', function () {
  this.timeout(30_000);
  let world: World;
  let lock: Lock;
  let owner: Address;

  before(async () => {
    world = await World.start();
    lock = await world.newRegisteredLock();
    owner = world.owner.address;
  });
  after(() => world.stop());

  const refusal = (from: Address, order: bigint, circumstances?: Circumstances) =>
    world.refusal(from, 'command', [order], circumstances);

  it('writes the wish, counts it and tells who wished it, for each of the owner’s five actions', async () => {
    const fresh = await world.newRegisteredLock();
    for (const action of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const notAfter = world.now + 301;
      const { events } = await world.send(world.owner, 'command', [
        world.order(fresh, { action, challenge: 0xdeadbeef }),
      ]);
      const state = { epoch: 1, seq: action, notAfter, action };
      const record = recordWord(BigInt(owner), state);
      assert.deepEqual(events, [{ name: 'Commanded', args: { lockId: fresh.id, record } }]);
      assert.equal(await world.read('lockState', [fresh.id]), stateWord({ ...state, owner: BigInt(owner) }));
    }
  });

  it('takes a notAfter from now to 900 s ahead, both included', async () => {
    for (const ahead of [0, 900]) {
      await world.send(world.owner, 'command', [world.order(lock, { notAfter: world.now + 1 + ahead })]);
    }
    assert.deepEqual(await refusal(owner, world.order(lock, { notAfter: world.now })), ['NotAfterPassed']);
    assert.deepEqual(await refusal(owner, world.order(lock, { notAfter: world.now + 902 })), [
      'NotAfterTooFar',
    ]);
    assert.deepEqual(await refusal(owner, world.order(lock, { notAfter: 0 })), ['NotAfterPassed']);
    assert.deepEqual(await refusal(owner, world.order(lock, { notAfter: 2 ** 40 - 1 })), ['NotAfterTooFar']);
  });

  it('refuses the time limits of an order whose action fills its byte', async () => {
    // The contract compares `notAfter | action` as one number: the action must not borrow a second.
    assert.deepEqual(await refusal(owner, world.order(lock, { notAfter: world.now, action: 5 })), [
      'NotAfterPassed',
    ]);
    assert.deepEqual(await refusal(owner, world.order(lock, { action: 255 })), ['UnknownAction']);
  });

  it('refuses actions that it does not know', async () => {
    for (const action of [0, 10, 128, 255]) {
      assert.deepEqual(await refusal(owner, world.order(lock, { action })), ['UnknownAction'], `${action}`);
    }
  });

  it('refuses other epochs', async () => {
    for (const epoch of [0, 2, 65_535]) {
      assert.deepEqual(await refusal(owner, world.order(lock, { epoch })), ['WrongEpoch', 1n]);
    }
  });

  it('refuses a lock that nobody has registered, in every epoch', async () => {
    for (const epoch of [0, 1]) {
      const order = world.order(world.newLock(), { epoch });
      assert.deepEqual(await refusal(owner, order), ['TokenDoesNotExist']);
    }
    assert.deepEqual(
      await refusal(owner, orderWord({ lockId: 0n, epoch: 0, notAfter: world.now + 1, action: 1 })),
      ['NotAscending'],
    );
  });

  it('refuses strangers, and operators and approved accounts of ERC-721', async () => {
    const own = await world.newRegisteredLock();
    const order = (): bigint => world.order(own);
    assert.deepEqual(await refusal(world.stranger.address, order()), ['NoRight']);
    await world.send(world.owner, 'approve', [world.stranger.address, own.id]);
    assert.deepEqual(await refusal(world.stranger.address, order()), ['NoRight']);
    await world.send(world.owner, 'setApprovalForAll', [world.stranger.address, true]);
    assert.deepEqual(await refusal(world.stranger.address, order()), ['NoRight']);
    await world.send(world.owner, 'setApprovalForAll', [world.stranger.address, false]);
  });

  it('lets a guest lock by bit 0 and unlock by bit 1, and do no more', async () => {
    const own = await world.newRegisteredLock();
    const guest = world.guest;
    for (const [rights, allowed] of [
      [1, [1]],
      [2, [2, 3]],
      [3, [1, 2, 3]],
      [4, []],
      [7, [1, 2, 3]],
      [0, []],
    ] as const) {
      await world.send(world.owner, 'grant', [own.id, guest.address, world.terms({ rights })]);
      for (const action of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
        const order = world.order(own, { action });
        if ((allowed as readonly number[]).includes(action)) {
          const { events } = await world.send(guest, 'command', [order]);
          const record = events[0]?.args['record'] as bigint;
          assert.equal(record >> 96n, BigInt(guest.address), 'the record names the guest');
        } else {
          const error = action > 3 ? 'NotOwner' : 'NoRight';
          assert.deepEqual(
            await refusal(guest.address, order),
            [error],
            `rights ${rights}, action ${action}`,
          );
        }
      }
    }
    const word = (await world.read('lockState', [own.id])) as bigint;
    assert.equal(BigInt.asUintN(160, word), BigInt(owner), 'the owner is still the owner');
    assert.equal(BigInt.asUintN(32, word >> 208n), 9n, 'guests’ orders are counted');
  });

  it('lets a guest in from the first to the last second of its window', async () => {
    const own = await world.newRegisteredLock();
    const notBefore = world.now + 100;
    const notAfter = notBefore + 50;
    const terms = world.terms({ rights: 1, notBefore, notAfter });
    await world.send(world.owner, 'grant', [own.id, world.guest.address, terms]);
    const order = (at: number): bigint => world.order(own, { notAfter: at + 300 });
    for (const at of [notBefore - 1, notAfter + 1]) {
      assert.deepEqual(await refusal(world.guest.address, order(at), { at }), ['OutsideWindow']);
    }
    for (const at of [notBefore, notAfter]) await world.send(world.guest, 'command', [order(at)], at);
  });

  it('refuses a guest of another lock and of an epoch before', async () => {
    const own = await world.newRegisteredLock();
    const other = await world.newRegisteredLock();
    await world.send(world.owner, 'grant', [own.id, world.guest.address, world.terms({ rights: 3 })]);
    assert.deepEqual(await refusal(world.guest.address, world.order(other)), ['NoRight']);
    await world.send(world.owner, 'transferFrom', [owner, owner, own.id]);
    assert.deepEqual(await refusal(world.guest.address, world.order(own)), ['WrongEpoch', 2n]);
    assert.deepEqual(await refusal(world.guest.address, world.order(own, { epoch: 2 })), ['NoRight']);
  });

  it('refuses the order after the last that seq can count, whatever its epoch', async () => {
    const word = stateWord({ epoch: 1, seq: 2 ** 32 - 1, notAfter: 5, action: 1, owner: BigInt(owner) });
    const words = [[lock.id, word]] as const;
    for (const epoch of [1, 2]) {
      assert.deepEqual(await refusal(owner, world.order(lock, { epoch }), { words }), ['SeqExhausted']);
    }
    const last = stateWord({ epoch: 1, seq: 2 ** 32 - 2, notAfter: 5, action: 1, owner: BigInt(owner) });
    await world.read('command', [world.order(lock)], { from: owner, words: [[lock.id, last]] });
  });

  it('takes no coins', async () => {
    const order = world.order(lock);
    const data = encodeFunctionData({
      abi: LOCK_REGISTRY_ABI,
      functionName: 'command',
      args: [order],
    });
    const wallet = createWalletClient({ account: world.owner, transport: http(world.anvil.rpcUrl) });
    await assert.rejects(
      wallet.sendTransaction({ to: world.registry, data, value: 1n, chain: null }),
      /revert/,
    );
    await world.send(world.owner, 'command', [order]);
  });
});

describe('LockRegistry.commandMany', function () {
  this.timeout(60_000);
  let world: World;
  const locks: Lock[] = [];

  before(async () => {
    world = await World.start();
    for (let i = 0; i < 3; i++) locks.push(await world.newRegisteredLock());
    locks.sort((a, b) => (a.id < b.id ? -1 : 1));
  });
  after(() => world.stop());

  const refusal = (orders: readonly bigint[], from = world.owner.address) =>
    world.refusal(from, 'commandMany', [orders]);

  it('does what as many commands would', async () => {
    const orders = locks.map((lock, i) => world.order(lock, { action: i + 1 }));
    const { events } = await world.send(world.owner, 'commandMany', [orders]);
    const by = BigInt(world.owner.address);
    const notAfter = world.now + 300;
    assert.deepEqual(
      events,
      locks.map(({ id }, i) => ({
        name: 'Commanded',
        args: { lockId: id, record: recordWord(by, { seq: 1, epoch: 1, notAfter, action: i + 1 }) },
      })),
    );
    for (const [i, { id }] of locks.entries()) {
      const state = { epoch: 1, seq: 1, notAfter, action: i + 1, owner: by };
      assert.equal(await world.read('lockState', [id]), stateWord(state));
    }
  });

  it('takes 1 order, and refuses none and 101', async () => {
    await world.send(world.owner, 'commandMany', [locks.slice(0, 1).map((lock) => world.order(lock))]);
    assert.deepEqual(await refusal([]), ['OrderCount']);
    const orders = Array.from({ length: 101 }, (_, i) =>
      orderWord({ lockId: BigInt(i), epoch: 1, notAfter: 0, action: 1 }),
    );
    assert.deepEqual(await refusal(orders), ['OrderCount']);
  });

  it('refuses a lock that is not above the one before', async () => {
    const orders = locks.map((lock) => world.order(lock));
    const [a = 0n, b = 0n, c = 0n] = orders;
    assert.deepEqual(await refusal([a, c, b]), ['NotAscending']);
    assert.deepEqual(await refusal([a, a]), ['NotAscending']);
    // A greater word for the same lock is not a greater lock.
    assert.deepEqual(await refusal([a, a | (1n << 64n)]), ['NotAscending']);
  });

  it('does nothing where one order is refused', async () => {
    const before = await Promise.all(locks.map(({ id }) => world.read('lockState', [id])));
    const orders = locks.map((lock, i) => world.order(lock, { action: i === 2 ? 10 : 1 }));
    assert.deepEqual(await refusal(orders), ['UnknownAction']);
    const wallet = createWalletClient({ account: world.owner, transport: http(world.anvil.rpcUrl) });
    const data = encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'commandMany', args: [orders] });
    await world.rpc('evm_setNextBlockTimestamp', [++world.now]);
    const hash = await wallet.sendTransaction({ to: world.registry, data, gas: 1_000_000n, chain: null });
    const reader = createPublicClient({ transport: http(world.anvil.rpcUrl), pollingInterval: 10 });
    assert.equal((await reader.waitForTransactionReceipt({ hash })).status, 'reverted');
    assert.deepEqual(await Promise.all(locks.map(({ id }) => world.read('lockState', [id]))), before);
  });

  it('lets a guest command the locks that he may, and none with them that he may not', async () => {
    const guest = world.guest;
    for (const lock of locks.slice(0, 2)) {
      await world.send(world.owner, 'grant', [lock.id, guest.address, world.terms({ rights: 1 })]);
    }
    await world.send(guest, 'commandMany', [locks.slice(0, 2).map((lock) => world.order(lock))]);
    assert.deepEqual(
      await refusal(
        locks.map((lock) => world.order(lock)),
        guest.address,
      ),
      ['NoRight'],
    );
  });
});
