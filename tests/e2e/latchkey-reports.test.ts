import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { termsWord } from '../contracts/words.js';
import { LatchkeyBench, type OwnedLock, type Run } from './latchkey-bench.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';

describe('latchkey, reading reports', () => {
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

  /** Runs a command that ends when it is told to, until the work is done. */
  async function during(
    argv: readonly string[],
    work: (stdout: () => string) => Promise<void>,
  ): Promise<Run> {
    const stop = new AbortController();
    let stdout = '';
    const run = bench.done(argv, { signal: stop.signal, onStdout: (text) => (stdout += text) });
    try {
      await Promise.race([work(() => stdout), run]);
    } finally {
      stop.abort();
    }
    return run;
  }

  const addressOf = (name: string): string => {
    const { locks } = JSON.parse(readFileSync(join(bench.home, 'latchkey.json'), 'utf8')) as {
      locks: Record<string, { address: string }>;
    };
    return locks[name]?.address ?? assert.fail(name);
  };
  const grant = (lock: OwnedLock, guest: string) =>
    chain.send(lock.owner, [
      'grant',
      [
        BigInt(addressOf('front-door')),
        guest as `0x${string}`,
        termsWord({ rights: 3, epoch: 1, serial: chain.nowSeconds, notAfter: chain.nowSeconds + 86_400 }),
      ],
    ]);

  it('watches: each verified report is one line, those from before first', async () => {
    const lock = await bench.pairedLock();
    const { stdout } = await during(['watch', '--last', '1'], async (seen) => {
      await until('the report of the pairing', () => seen().includes('paired'));
      await bench.done(['unlock']);
      await until('the report of the order', () => seen().includes('obeyed: unlock by owner'));
      lock.world.turnThumb('locked');
      await until('the report of the hand', () => / locked +door closed +by hand/.test(seen()));
    });
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /paired$/);
    assert.match(
      lines[1] ?? '',
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}#\d+ +unlocked +door closed +obeyed: unlock by owner$/,
    );
  });

  it('shows a forged report as refused, and goes on', async () => {
    const lock = await bench.pairedLock();
    const [line] = readFileSync(lock.host.reportFile, 'utf8').trimEnd().split('\n').slice(-1);
    const forged = `${line?.slice(0, -2)}${line?.endsWith('00') ? '01' : '00'}`;
    const { stdout } = await during(['watch', '--json'], async (seen) => {
      await until('the first', () => seen().includes('"report"'));
      appendFileSync(lock.host.reportFile, `${forged}\nno hex at all\n`);
      await until('the forged one', () => seen().includes('bad-report'));
      await bench.done(['unlock']);
      await until('the true one', () => seen().includes('"unlocked"'));
    });
    assert.match(stdout, /"event":"bad-report","problem":"signature: /);
  });

  it('keeps in a sink what locks post, and reads it there by URL', async () => {
    await bench.newKey('owner');
    await bench.settle();
    const file = join(bench.folder, 'kept.hex');
    await during(['sink', '--port', '0', '--file', file, '--serve', '--json'], async (seen) => {
      const url = await until('the sink', () => /"url":"([^"]+)"/.exec(seen())?.[1]);
      const lock = await bench.newLock({ reportUrl: url, reportTimeoutMs: 1_000 });
      lock.world.pressButton();
      await bench.done(
        ['pair', 'front-door', '--at', lock.at, '--register', '--report-url', url, '--reports', url],
        {
          answers: [lock.code, true],
        },
      );
      const { stdout } = await bench.done(['unlock']);
      assert.match(stdout, /front-door is unlocked/);
      await until('the report in the sink', () => seen().includes('"cause":"command"'));
      const kept = readFileSync(file, 'utf8');
      assert.equal(kept, readFileSync(lock.host.reportFile, 'utf8').slice(0, kept.length));
      // A sink of somebody else's reports takes none.
      const stranger = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/cose' },
        body: 'x',
      });
      assert.equal(stranger.status, 400);
    });
  });

  it('says what the lock has not applied yet, and that it is stale', async () => {
    const lock = await bench.pairedLock();
    const guest = await chain.newPerson();
    await grant(lock, guest.address);
    await until(
      'the grant at the lock',
      () => readFileSync(lock.host.reportFile, 'utf8').split('\n').length > 3,
    );
    assert.ok(!(await bench.done(['status'])).stdout.includes('not yet applied'));
    lock.host.cutPower();
    await grant(lock, (await chain.newPerson()).address);
    const { result, stdout } = await bench.done(['status', '--json']);
    assert.deepEqual(result['notYetApplied'], ['the last grant or revocation'], stdout);
    assert.equal(result['stale'], false);
    chain.clock.advance(31 * 60_000);
    await chain.rpc('evm_increaseTime', 31 * 60);
    await chain.rpc('evm_mine');
    assert.match((await bench.done(['status'])).stdout, /^stale +two heartbeats are missing/m);
  });

  it('counts heartbeats by the setting that the lock was given', async () => {
    const lock = await bench.pairedLock();
    lock.world.pressButton();
    await bench.done(['configure', '--at', lock.at, '--set', 'heartbeat=60'], { answers: [lock.code] });
    lock.host.cutPower();
    const pass = async (minutes: number) => {
      chain.clock.advance(minutes * 60_000);
      await chain.rpc('evm_increaseTime', minutes * 60);
      await chain.rpc('evm_mine');
    };
    await pass(90);
    assert.equal((await bench.done(['status', '--json'])).result['stale'], false);
    await pass(45);
    assert.equal((await bench.done(['status', '--json'])).result['stale'], true);
  });

  it('shows the last verified report where no node answers, and ends with 3', async () => {
    await bench.pairedLock();
    await bench.done(['unlock']);
    const dead = ['--rpc', 'http://127.0.0.1:1'];
    const run = await bench.run(['status', ...dead]);
    assert.equal(run.exitCode, 3);
    assert.match(run.stdout, /^registry +0x[0-9a-f]{40}; no node tells of it now, so/m);
    assert.match(run.stdout, /^bolt +unlocked$/m);
    assert.match(run.stderr, /^latchkey: no JSON-RPC node answers at /m);
    const { objects } = await bench.run(['status', '--json', ...dead]);
    assert.deepEqual([objects[0]?.['wish'], objects[0]?.['notYetApplied']], [null, null]);
    assert.deepEqual(objects.at(-1)?.['exitCode'], 3);
  });

  it('says that a lock which was transferred by other means obeys the owner of before', async () => {
    const lock = await bench.pairedLock();
    const buyer = await chain.newPerson();
    await chain.send(lock.owner, [
      'transferFrom',
      [lock.owner.address, buyer.address, BigInt(addressOf('front-door'))],
    ]);
    const { result } = await bench.done(['status', '--json']);
    assert.deepEqual(result['notYetApplied'], [
      `the lock obeys ${lock.owner.address.toLowerCase()}; the registry names ${buyer.address.toLowerCase()}`,
      'the lock is in epoch 1, the registry in 2',
    ]);
  });

  it('says where no report is, and asks for a place where none is known', async () => {
    await bench.pairedLock();
    const empty = join(bench.folder, 'empty.hex');
    writeFileSync(empty, '');
    assert.match(
      (await bench.done(['status', '--reports', empty])).stdout,
      /^report +none yet in .*empty\.hex$/m,
    );
    await bench.fails(3, /no reports from http:\/\/127\.0\.0\.1:9 \(.*\): is --reports right\?$/, [
      'status',
      '--reports',
      'http://127.0.0.1:9/reports',
    ]);
    await bench.fails(2, /is a folder: say the file of reports in it$/, ['watch', '--reports', bench.folder]);
    const lock = await bench.newLock();
    lock.world.pressButton();
    await bench.done(['pair', 'back-door', '--at', lock.at], { answers: [lock.code, true] });
    await bench.fails(2, /no place of reports is known: say --reports FILE or URL$/, [
      'watch',
      '--lock',
      'back-door',
    ]);
  });
});
