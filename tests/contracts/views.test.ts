import assert from 'node:assert/strict';
import { getAddress, type Hex } from 'viem';
import { orderWord, termsWord } from './words.js';
import { type Lock, World } from './world.js';

describe('LockRegistry views and mailbox', function () {
  this.timeout(30_000);
  let world: World;
  let lock: Lock;

  before(async () => {
    world = await World.start();
    lock = await world.newRegisteredLock();
  });
  after(() => world.stop());

  it('lockState is the word in the slot of the generated layout, and 0 for a lock that is not registered', async () => {
    await world.send(world.owner, 'command', [world.order(lock)]);
    const raw = (await world.rpc('eth_getStorageAt', [
      world.registry,
      world.slotOf(lock.id),
      'latest',
    ])) as Hex;
    assert.notEqual(BigInt(raw), 0n);
    assert.equal(await world.read('lockState', [lock.id]), BigInt(raw));
    assert.equal(await world.read('lockState', [world.newLock().id]), 0n);
  });

  it('encodeOrder builds the word that command takes', async () => {
    await world.send(world.owner, 'transferFrom', [world.owner.address, world.owner.address, lock.id]);
    const notAfter = world.now + 300;
    const fields = { lockId: lock.id, challenge: 0xfedcba98, epoch: 2, notAfter, action: 3 };
    const order = await world.read('encodeOrder', [lock.id, 3, notAfter, 0xfedcba98]);
    assert.equal(order, orderWord(fields));
    await world.send(world.owner, 'command', [order]);
  });

  it('encodeOrder refuses unknown actions and locks', async () => {
    const from = world.owner.address;
    for (const action of [0, 10, 255]) {
      assert.deepEqual(await world.refusal(from, 'encodeOrder', [lock.id, action, 1, 0]), ['UnknownAction']);
    }
    for (const id of [world.newLock().id, lock.id + (1n << 160n)]) {
      assert.deepEqual(await world.refusal(from, 'encodeOrder', [id, 1, 1, 0]), ['TokenDoesNotExist']);
    }
  });

  it('encodeTerms builds the word that grant takes: every day, all day, this second as its serial', async () => {
    const own = await world.newRegisteredLock();
    const at = world.now + 1;
    const terms = await world.read('encodeTerms', [own.id, 5, 2 ** 40 - 1, 6], { at });
    assert.equal(terms, termsWord({ notBefore: 5, rights: 6, epoch: 1, serial: at }));
    await world.send(world.owner, 'grant', [own.id, world.guest.address, terms], at);
  });

  it('encodeTerms refuses unknown rights and locks', async () => {
    const from = world.owner.address;
    assert.deepEqual(await world.refusal(from, 'encodeTerms', [lock.id, 0, 1, 8]), ['UnknownRights']);
    assert.deepEqual(await world.refusal(from, 'encodeTerms', [world.newLock().id, 0, 1, 1]), [
      'TokenDoesNotExist',
    ]);
  });

  it('post tells tag and envelope, from anybody, up to 512 bytes', async () => {
    const tag: Hex = `0x${'00'.repeat(11)}01${'00'.repeat(20)}`;
    for (const envelope of ['0x', '0xd2', `0x${'ab'.repeat(512)}`]) {
      const { events } = await world.send(world.stranger, 'post', [tag, envelope]);
      assert.deepEqual(events, [{ name: 'Posted', args: { tag, envelope } }]);
    }
    const long = `0x${'ab'.repeat(513)}`;
    assert.deepEqual(await world.refusal(world.stranger.address, 'post', [tag, long]), ['EnvelopeTooLong']);
  });

  it('post refuses a tag that could pass for a lock', async () => {
    for (const tag of [`0x${'00'.repeat(32)}`, `0x${'00'.repeat(12)}${'ff'.repeat(20)}`]) {
      assert.deepEqual(await world.refusal(world.owner.address, 'post', [tag, '0x01']), ['TagLooksLikeLock']);
    }
  });

  it('eip712Domain names what a device signs in', async () => {
    const [, name, version, chainId, contract] = (await world.read('eip712Domain', [])) as readonly unknown[];
    assert.deepEqual(
      [name, version, chainId, contract],
      ['LockRegistry', '1', 31_337n, getAddress(world.registry)],
    );
  });
});
