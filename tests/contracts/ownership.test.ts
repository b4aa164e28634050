import assert from 'node:assert/strict';
import { type Address, zeroAddress } from 'viem';
import { handoverWord, stateWord } from './words.js';
import { type Lock, type Sent, World } from './world.js';

const MONTH = 30 * 86_400;

describe('LockRegistry ownership', function () {
  this.timeout(30_000);
  let world: World;
  let lock: Lock;
  let owner: Address;
  let buyer: Address;

  before(async () => {
    world = await World.start();
    owner = world.owner.address;
    buyer = world.stranger.address;
  });
  after(() => world.stop());
  beforeEach(async () => {
    lock = await world.newRegisteredLock();
    await world.send(world.owner, 'command', [world.order(lock, { action: 2 })]);
  });

  const good = (): bigint => handoverWord(1, 2, world.now + MONTH);
  const refusal = (word: bigint, from = owner, to = buyer) =>
    world.refusal(from, 'handover', [lock.id, to, word]);

  /** Owner, epoch 2, no wish, and the one order still counted. */
  async function assertMoved({ events }: Sent, to: Address): Promise<void> {
    assert.deepEqual(events.slice(0, 2), [
      { name: 'Transfer', args: { from: owner, to, id: lock.id } },
      { name: 'EpochRaised', args: { lockId: lock.id, epoch: 2n } },
    ]);
    const word = stateWord({ epoch: 2, seq: 1, notAfter: 0, action: 0, owner: BigInt(to) });
    assert.equal(await world.read('lockState', [lock.id]), word);
    assert.equal(await world.read('ownerOf', [lock.id]), to);
    assert.equal(await world.read('getApproved', [lock.id]), zeroAddress);
  }

  describe('handover', () => {
    it('moves the lock and tells the word', async () => {
      await world.send(world.owner, 'approve', [world.guest.address, lock.id]);
      const word = good();
      const sent = await world.send(world.owner, 'handover', [lock.id, buyer, word]);
      await assertMoved(sent, buyer);
      assert.deepEqual(sent.events.slice(2), [
        { name: 'HandedOver', args: { lockId: lock.id, to: buyer, word } },
      ]);
    });

    it('to the owner himself raises the epoch and revokes everything', async () => {
      await world.send(world.owner, 'grant', [lock.id, world.guest.address, world.terms({ rights: 3 })]);
      const before = await world.read('balanceOf', [owner]);
      await assertMoved(await world.send(world.owner, 'handover', [lock.id, owner, good()]), owner);
      assert.equal(await world.read('guestTerms', [lock.id, world.guest.address]), 0n);
      assert.equal(await world.read('balanceOf', [owner]), before);
    });

    it('takes a lock that lags epochs behind, and none that runs ahead', async () => {
      await world.send(world.owner, 'handover', [lock.id, owner, good()]);
      await world.send(world.owner, 'handover', [lock.id, owner, handoverWord(2, 3, world.now + MONTH)]);
      const word = (epoch: number): bigint => handoverWord(epoch, 4, world.now + MONTH);
      for (const epoch of [4, 5, 65_535]) assert.deepEqual(await refusal(word(epoch)), ['WrongLockEpoch']);
      await world.send(world.owner, 'handover', [lock.id, buyer, word(1)]);
    });

    it('leads to the next epoch alone', async () => {
      for (const newEpoch of [0, 1, 3, 65_535]) {
        assert.deepEqual(await refusal(handoverWord(0, newEpoch, world.now + MONTH)), ['WrongNewEpoch', 2n]);
      }
    });

    it('refuses padding, and a word that is over', async () => {
      assert.deepEqual(await refusal(good() | (1n << 72n)), ['NonZeroPadding']);
      assert.deepEqual(await refusal(good() | (1n << 255n)), ['NonZeroPadding']);
      assert.deepEqual(await refusal(handoverWord(1, 2, world.now)), ['NotAfterPassed']);
      await world.send(world.owner, 'handover', [lock.id, buyer, handoverWord(1, 2, world.now + 1)]);
    });

    it('refuses everybody but the owner, and the zero address', async () => {
      await world.send(world.owner, 'approve', [buyer, lock.id]);
      await world.send(world.owner, 'setApprovalForAll', [buyer, true]);
      assert.deepEqual(await refusal(good(), buyer), ['NotOwner']);
      await world.send(world.owner, 'setApprovalForAll', [buyer, false]);
      assert.deepEqual(await refusal(good(), owner, zeroAddress), ['TransferToZeroAddress']);
      const { id } = world.newLock();
      assert.deepEqual(await world.refusal(owner, 'handover', [id, buyer, good()]), ['TokenDoesNotExist']);
    });

    it('cannot go beyond the last epoch', async () => {
      const word = stateWord({ epoch: 65_535, seq: 1, notAfter: 0, action: 0, owner: BigInt(owner) });
      const words = [[lock.id, word]] as const;
      for (const newEpoch of [0, 65_535]) {
        const args = [lock.id, buyer, handoverWord(0, newEpoch, world.now + MONTH)];
        assert.deepEqual(await world.refusal(owner, 'handover', args, { words }), ['WrongNewEpoch', 65_536n]);
      }
    });
  });

  describe('ERC-721', () => {
    it('transferFrom by owner, approved account and operator raises the epoch', async () => {
      await assertMoved(await world.send(world.owner, 'transferFrom', [owner, buyer, lock.id]), buyer);
      lock = await world.newRegisteredLock();
      await world.send(world.owner, 'command', [world.order(lock)]);
      const { events } = await world.send(world.owner, 'approve', [world.guest.address, lock.id]);
      const approval = { owner, account: world.guest.address, id: lock.id };
      assert.deepEqual(events, [{ name: 'Approval', args: approval }]);
      await assertMoved(await world.send(world.guest, 'transferFrom', [owner, buyer, lock.id]), buyer);
      lock = await world.newRegisteredLock();
      await world.send(world.owner, 'command', [world.order(lock)]);
      const all = await world.send(world.owner, 'setApprovalForAll', [world.guest.address, true]);
      const operator = { owner, operator: world.guest.address, isApproved: true };
      assert.deepEqual(all.events, [{ name: 'ApprovalForAll', args: operator }]);
      assert.equal(await world.read('isApprovedForAll', [owner, world.guest.address]), true);
      await assertMoved(await world.send(world.guest, 'transferFrom', [owner, buyer, lock.id]), buyer);
      await world.send(world.owner, 'setApprovalForAll', [world.guest.address, false]);
    });

    for (const signature of ['safeTransferFrom', 'safeTransferFrom with data']) {
      it(`${signature} raises the epoch`, async () => {
        const args = [owner, buyer, lock.id, ...(signature.endsWith('data') ? ['0x1234'] : [])];
        await assertMoved(await world.send(world.owner, 'safeTransferFrom', args), buyer);
      });
    }

    it('a transfer to oneself raises the epoch too', async () => {
      await assertMoved(await world.send(world.owner, 'transferFrom', [owner, owner, lock.id]), owner);
    });

    it('an epoch before the last transfer commands nothing, not even after a buy-back', async () => {
      await world.send(world.owner, 'transferFrom', [owner, buyer, lock.id]);
      assert.deepEqual(await world.refusal(owner, 'command', [world.order(lock, { epoch: 2 })]), ['NoRight']);
      await world.send(world.stranger, 'command', [world.order(lock, { epoch: 2 })]);
      await world.send(world.stranger, 'transferFrom', [buyer, owner, lock.id]);
      for (const epoch of [1, 2]) {
        assert.deepEqual(await world.refusal(owner, 'command', [world.order(lock, { epoch })]), [
          'WrongEpoch',
          3n,
        ]);
      }
      await world.send(world.owner, 'command', [world.order(lock, { epoch: 3 })]);
      const state = { epoch: 3, seq: 3, notAfter: world.now + 300, action: 1, owner: BigInt(owner) };
      assert.equal(await world.read('lockState', [lock.id]), stateWord(state));
    });

    it('refuses transfers that nobody allowed, to nobody, of nothing, and to contracts that cannot take them', async () => {
      const refused = (from: Address, ...args: readonly unknown[]) =>
        world.refusal(from, 'transferFrom', args);
      assert.deepEqual(await refused(buyer, owner, buyer, lock.id), ['NotOwnerNorApproved']);
      assert.deepEqual(await refused(owner, buyer, owner, lock.id), ['TransferFromIncorrectOwner']);
      assert.deepEqual(await refused(owner, owner, zeroAddress, lock.id), ['TransferToZeroAddress']);
      assert.deepEqual(await refused(owner, owner, buyer, world.newLock().id), ['TokenDoesNotExist']);
      assert.deepEqual(await world.refusal(buyer, 'approve', [buyer, lock.id]), ['NotOwnerNorApproved']);
      assert.deepEqual(await world.refusal(owner, 'safeTransferFrom', [owner, world.registry, lock.id]), [
        'TransferToNonERC721ReceiverImplementer',
      ]);
    });

    it('reverts rather than wrap the epoch', async () => {
      const state = { seq: 7, notAfter: 9, action: 1, owner: BigInt(owner) };
      const args = [owner, buyer, lock.id];
      const last = [[lock.id, stateWord({ ...state, epoch: 65_535 })]] as const;
      assert.deepEqual(await world.refusal(owner, 'transferFrom', args, { words: last }), ['EpochExhausted']);
      const lastButOne = [[lock.id, stateWord({ ...state, epoch: 65_534 })]] as const;
      await world.read('transferFrom', args, { from: owner, words: lastButOne });
    });

    it('counts balances, and has interfaces, name and symbol', async () => {
      const before = (await world.read('balanceOf', [buyer])) as bigint;
      await world.send(world.owner, 'transferFrom', [owner, buyer, lock.id]);
      assert.equal(await world.read('balanceOf', [buyer]), before + 1n);
      assert.deepEqual(await world.refusal(owner, 'balanceOf', [zeroAddress]), [
        'BalanceQueryForZeroAddress',
      ]);
      assert.deepEqual(await world.refusal(owner, 'ownerOf', [world.newLock().id]), ['TokenDoesNotExist']);
      for (const id of ['0x01ffc9a7', '0x80ac58cd', '0x5b5e139f']) {
        assert.equal(await world.read('supportsInterface', [id]), true);
      }
      assert.equal(await world.read('supportsInterface', ['0xffffffff']), false);
      assert.equal(await world.read('name', []), 'Latchkey Lock');
      assert.equal(await world.read('symbol', []), 'LATCH');
    });

    it('describes a token in its URI', async () => {
      const uri = (await world.read('tokenURI', [lock.id])) as string;
      const [scheme, data = ''] = uri.split(',');
      assert.equal(scheme, 'data:application/json;base64');
      const json = JSON.parse(Buffer.from(data, 'base64').toString()) as Record<string, string>;
      const address = lock.address.toLowerCase();
      assert.equal(json['name'], `Lock ${address}`);
      assert.equal(json['did'], `did:ethr:0x7a69:${address}`);
      assert.deepEqual(await world.refusal(owner, 'tokenURI', [world.newLock().id]), ['TokenDoesNotExist']);
    });
  });
});
