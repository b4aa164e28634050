import assert from 'node:assert/strict';
import { bytesToHex, hexToBytes } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { ADOPTION_HOURS } from '../../firmware/protocol/limits.js';
import { ALARM, type Report } from '../../firmware/protocol/report.js';
import {
  type AdoptedLock,
  type AdoptionPlace,
  adoptLock,
  refuseAdoption,
  vetoCall,
} from '../../tools/latchkey/owner/adoption-client.js';
import { handoverCall } from '../../tools/latchkey/owner/registry-calls.js';
import { withLock } from './fixture.js';
import { patiently, until } from './patience.js';
import { TestChain } from './test-chain.js';
import { type TestLock, UNLOCK } from './test-lock.js';

const HOUR_SECONDS = 3_600;

describe('a lock that was sold on a market', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  const placeOf = (lock: TestLock, person: PrivateKeyAccount): AdoptionPlace => {
    const { port, secret16, chainId, registry20 } = lock.pairingOptions(person.address);
    const sign = async (digest32: Uint8Array) =>
      hexToBytes((await person.sign?.({ hash: bytesToHex(digest32) })) ?? assert.fail());
    return { port, secret16, domain: { chainId, registry20 }, sign };
  };

  /** A finger on the inside button, and the bolt's answer to it. */
  const press = async (lock: TestLock) => {
    const { bolt } = lock.world;
    await lock.press();
    await until(
      'the button to turn the bolt',
      () => lock.world.bolt !== bolt && lock.world.bolt !== 'between',
    );
  };

  const adopt = async (
    lock: TestLock,
    buyer: PrivateKeyAccount,
    handover?: unknown,
  ): Promise<AdoptedLock> => {
    await press(lock);
    const { epoch } = await chain.lockState(lock.id);
    return adoptLock({
      ...placeOf(lock, buyer),
      owner20: hexToBytes(buyer.address),
      epoch,
      ...(handover === undefined ? {} : { handover }),
    });
  };

  const sell = async (lock: TestLock) => {
    const buyer = await chain.newPerson();
    await chain.send(lock.owner, ['transferFrom', [lock.owner.address, buyer.address, lock.id]]);
    return buyer;
  };

  const reportOf = (lock: TestLock, what: string, wanted: (report: Report) => boolean) =>
    until(what, () => lock.reports.find(wanted));

  it('stays with its owner, who hears of the adoption and posts a veto through a stranger', () =>
    withLock({ chain }, async (lock) => {
      const buyer = await sell(lock);
      const { challenge16, waitSeconds } = await adopt(lock, buyer);
      assert.equal(waitSeconds, ADOPTION_HOURS * HOUR_SECONDS);
      const { alarms, adoption } = await reportOf(lock, 'the alarm', ({ cause }) => cause === 'alarm');
      assert.ok(alarms & ALARM.adoption);
      assert.deepEqual(adoption?.owner, hexToBytes(buyer.address));
      assert.deepEqual(adoption?.challenge16, challenge16);
      // One connection at a time: the one before may still be closing.
      const refuse = () => refuseAdoption(placeOf(lock, buyer), challenge16);
      await assert.rejects(patiently(/closed the pairing/, refuse), /refused pairing: adoption/);

      const stranger = await chain.newPerson();
      const data = bytesToHex(
        await vetoCall(placeOf(lock, lock.owner), hexToBytes(lock.address), challenge16),
      );
      await chain.broadcast(await chain.sign(stranger, data));
      const told = await reportOf(lock, 'the end of it', ({ cause }) => cause === 'adoption');
      assert.deepEqual([told.owner, told.epoch], [hexToBytes(lock.owner.address), 1]);
      assert.deepEqual([told.adoption, told.alarms & ALARM.adoption], [undefined, 0]);
    }));

  it('is adopted after a day of acknowledged reports, and obeys its buyer alone', () =>
    withLock({ chain }, async (lock) => {
      const buyer = await sell(lock);
      await adopt(lock, buyer);
      for (let hour = 1; hour < ADOPTION_HOURS; hour++) await passHour(lock, hour);
      await passHour(lock, undefined);
      const { owner, epoch } = await reportOf(lock, 'the adoption', ({ cause }) => cause === 'adoption');
      assert.deepEqual([owner, epoch], [hexToBytes(buyer.address), 2]);
      await lock.receiptOf(await lock.command(UNLOCK, buyer, { epoch: 2 }));
      assert.equal(
        await chain.revertOf(lock.owner, ['command', [lock.order(UNLOCK, { epoch: 2 })]]),
        'NoRight',
      );
    })).timeout(120_000);

  it('is adopted at once where the owner’s handover names the buyer, though it has expired', () =>
    withLock({ chain }, async (lock) => {
      const buyer = await sell(lock);
      const handover = { epoch: 1, newEpoch: 2, notAfterSeconds: chain.nowSeconds - 86_400 };
      const signed = await chain.sign(lock.owner, handoverCall(lock.address, buyer.address, handover));
      // The registry reverts it; signed it is all the same.
      await chain.broadcast(signed);
      const json = await chain.rpc('eth_getTransactionByHash', signed.hash);
      const { waitSeconds, epoch } = await adopt(lock, buyer, json);
      assert.deepEqual([waitSeconds, epoch], [0, 2]);
      await lock.receiptOf(await lock.command(UNLOCK, buyer, { epoch: 2 }));
    }));

  /** An hour in which a heartbeat is made and taken. @param hoursAfter - undefined: the last one */
  async function passHour(lock: TestLock, hoursAfter: number | undefined): Promise<void> {
    const heartbeats = () => lock.reports.filter(({ cause }) => cause === 'heartbeat').length;
    const before = heartbeats();
    await lock.passTime(HOUR_SECONDS - 60);
    await until('a heartbeat', () => heartbeats() > before);
    await lock.passTime(60);
    if (hoursAfter === undefined) return;
    const left = (ADOPTION_HOURS - hoursAfter) * HOUR_SECONDS;
    await lock.passTime(900);
    await until(`${left} s`, () => lock.reports.at(-1)?.adoption?.waitSeconds === left);
  }
});
