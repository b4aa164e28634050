import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Closers } from '../../../tools/bench/closers.js';
import { floorGas, type Gas, intrinsicGas, iotexGas } from '../../../tools/bench/gas-schedule.js';
import { HttpCounter } from '../../../tools/bench/http-counter.js';
import { Progress } from '../../../tools/bench/progress.js';
import type { BenchResult, Percentiles } from '../../../tools/bench/result.js';
import { formatResult } from '../../../tools/bench/table.js';
import { lockExchange, medianBytes, sumBytes, type WireSamples } from '../../../tools/bench/wire-bytes.js';
import type { WireExchange } from '../../../tools/bench/wire-tap.js';

const PROGRAM = fileURLToPath(new URL('../../../tools/bench/main.js', import.meta.url));
const SNAPSHOT = fileURLToPath(new URL('../../../../contracts/snapshots/gas.json', import.meta.url));
const TOGGLES = 3;
/** The simulated bolt takes 400; two clocks read to the millisecond may show a little less. */
const BOLT_TRAVEL_MS = 390;

describe('bench --json', function () {
  this.timeout(120_000);
  let run: Run;
  let result: BenchResult;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
    run = await runBench(['--toggles', `${TOGGLES}`, '--json'], { TMPDIR: folder });
    assert.equal(run.exitCode, 0, run.stderr);
    result = JSON.parse(run.stdout) as BenchResult;
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('prints one line on stdout, its progress on stderr, and leaves no file behind', () => {
    assert.match(run.stdout, /^\{.*\}\n$/);
    assert.match(run.stderr, new RegExp(`bench: ${TOGGLES} of ${TOGGLES} toggles\n`));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('counts every toggle that was asked for', () => {
    assert.deepEqual(result.toggles, { asked: TOGGLES, ok: TOGGLES });
    assert.equal(result.environment.blockSeconds, 1);
  });

  it('counts bytes that add up', () => {
    const { reportBytes, ...ours } = result.wire.ours;
    for (const [name, wire] of Object.entries({ ...ours, naive: result.wire.naive.poll })) {
      const { up, down, total, totalMin, totalMax, samples } = wire;
      assert.equal(up.body + up.headers + down.body + down.headers, total, name);
      assert.ok(
        totalMin <= total && total <= totalMax && samples >= TOGGLES,
        `${name} ${JSON.stringify(wire)}`,
      );
      for (const part of [up.body, up.headers, down.body, down.headers]) assert.ok(part > 50, name);
    }
    assert.ok(reportBytes.min > 200 && reportBytes.max < 400, JSON.stringify(reportBytes));
  });

  it('finds an idle poll of one small request, and a toggle of two', () => {
    const { idlePoll, pollWithOneHit, transactionFetch, toggle, toggleUntilReceipt } = result.wire.ours;
    assert.deepEqual(
      [idlePoll, pollWithOneHit, transactionFetch, toggle].map(({ requests }) => requests),
      [1, 1, 1, 2],
    );
    assert.ok(idlePoll.up.body < 320 && idlePoll.down.body < 100, JSON.stringify(idlePoll));
    assert.ok(idlePoll.samples > TOGGLES && idlePoll.totalMax < pollWithOneHit.totalMin);
    const hit = pollWithOneHit.down.body - idlePoll.down.body;
    assert.ok(hit > 450 && hit < 700, `one event of ${hit} bytes`);
    assert.ok(transactionFetch.down.body > 600 && transactionFetch.down.body < 1_000);
    assert.ok(toggle.totalMin >= pollWithOneHit.totalMin + transactionFetch.totalMin);
    assert.ok(toggle.totalMax <= pollWithOneHit.totalMax + transactionFetch.totalMax);
    assert.ok(toggleUntilReceipt.requests >= 2 && toggleUntilReceipt.total >= toggle.totalMin);
  });

  it('counts what a day costs, the same in every run', () => {
    const { everySecond, adaptive, nobodyThere, monthOffline } = result.day;
    for (const day of [everySecond, adaptive, nobodyThere]) assert.equal(day.seconds, 86_400);
    assert.ok(everySecond.requests >= 86_400 && everySecond.longestWaitSeconds <= 1);
    // Idle, a poll each 26 to 30 s; twelve orders add some minutes of quick ones each.
    assert.ok(nobodyThere.requests >= 2_880 && nobodyThere.requests < 3_400, JSON.stringify(nobodyThere));
    assert.ok(adaptive.requests > nobodyThere.requests && adaptive.requests < 6_000);
    assert.ok(adaptive.longestWaitSeconds <= 30);
    assert.ok(nobodyThere.upBytes <= 350 * nobodyThere.requests);
    assert.ok(nobodyThere.downBytes <= 110 * nobodyThere.requests);
    assert.ok(monthOffline.requests < 720 && monthOffline.seconds < 400, JSON.stringify(monthOffline));
    const { up } = result.wire.ours.idlePoll;
    assert.equal(adaptive.upWithHeaders, adaptive.upBytes + adaptive.requests * up.headers);
  });

  it('measures the gas that the snapshot holds', () => {
    const snapshot = JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as Record<string, Gas>;
    const { 'post of 256 bytes': post, ...others } = snapshot;
    for (const [name, gas] of Object.entries(others)) assert.deepEqual(result.gas.ours[name], gas, name);
    // The snapshot's rules are cancun's; later ones ask a floor for much calldata.
    const measured = result.gas.ours['post of 256 bytes'];
    assert.ok(post && measured && measured.ethereum >= post.ethereum, JSON.stringify(measured));
    assert.equal(measured.iotex, post.iotex);
  });

  it('measures a naive toggle that is cheaper than ours, and not by much', () => {
    for (const { ethereum, iotex } of Object.values(result.gas.naive)) {
      assert.ok(ethereum > 26_000 && ethereum < 27_500, `${ethereum}`);
      assert.ok(iotex > 18_000 && iotex < 20_000, `${iotex}`);
    }
    assert.deepEqual(Object.keys(result.gas.naive), ['unlock', 'lock']);
  });

  it('times every part of a toggle', () => {
    const { ours, naive } = result.latency;
    const parts = ['sentToMined', 'minedToSeen', 'seenToVerified', 'verifiedToMoved', 'movedToSigned'];
    assert.deepEqual(Object.keys(ours), [...parts, 'signedToChecked', 'sentToVerified', 'total']);
    assert.deepEqual(Object.keys(naive), ['sentToMined', 'minedToSeen', 'sentToSeen']);
    for (const [name, { p50_ms, p95_ms }] of [...Object.entries(ours), ...Object.entries(naive)]) {
      assert.ok(p50_ms !== null && p95_ms !== null && p50_ms <= p95_ms, name);
      // A block may be in the lock's hands a moment before the node announces it here.
      assert.ok(p50_ms > -100 && p95_ms < 20_000, `${name} ${p50_ms} ${p95_ms}`);
    }
    assert.ok(atLeast(ours['verifiedToMoved'], BOLT_TRAVEL_MS));
    assert.ok(atLeast(ours['total'], BOLT_TRAVEL_MS + (ours['sentToVerified']?.p50_ms ?? 0)));
  });

  it('counts checks a second', () => {
    for (const [name, rate] of Object.entries(result.perSecond)) assert.ok(rate > 1 && rate < 1e6, name);
    assert.ok(result.perSecond.opensslVerify > result.perSecond.nobleVerify);
  });

  it('gives ratios of its own figures', () => {
    const { ours, naive } = result.wire;
    const body = ({ up, down }: WireSamples) => up.body + down.body;
    const { ratios, gas } = result;
    close(ratios['pollRequests'], 1);
    close(ratios['pollBytes'], ours.idlePoll.total / naive.poll.total);
    close(ratios['pollBodyBytes'], body(ours.idlePoll) / body(naive.poll));
    close(ratios['toggleRequests'], 2);
    close(ratios['toggleBytes'], ours.toggle.total / naive.poll.total);
    close(ratios['toggleBodyBytes'], body(ours.toggle) / body(naive.poll));
    const command = gas.ours['command by the owner'] as Gas;
    close(ratios['toggleGasEthereum'], command.ethereum / (gas.naive['lock'] as Gas).ethereum);
    close(ratios['toggleGasIotex'], command.iotex / (gas.naive['lock'] as Gas).iotex);
    const { latency } = result;
    close(
      ratios['sentToDriven'],
      (latency.ours['sentToVerified']?.p50_ms ?? 0) / (latency.naive['sentToSeen']?.p50_ms ?? 0),
    );
  });

  it('says which figures hold on this computer alone', () => {
    assert.ok(result.notes.some((note) => note.includes('informational')));
  });

  it('lays out as a table every figure that it prints', () => {
    const table = formatResult(result);
    for (const name of Object.keys(result.gas.ours)) assert.ok(table.includes(name), name);
    for (const note of result.notes) assert.ok(table.includes(note), note);
    assert.match(table, /\nidle poll +1 +28\d /);
    assert.match(table, /\nsent to mined +\d/);
  });
});

describe('bench', () => {
  it('explains itself', async () => {
    const { exitCode, stdout } = await runBench(['--help'], {});
    assert.equal(exitCode, 0);
    assert.match(stdout, /--toggles <n>.*\n.*--json/);
  });

  it('ends its chain and takes its files away when it is stopped', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
    try {
      const { exitCode, stdout } = await runBench(['--json'], { TMPDIR: folder }, (child, stderr) => {
        // The folders are made at the start of this part, before the lock is up.
        if (stderr.includes('on a chain with blocks')) {
          const timer = setInterval(() => {
            if (readdirSync(folder).length < 2) return;
            clearInterval(timer);
            child.kill('SIGTERM');
          }, 20);
          return true;
        }
        return false;
      });
      assert.deepEqual([exitCode, stdout, readdirSync(folder)], [143, '', []]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  for (const words of [['--toggles', '0'], ['--toggles', 'x'], ['--toggles', '1001'], ['--fast'], ['more']]) {
    it(`refuses ${words.join(' ')} in one line`, async () => {
      const { exitCode, stdout, stderr } = await runBench(words, {});
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^bench: [^\n]+--help tells more\)\n$/);
    });
  }
});

describe('HttpCounter', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n';
  const message = { headerBytes: head.length, bodyBytes: 4, body: 'body' };
  const bytes = Buffer.from(`${head}body`);

  it('counts headers and body of each message', () => {
    assert.deepEqual(new HttpCounter().feed(Buffer.concat([bytes, bytes])), [message, message]);
  });

  it('counts the same wherever the bytes are cut', () => {
    for (let cut = 0; cut < bytes.length; cut++) {
      const counter = new HttpCounter();
      assert.deepEqual(counter.feed(bytes.subarray(0, cut)), [], `cut at ${cut}`);
      assert.deepEqual(counter.feed(bytes.subarray(cut)), [message], `cut at ${cut}`);
    }
  });

  it('counts bytes, not characters', () => {
    const text = 'ключ';
    const length = Buffer.byteLength(text);
    const [found] = new HttpCounter().feed(
      Buffer.from(`POST / HTTP/1.1\r\ncontent-length:${length}\r\n\r\n${text}`),
    );
    assert.deepEqual([found?.bodyBytes, found?.body], [8, text]);
  });

  it('refuses what it cannot count', () => {
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    assert.throws(() => new HttpCounter().feed(chunked), /content-length/);
    assert.throws(() => new HttpCounter().feed(Buffer.alloc(20_000, 'x')), /headers/);
  });
});

describe('gas schedule', () => {
  const data = Uint8Array.of(1, 2, 0);

  it('prices calldata as EIP-2028 and EIP-7623 do', () => {
    assert.equal(intrinsicGas(data), 21_000 + 16 + 16 + 4);
    assert.equal(floorGas(data), 21_000 + 10 * 4 + 10 * 4 + 10);
  });

  it('takes the larger of the two prices of IoTeX', () => {
    assert.equal(iotexGas(data, 0), 10_750);
    assert.equal(iotexGas(data, 450), 10_750);
    assert.equal(iotexGas(data, 451), 10_751);
  });
});

describe('wire bytes', () => {
  it('takes the median sample and the bounds of all', () => {
    const of = (total: number) => ({ ...sumBytes([]), total });
    const { total, totalMin, totalMax, samples } = medianBytes([of(9), of(1), of(5), of(7)]);
    assert.deepEqual([total, totalMin, totalMax, samples], [5, 1, 9, 4]);
    assert.throws(() => medianBytes([]), /nothing/);
  });

  it('tells polls from fetches, and finds the events of a poll by its id', () => {
    const call = (id: number, method: string, params: readonly unknown[]) => ({ id, method, params });
    const batch = [call(6, 'eth_blockNumber', []), call(7, 'eth_getLogs', [{}])];
    const events = { id: 7, result: [{ transactionHash: '0xa1' }, { transactionHash: '0xb2' }] };
    const poll = lockExchange(exchange(batch, [events, { id: 6, result: '0x1' }]));
    assert.deepEqual(poll.kind === 'poll' && poll.transactions, ['0xa1', '0xb2']);
    const fetched = lockExchange(exchange(call(8, 'eth_getTransactionByHash', ['0xa1']), {}));
    assert.equal(fetched.kind === 'transaction' && fetched.hash, '0xa1');
    assert.equal(lockExchange(exchange(call(9, 'eth_blockNumber', []), {})).kind, 'other');
    assert.equal(lockExchange(exchange(batch, { id: 7, error: {} })).kind, 'other');
    assert.equal(lockExchange(exchange(batch, [{ id: 7, error: {} }])).kind, 'other');
  });
});

describe('Closers', () => {
  it('ends all, the newest first, each once, whatever fails or hangs', async function () {
    this.timeout(15_000);
    const ended: number[] = [];
    const closers = new Closers();
    closers.add(() => ended.push(1));
    closers.add(() => Promise.reject(new Error('stuck')));
    closers.add(() => new Promise(() => {}));
    closers.add(async () => ended.push(3));
    await closers.closeAll();
    await closers.closeAll();
    assert.deepEqual(ended, [3, 1]);
  });
});

describe('Progress', () => {
  const written = (isTTY: boolean) => {
    let text = '';
    const progress = new Progress({ isTTY, write: (part) => (text += part) });
    progress.step('work');
    for (let i = 1; i <= 12; i++) progress.part(i, 12, 'parts');
    progress.end();
    return text;
  };

  it('writes plain lines where there is no terminal', () => {
    assert.equal(written(false), 'bench: work\nbench: 10 of 12 parts\nbench: 12 of 12 parts\n');
  });

  it('draws one bar on a terminal', () => {
    const text = written(true);
    assert.equal(text.split('\n').length, 3);
    assert.ok(
      text.endsWith(`\rbench: [${'#'.repeat(30)}] 12 of 12 parts \n`),
      JSON.stringify(text.slice(-80)),
    );
  });
});

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param watch - is shown all of stderr with each part of it, until it says that it has seen enough */
function runBench(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  watch: (child: ChildProcess, stderr: string) => boolean = () => true,
): Promise<Run> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  let isWatching = true;
  child.stdout.on('data', (data: Buffer) => {
    stdout += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data;
    if (isWatching) isWatching = !watch(child, stderr);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

function exchange(asked: unknown, answered: unknown): WireExchange {
  const message = (body: string) => ({ headerBytes: 1, bodyBytes: body.length, body });
  const [up, down] = [message(JSON.stringify(asked)), message(JSON.stringify(answered))];
  return { askedUnixMs: 0, answeredUnixMs: 1, up, down };
}

function atLeast(found: Percentiles | undefined, ms: number): boolean {
  return found !== undefined && found.p50_ms !== null && found.p50_ms >= ms;
}

function close(found: number | undefined, expected: number): void {
  assert.ok(found !== undefined && Math.abs(found - expected) <= 0.001, `${found}, expected ${expected}`);
}
