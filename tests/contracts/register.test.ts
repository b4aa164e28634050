import assert from 'node:assert/strict';
import { type Address, concatHex, hexToBigInt, numberToHex, sliceHex, zeroAddress } from 'viem';
import { stateWord } from './words.js';
import { type Lock, World } from './world.js';

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('LockRegistry.register', function () {
  this.timeout(30_000);
  let world: World;
  let lock: Lock;

  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());
  beforeEach(() => {
    lock = world.newLock();
  });

  /** The refusal of a registration by the owner in the next second. */
  async function refusal(deadline: number, signature: `0x${string}`, from: Address = world.owner.address) {
    return world.refusal(from, 'register', [lock.address, deadline, signature]);
  }

  it('mints the lock to the caller that its device has named, in epoch 1', async () => {
    const deadline = world.now + 600;
    const signature = await world.registration(lock.device, world.owner.address, deadline);
    const { events } = await world.send(world.owner, 'register', [lock.address, deadline, signature]);
    const owner = world.owner.address;
    assert.deepEqual(events, [
      { name: 'Transfer', args: { from: zeroAddress, to: owner, id: lock.id } },
      { name: 'EpochRaised', args: { lockId: lock.id, epoch: 1n } },
      { name: 'Registered', args: { lockId: lock.id, owner } },
    ]);
    assert.equal(await world.read('ownerOf', [lock.id]), owner);
    const word = stateWord({ epoch: 1, seq: 0, notAfter: 0, action: 0, owner: BigInt(owner) });
    assert.equal(await world.read('lockState', [lock.id]), word);
  });

  it('takes a deadline from now to an hour ahead, both included', async () => {
    for (const ahead of [0, 3600]) {
      const next = world.newLock();
      const deadline = world.now + 1 + ahead;
      const signature = await world.registration(next.device, world.owner.address, deadline);
      await world.send(world.owner, 'register', [next.address, deadline, signature]);
      assert.equal(await world.read('ownerOf', [next.id]), world.owner.address);
    }
  });

  it('refuses a deadline that has passed, or is over an hour ahead', async () => {
    for (const [ahead, error] of [
      [-1, 'DeadlinePassed'],
      [3601, 'DeadlineTooFar'],
    ] as const) {
      const deadline = world.now + 1 + ahead;
      const signature = await world.registration(lock.device, world.owner.address, deadline);
      assert.deepEqual(await refusal(deadline, signature), [error]);
    }
    const far = 2n ** 256n - 1n;
    const args = [lock.address, far, await world.registration(lock.device, world.owner.address, 0)];
    assert.deepEqual(await world.refusal(world.owner.address, 'register', args), ['DeadlineTooFar']);
  });

  it('refuses whom the device has not named', async () => {
    const deadline = world.now + 600;
    const signature = await world.registration(lock.device, world.owner.address, deadline);
    assert.deepEqual(await refusal(deadline, signature, world.stranger.address), ['InvalidDeviceSignature']);
  });

  it('refuses the signature of another device, and of another deadline', async () => {
    const deadline = world.now + 600;
    const other = world.newLock().device;
    const byOther = await world.registration(other, world.owner.address, deadline, lock.address);
    assert.deepEqual(await refusal(deadline, byOther), ['InvalidDeviceSignature']);
    const signature = await world.registration(lock.device, world.owner.address, deadline);
    assert.deepEqual(await refusal(deadline + 1, signature), ['InvalidDeviceSignature']);
  });

  it('refuses every form of a signature but one', async () => {
    const deadline = world.now + 600;
    const good = await world.registration(lock.device, world.owner.address, deadline);
    const r = sliceHex(good, 0, 32);
    const s = sliceHex(good, 32, 64);
    const v = sliceHex(good, 64, 65);
    const parity = Number(v) - 27;
    const highS = numberToHex(ORDER - hexToBigInt(s), { size: 32 });
    const zero = numberToHex(0, { size: 32 });
    assert.ok(hexToBigInt(s) <= HALF_ORDER);
    const compact = numberToHex(hexToBigInt(s) | (BigInt(parity) << 255n), { size: 32 });
    for (const [what, signature] of [
      ['high s', concatHex([r, highS, numberToHex(28 - parity)])],
      ['the other v', concatHex([r, s, numberToHex(28 - parity)])],
      ['v as parity', concatHex([r, s, numberToHex(parity, { size: 1 })])],
      ['64 bytes', sliceHex(good, 0, 64)],
      ['compact (EIP-2098)', concatHex([r, compact])],
      ['66 bytes', concatHex([good, '0x00'])],
      ['nothing', '0x'],
      ['r of zero', concatHex([zero, s, v])],
      ['s of zero', concatHex([r, zero, v])],
      ['r of the order', concatHex([numberToHex(ORDER), s, v])],
    ] as const) {
      assert.deepEqual(await refusal(deadline, signature), ['InvalidDeviceSignature'], what);
    }
  });

  it('refuses a signature for another chain or contract', async () => {
    const deadline = world.now + 600;
    const fields = { lock: lock.address, owner: world.owner.address, deadline: BigInt(deadline) };
    const types = {
      Registration: [
        { name: 'lock', type: 'address' },
        { name: 'owner', type: 'address' },
        { name: 'deadline', type: 'uint256' },
      ],
    } as const;
    const domain = { name: 'LockRegistry', version: '1', chainId: 31_337, verifyingContract: world.registry };
    const sign = (changed: Partial<typeof domain>) =>
      lock.device.signTypedData({
        domain: { ...domain, ...changed },
        types,
        primaryType: 'Registration',
        message: fields,
      });
    for (const changed of [
      { chainId: 4689 },
      { verifyingContract: world.stranger.address },
      { name: 'lockRegistry' },
      { version: '2' },
    ]) {
      assert.deepEqual(
        await refusal(deadline, await sign(changed)),
        ['InvalidDeviceSignature'],
        Object.keys(changed)[0],
      );
    }
    await world.send(world.owner, 'register', [lock.address, deadline, await sign({})]);
  });

  it('refuses the zero address, which a broken signature recovers to', async () => {
    const args = [zeroAddress, world.now + 600, concatHex([numberToHex(1, { size: 64 }), '0x1d'])];
    assert.deepEqual(await world.refusal(world.owner.address, 'register', args), ['ZeroAddress']);
  });

  it('refuses a second registration, by anybody', async () => {
    const registered = await world.newRegisteredLock();
    for (const person of [world.owner, world.stranger]) {
      const deadline = world.now + 600;
      const signature = await world.registration(registered.device, person.address, deadline);
      const args = [registered.address, deadline, signature];
      assert.deepEqual(await world.refusal(person.address, 'register', args), ['TokenAlreadyExists']);
    }
  });
});
