import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { handoverCall } from '../../tools/latchkey/owner/registry-calls.js';
import { LatchkeyBench, type OwnedLock } from './latchkey-bench.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';

describe('latchkey, for a lock that was sold on a market', function () {
  this.timeout(60_000);
  let chain: TestChain;
  let seller: LatchkeyBench;
  let buyer: LatchkeyBench;
  let lock: OwnedLock;
  let address: Hex;
  let buyerAddress: Hex;

  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());
  beforeEach(async () => {
    seller = new LatchkeyBench(chain);
    buyer = new LatchkeyBench(chain);
    lock = await seller.pairedLock();
    buyerAddress = (await buyer.newKey('owner')).address.toLowerCase() as Hex;
    await buyer.settle();
    address = String((await seller.done(['status', '--json'])).result['lock']) as Hex;
  });
  afterEach(() => {
    seller.stop();
    buyer.stop();
  });

  const sell = () =>
    chain.send(lock.owner, ['transferFrom', [lock.owner.address, buyerAddress, BigInt(address)]]);
  /** Presses the inside button until the work in the session is done: one that comes too early is not noticed. */
  const beside = async <T>(work: () => Promise<T>): Promise<T> => {
    const finger = setInterval(() => lock.world.pressButton(), 700);
    lock.world.pressButton();
    try {
      return await work();
    } finally {
      clearInterval(finger);
    }
  };
  const place = () => ['--lock', address, '--at', lock.at, '--reports', lock.host.reportFile];
  const adopt = (...more: readonly string[]) =>
    beside(() =>
      buyer.done(['adopt', ...place(), '--name', 'house', '--json', ...more], { answers: [true, lock.code] }),
    );
  const waiting = () =>
    until('the claim in a report', async () => {
      const { objects } = await seller.run(['status', '--json']);
      return (objects[0]?.['report'] as { adoption?: object } | undefined)?.adoption;
    });

  it('asks it to obey, shows to both how long that takes, and is stopped from afar', async () => {
    await sell();
    const asked = await adopt();
    assert.deepEqual([asked.result['event'], asked.result['waitSeconds']], ['adopting', 86_400]);
    await waiting();
    const line =
      /^adoption +.* asks to become the owner, epoch 2: 24 h with delivered reports are left; latchkey refuse/m;
    assert.match((await seller.done(['status'])).stdout, line);
    assert.match((await buyer.done(['status', '--lock', 'house'])).stdout, line);
    await buyer.fails(
      1,
      /^latchkey: house obeys 0x[0-9a-f]{40}, not 0x[0-9a-fA-F]{40}: say its owner's key/,
      [...['refuse', '--lock', 'house']],
    );
    const stopped = await seller.done(['refuse']);
    assert.match(stopped.stdout, /^front-door stays with you: report #\d+, signed by the lock$/m);
    const { stdout } = await seller.done(['log']);
    assert.match(
      stdout,
      /somebody asks to become the owner; it is 0x\w{4}…\w{4}, 24 h with delivered reports/,
    );
    assert.match(stdout, /an adoption has ended; the owner is owner \(0x\w{4}…\w{4}\), epoch 1$/m);
    await seller.fails(
      1,
      /^latchkey: nobody asks to become the owner of front-door: its report #\d+ names none$/,
      ['refuse'],
    );
  });

  it('is stopped beside the lock', async () => {
    await sell();
    await adopt();
    await waiting();
    const run = await beside(() =>
      seller.done(['refuse', '--at', lock.at, '--json'], { answers: [lock.code] }),
    );
    assert.equal(run.result['event'], 'stopped');
    await until('a report without the claim', async () => {
      const { objects } = await seller.run(['status', '--json']);
      return (objects[0]?.['report'] as { adoption?: object } | undefined)?.adoption === undefined;
    });
  });

  it('obeys at once where its owner handed it over, though too late for the lock to hear', async () => {
    lock.host.cutPower();
    const handover = { epoch: 1, newEpoch: 2, notAfterSeconds: chain.nowSeconds + 600 };
    const signed = await chain.sign(lock.owner, handoverCall(address, buyerAddress, handover));
    await chain.broadcast(signed);
    await until('the handover on chain', () => chain.rpc('eth_getTransactionReceipt', signed.hash));
    // Over a day later the lock would doubt the time, and hear it all the same.
    await chain.goTo(chain.nowSeconds + 3_600);
    lock.host.boot();
    const { result } = await adopt('--handover', signed.hash);
    assert.deepEqual([result['event'], result['waitSeconds'], result['epoch']], ['adopted', 0, 2]);
    await until('the report of it', async () =>
      /^#\d+ .*an adoption has ended; the owner is 0x/m.test((await seller.run(['log'])).stdout),
    );
  });

  it('signs nothing where a person says no, and says what it cannot read', async () => {
    await buyer.fails(
      1,
      /the registry is in epoch 1, as the lock is \(report #\d+\): the token has not changed/,
      [...['adopt', ...place()]],
    );
    await sell();
    await buyer.fails(1, /^latchkey: nothing was signed$/, ['adopt', ...place()], { answers: [false] });
    await buyer.fails(1, /knows no transaction 0x12: say the hash of the handover$/, [
      ...['adopt', ...place(), '--handover', '0x12'],
    ]);
    await seller.fails(2, /no place of reports is known/, ['refuse', '--lock', `0x${'12'.repeat(20)}`]);
    const config = JSON.parse(readFileSync(join(buyer.home, 'latchkey.json'), 'utf8')) as { locks?: object };
    assert.equal(config.locks, undefined);
  });
});
