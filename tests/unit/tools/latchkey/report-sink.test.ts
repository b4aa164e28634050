import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import { REPORT_BYTES_MAX } from '../../../../firmware/protocol/limits.js';
import { ReportSink, type ReportSinkOptions } from '../../../../tools/latchkey/report-sink.js';
import { ReportSigner } from './signed-reports.js';

describe('ReportSink', () => {
  let folder: string;
  let file: string;
  let lock: ReportSigner;
  let sink: ReportSink | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-sink-'));
    file = join(folder, 'deep', 'reports.hex');
    lock = new ReportSigner();
  });
  afterEach(async () => {
    await sink?.close();
    sink = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options: Partial<ReportSinkOptions> = {}): Promise<string> {
    const isKnown = (address: string) => address === formatHex(lock.lock20);
    sink = new ReportSink({ file, isKnown, serves: false, ...options });
    return `http://127.0.0.1:${await sink.listen(0, '127.0.0.1')}/`;
  }
  const post = (url: string, body: Uint8Array, contentType = 'application/cose') =>
    fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body: Buffer.from(body) });
  const kept = () => readFileSync(file, 'utf8');

  it('keeps each report as a line that only its owner may read, a retry once', async () => {
    const url = await open();
    const [one = new Uint8Array(), two = new Uint8Array()] = lock.take(2);
    for (const body of [one, two, one]) assert.equal((await post(url, body)).status, 204);
    assert.equal(kept(), `${formatHex(one)}\n${formatHex(two)}\n`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('keeps none twice that an earlier sink has kept', async () => {
    const reports = lock.take(3);
    for (const round of [1, 2]) {
      await sink?.close();
      const url = await open();
      for (const body of [...reports, ...reports])
        assert.equal((await post(url, body)).status, 204, `round ${round}`);
    }
    assert.equal(kept(), reports.map((cose) => `${formatHex(cose)}\n`).join(''));
  });

  it('refuses what is no report of a known lock, by its status, and keeps nothing', async () => {
    const problems: string[] = [];
    const url = await open({ onRefused: (problem) => problems.push(problem) });
    const forged = lock.next();
    forged.set([(forged.at(-1) ?? 0) ^ 1], forged.length - 1);
    assert.equal((await post(url, forged)).status, 400);
    assert.equal((await post(url, Uint8Array.of(1, 2, 3))).status, 400);
    assert.equal((await post(url, new ReportSigner(9).next())).status, 403);
    assert.equal((await post(url, lock.next(), 'text/plain')).status, 415);
    assert.equal((await post(url, new Uint8Array(REPORT_BYTES_MAX + 1))).status, 413);
    assert.equal((await fetch(url)).status, 405);
    assert.equal(problems.length, 6);
    assert.equal(kept(), '');
  });

  it('goes on below a line that a crash cut off', async () => {
    await open();
    await sink?.close();
    writeFileSync(file, '0x0102');
    const url = await open();
    const cose = lock.next();
    await post(url, cose);
    assert.equal(kept(), `0x0102\n${formatHex(cose)}\n`);
  });

  it('serves the file where it is told to, from any byte on', async () => {
    const url = await open({ serves: true });
    assert.equal(await (await fetch(url)).text(), '');
    const cose = lock.next();
    await post(url, cose);
    assert.equal(await (await fetch(url)).text(), kept());
    const part = await fetch(url, { headers: { range: 'bytes=10-' } });
    assert.equal(part.status, 206);
    assert.equal(await part.text(), kept().slice(10));
    const past = await fetch(url, { headers: { range: `bytes=${kept().length}-` } });
    assert.equal(past.status, 416);
    assert.equal(past.headers.get('content-range'), `bytes */${kept().length}`);
  });

  it('says that its port is taken', async () => {
    const url = await open();
    const second = new ReportSink({ file: join(folder, 'other.hex'), isKnown: () => true, serves: false });
    await assert.rejects(
      second.listen(Number(new URL(url).port), '127.0.0.1'),
      /cannot listen on 127\.0\.0\.1:\d+ \(.*\): say another --port/,
    );
  });
});
