import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BoxedLock, LatchkeyBench, PASSWORD } from './latchkey-bench.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';

describe('latchkey, ordering a running lock', () => {
  let chain: TestChain;
  let bench: LatchkeyBench;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());
  beforeEach(() => {
    bench = new LatchkeyBench(chain);
  });
  afterEach(async () => {
    await chain.rpc('evm_setAutomine', true);
    await chain.rpc('evm_mine');
    bench.stop();
  });

  const sentBook = () =>
    Object.values(
      JSON.parse(readFileSync(join(bench.home, 'sent.json'), 'utf8')) as Record<
        string,
        { nonce: number; notAfterSeconds: number; feePerGas: string }
      >,
    )[0] ?? assert.fail('nothing was sent');

  it('unlocks and locks, shows what it signs, and ends with the receipt that the lock signed', async () => {
    const lock = await bench.pairedLock();
    const opened = await bench.done(['unlock', '--json']);
    assert.deepEqual(
      opened.objects.map(({ event }) => event),
      ['sent', 'obeyed'],
    );
    assert.equal(opened.result['bolt'], 'unlocked');
    assert.equal(lock.world.bolt, 'unlocked');
    const closed = await bench.done(['lock']);
    assert.match(
      closed.stdout,
      /^front-door is locked, door closed: report #\d+, signed by the lock, after/m,
    );
    assert.match(
      closed.stderr,
      /order +lock\nlock +front-door, 0x[0-9a-f]{40}, epoch 1\nsigned by 0x\w{4}…\w{4}, good until \d\d:\d\d:\d\d \(5 min\)/,
    );
    assert.equal(lock.world.bolt, 'locked');
  });

  it('opens for a while by --relock, and the lock locks by itself', async () => {
    const lock = await bench.pairedLock('front-door', { relockMs: 200 });
    const { result } = await bench.done(['unlock', '--relock', '--json']);
    assert.equal(result['action'], 'unlock, then lock again by itself');
    await until('the relock', () => lock.world.bolt === 'locked');
  });

  it("names the challenge of the lock's last report, which a lock without a clock obeys", async () => {
    const lock = await bench.pairedLock('front-door', { clockSource: 'none' });
    await bench.fails(4, /^latchkey: mined in block \d+; the lock has not reported since #\d+/, [
      'unlock',
      '--wait',
      '1',
    ]);
    assert.equal(lock.world.moves, 0);
    const { stderr } = await bench.done(['unlock', '--challenge']);
    assert.match(stderr, /epoch 1, challenge 0x[0-9a-f]{8}/);
    assert.equal(lock.world.bolt, 'unlocked');
  });

  for (const mode of ['privacy', 'vacation', 'passage'] as const) {
    it(`switches ${mode} on and off, as the lock's report says`, async () => {
      await bench.pairedLock();
      await bench.done([mode, 'on']);
      assert.match((await bench.done(['status'])).stdout, new RegExp(`^modes +${mode}$`, 'm'));
      await bench.done([mode, 'off']);
      assert.match((await bench.done(['status'])).stdout, /^modes +normal$/m);
    });
  }

  it('ends with 1 and the reason where the lock refuses', async () => {
    const lock = await bench.pairedLock();
    await bench.done(['privacy', 'on']);
    await bench.fails(1, /^latchkey: the lock refused it: privacy mode is on: .* \(report #\d+\)$/, [
      'unlock',
    ]);
    assert.equal(lock.world.moves, 0);
    const { exitCode, objects } = await bench.run(['unlock', '--json']);
    assert.equal(exitCode, 1);
    assert.deepEqual(
      objects.map(({ event }) => event),
      ['sent', 'refused', 'failed'],
    );
    assert.equal(objects[1]?.['reason'], 'privacy');
  });

  it('ends with 1 where the bolt does not get there', async () => {
    const lock = await bench.pairedLock();
    lock.world.setJammed(true);
    await chain.hurry(() => bench.fails(1, /^latchkey: the lock obeyed, but its bolt is jammed/, ['unlock']));
  });

  it('ends with 4 and when the lock was last heard of, where it is off', async () => {
    const lock = await bench.pairedLock();
    lock.host.cutPower();
    await bench.fails(4, /^latchkey: mined in block \d+; the lock has not reported since \d\d:\d\d$/, [
      'unlock',
      '--wait',
      '1',
    ]);
  });

  it('ends with 4 and how to look, where no place of reports is known', async () => {
    const { address } = await paired(bench);
    await bench.fails(4, /^latchkey: mined in block \d+; no place of reports is known/, [
      'unlock',
      '--lock',
      address,
    ]);
  });

  it('replaces an order that waits for a block: the same nonce, a later notAfter, a higher fee', async () => {
    const lock = await bench.pairedLock();
    await chain.rpc('evm_setAutomine', false);
    await bench.fails(4, /^latchkey: no block holds 0x[0-9a-f]{64} yet: run it again/, [
      'unlock',
      '--wait',
      '0',
    ]);
    const first = sentBook();
    const second = bench.done(['lock', '--json']);
    await until('the replacement', () => sentBook().notAfterSeconds > first.notAfterSeconds);
    await chain.rpc('evm_mine');
    const { result, stderr } = await second;
    assert.match(stderr, /^replaces the order 0x[0-9a-f]{64}, which no block holds yet$/m);
    assert.equal(result['action'], 'lock');
    assert.equal(sentBook().nonce, first.nonce);
    assert.ok(BigInt(sentBook().feePerGas) > BigInt(first.feePerGas));
    assert.equal(lock.world.moves, 0, 'the unlock was never mined');
  });

  it('waits behind a grant that waits for a block, and never replaces it', async () => {
    const lock = await bench.pairedLock();
    await chain.rpc('evm_setAutomine', false);
    await bench.fails(4, /no block holds/, ['unlock', '--wait', '0']);
    const path = join(bench.home, 'sent.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"order"', '"grant"'));
    const { nonce } = sentBook();
    const second = bench.done(['lock']);
    await until('the second', () => sentBook().nonce === nonce + 1);
    await chain.rpc('evm_mine');
    assert.match((await second).stderr, /^1 transactions of this key wait for a block before it$/m);
    await until('both', () => lock.world.bolt === 'locked' && lock.host.powered);
  });

  it('asks for the password where no file holds it', async () => {
    await bench.pairedLock();
    await bench.done(['unlock'], { answers: [PASSWORD], env: { LATCHKEY_PASSWORD_FILE: '' } });
  });
});

/** A lock whose reports nobody has told of. */
async function paired(bench: LatchkeyBench): Promise<{ readonly lock: BoxedLock; readonly address: string }> {
  await bench.newKey('owner');
  await bench.settle();
  const lock = await bench.newLock();
  lock.world.pressButton();
  const { objects } = await bench.done(['pair', '--at', lock.at, '--register', '--json'], {
    answers: [lock.code, true],
  });
  return { lock, address: String(objects[0]?.['lock']) };
}
