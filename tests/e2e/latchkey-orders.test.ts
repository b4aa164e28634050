import assert from 'node:assert/strict';
import { LatchkeyBench } from './latchkey-bench.js';
import { TestChain } from './test-chain.js';

describe('latchkey on a running lock', () => {
  let chain: TestChain;
  let bench: LatchkeyBench;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());
  beforeEach(() => {
    bench = new LatchkeyBench(chain);
  });
  afterEach(() => bench.stop());

  it('pairs, registers, unlocks, locks and tells the status', async () => {
    const lock = await bench.pairedLock();
    const opened = await bench.done(['unlock', '--json']);
    assert.equal(opened.result['event'], 'obeyed');
    assert.equal(opened.result['bolt'], 'unlocked');
    assert.equal(lock.world.bolt, 'unlocked');
    const closed = await bench.done(['lock']);
    assert.match(closed.stdout, /^front-door is locked, door closed: report #\d+, signed by the lock/);
    assert.match(closed.stderr, /order +lock\nlock +front-door, 0x[0-9a-f]{40}, epoch 1\nsigned by/);
    assert.equal(lock.world.bolt, 'locked');
    const status = await bench.done(['status', '--json']);
    assert.deepEqual(status.result['notYetApplied'], []);
    assert.equal(status.result['stale'], false);
    console.log((await bench.done(['status'])).stdout);
  });
});
