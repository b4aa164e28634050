import assert from 'node:assert/strict';
import { type Address, concatHex, hexToBigInt, keccak256, numberToHex, zeroAddress } from 'viem';
import { LOCK_REGISTRY_STORAGE } from '../../contracts/generated/lock-registry.js';
import { stateWord } from './words.js';
import { type Circumstances, type Lock, World } from './world.js';

describe('LockRegistry.grant', function () {
  this.timeout(30_000);
  let world: World;
  let lock: Lock;
  let owner: Address;
  let guest: Address;

  before(async () => {
    world = await World.start();
    owner = world.owner.address;
    guest = world.guest.address;
  });
  after(() => world.stop());
  beforeEach(async () => {
    lock = await world.newRegisteredLock();
  });

  const refusal = (terms: bigint, from = owner, circumstances?: Circumstances) =>
    world.refusal(from, 'grant', [lock.id, guest, terms], circumstances);
  const grant = (terms: bigint) => world.send(world.owner, 'grant', [lock.id, guest, terms]);
  const stored = () => world.read('guestTerms', [lock.id, guest]);

  it('stores the terms and tells them', async () => {
    const terms = world.terms({
      notBefore: 1,
      notAfter: 0xfe_dc_ba_98_76,
      rights: 7,
      weekdays: 0x1f,
      dayStart: 540,
      dayEnd: 1020,
      uses: 9,
    });
    const { events } = await grant(terms);
    assert.deepEqual(events, [{ name: 'Granted', args: { lockId: lock.id, guest, terms } }]);
    assert.equal(await stored(), terms);
    assert.equal(await world.read('guestTerms', [lock.id, owner]), 0n);
  });

  it('keeps them where the generated layout says', async () => {
    const terms = world.terms({ rights: 3 });
    await grant(terms);
    const word = (value: bigint) => numberToHex(value, { size: 32 });
    const outer = keccak256(concatHex([word(lock.id), word(LOCK_REGISTRY_STORAGE.termsSlot)]));
    const slot = keccak256(concatHex([word((1n << 160n) | BigInt(guest)), outer]));
    const raw = (await world.rpc('eth_getStorageAt', [world.registry, slot, 'latest'])) as `0x${string}`;
    assert.equal(hexToBigInt(raw), terms);
  });

  it('takes serials that rise, and a revocation that equals the last', async () => {
    const serial = world.now;
    await grant(world.terms({ rights: 3, serial }));
    assert.deepEqual(await refusal(world.terms({ rights: 1, serial })), ['StaleSerial', BigInt(serial)]);
    assert.deepEqual(await refusal(world.terms({ rights: 1, serial: serial - 1 })), [
      'StaleSerial',
      BigInt(serial),
    ]);
    assert.deepEqual(await refusal(world.terms({ rights: 0, serial: serial - 1 })), [
      'StaleSerial',
      BigInt(serial),
    ]);
    const revocation = world.terms({ rights: 0, serial });
    await grant(revocation);
    assert.equal(await stored(), revocation);
    assert.deepEqual(await refusal(world.terms({ rights: 3, serial })), ['StaleSerial', BigInt(serial)]);
    await grant(world.terms({ rights: 3, serial: serial + 1 }));
  });

  it('takes a first record that revokes, and no first grant of serial 0', async () => {
    assert.deepEqual(await refusal(world.terms({ rights: 1, serial: 0 })), ['StaleSerial', 0n]);
    await grant(world.terms({ rights: 0, serial: 0 }));
    await grant(world.terms({ rights: 1, serial: 1 }));
  });

  it('counts serials for each guest apart', async () => {
    await grant(world.terms({ rights: 3 }));
    const args = [lock.id, world.stranger.address, world.terms({ rights: 3, serial: 1 })];
    await world.send(world.owner, 'grant', args);
  });

  it('takes a serial of a day ahead, and none beyond', async () => {
    const at = world.now + 1;
    assert.deepEqual(await refusal(world.terms({ rights: 1, serial: at + 86_401 })), ['SerialTooFar']);
    assert.deepEqual(await refusal(world.terms({ rights: 0, serial: at + 86_401 })), ['SerialTooFar']);
    await grant(world.terms({ rights: 1, serial: at + 86_400 }));
  });

  it('refuses bits that mean nothing', async () => {
    assert.deepEqual(await refusal(world.terms({ rights: 8 })), ['UnknownRights']);
    assert.deepEqual(await refusal(world.terms({ rights: 0x80 })), ['UnknownRights']);
    assert.deepEqual(await refusal(world.terms({ rights: 1, weekdays: 0x80 })), ['UnknownWeekdays']);
    assert.deepEqual(await refusal(world.terms({ rights: 1, weekdays: 0xff })), ['UnknownWeekdays']);
    for (const day of [{ dayStart: 1440 }, { dayEnd: 1440 }, { dayStart: 65_535 }])
      assert.deepEqual(await refusal(world.terms({ rights: 1, ...day })), ['PastTheDay']);
    assert.deepEqual(await refusal(world.terms({ rights: 1, padding: 1 })), ['NonZeroPadding']);
    assert.deepEqual(await refusal(world.terms({ rights: 1 }) | (1n << 255n)), ['NonZeroPadding']);
    for (const weekdays of [0, 0x7f]) await grant(world.terms({ rights: 1, weekdays }));
  });

  it('refuses other epochs, and forgets every guest in a new one', async () => {
    for (const epoch of [0, 2]) {
      assert.deepEqual(await refusal(world.terms({ rights: 1, epoch })), ['WrongEpoch', 1n]);
    }
    await grant(world.terms({ rights: 3 }));
    await world.send(world.owner, 'transferFrom', [owner, owner, lock.id]);
    assert.equal(await stored(), 0n);
    assert.deepEqual(await refusal(world.terms({ rights: 3 })), ['WrongEpoch', 2n]);
    await grant(world.terms({ rights: 3, epoch: 2, serial: 1 }));
    const buyBack = stateWord({ epoch: 1, seq: 0, notAfter: 0, action: 0, owner: BigInt(owner) });
    assert.notEqual(
      await world.read('guestTerms', [lock.id, guest], { words: [[lock.id, buyBack]] }),
      0n,
      'the slot stays',
    );
  });

  it('refuses everybody but the owner', async () => {
    await grant(world.terms({ rights: 7 }));
    await world.send(world.owner, 'approve', [world.stranger.address, lock.id]);
    await world.send(world.owner, 'setApprovalForAll', [world.stranger.address, true]);
    for (const from of [guest, world.stranger.address]) {
      assert.deepEqual(await refusal(world.terms({ rights: 7 }), from), ['NotOwner']);
    }
    await world.send(world.owner, 'setApprovalForAll', [world.stranger.address, false]);
  });

  it('refuses a lock that nobody has registered, and the zero address as a guest', async () => {
    const { id } = world.newLock();
    const terms = world.terms({ rights: 1, epoch: 0 });
    assert.deepEqual(await world.refusal(owner, 'grant', [id, guest, terms]), ['TokenDoesNotExist']);
    const args = [lock.id, zeroAddress, world.terms({ rights: 1 })];
    assert.deepEqual(await world.refusal(owner, 'grant', args), ['ZeroAddress']);
  });

  it('does not mistake an id of over 160 bits for the lock in its low bits', async () => {
    await grant(world.terms({ rights: 1 }));
    const id = lock.id + (1n << 160n);
    assert.deepEqual(await world.refusal(owner, 'grant', [id, guest, world.terms({ rights: 3 })]), [
      'TokenDoesNotExist',
    ]);
    assert.equal(await world.read('guestTerms', [id, guest]), 0n);
    assert.equal(await world.read('lockState', [id]), 0n);
  });
});
