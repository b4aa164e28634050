import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPORT_BYTES_MAX } from '../../../../firmware/protocol/limits.js';
import {
  absoluteSource,
  openReportSource,
  ReportLines,
  type ReportSource,
} from '../../../../tools/latchkey/report-source.js';

async function read(source: ReportSource): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const cose of source.read()) found.push(Buffer.from(cose).toString('hex'));
  return found;
}

describe('ReportLines', () => {
  const feed = (...pieces: string[]) => {
    const lines = new ReportLines();
    return pieces.flatMap((piece) => lines.feed(piece)).map((bytes) => Buffer.from(bytes).toString('hex'));
  };

  it('cuts text at any place into whole lines', () => {
    const text = '0x0102\n0x03\r\n0x0405\n';
    for (let at = 0; at <= text.length; at++)
      assert.deepEqual(feed(text.slice(0, at), text.slice(at)), ['0102', '03', '0405'], `cut at ${at}`);
  });

  it('keeps a line that has no end yet, and passes over what is no hex', () => {
    assert.deepEqual(feed('0x01\n0x0', '2'), ['01']);
    assert.deepEqual(feed('nix\n0x0\n\n0xzz\n01\n0x05\n'), ['05']);
  });

  it('passes over a line that is longer than any report, in little memory', () => {
    const longest = 'ab'.repeat(REPORT_BYTES_MAX);
    assert.deepEqual(feed(`0x${longest}\n`), [longest]);
    assert.deepEqual(feed(`0x${longest}ab\n0x01\n`), ['01']);
    assert.deepEqual(feed('0x', ...Array.from({ length: 50 }, () => 'ab'.repeat(1_000)), '\n0x01\n'), ['01']);
  });
});

describe('openReportSource', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-source-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('follows a file from its start, before it is there too', async () => {
    const file = join(folder, 'reports.hex');
    const source = openReportSource(file);
    assert.deepEqual(await read(source), []);
    writeFileSync(file, '0x01\n0x02\n0x');
    assert.deepEqual(await read(source), ['01', '02']);
    appendFileSync(file, '03\n');
    assert.deepEqual(await read(source), ['03']);
    assert.deepEqual(await read(source), []);
  });

  it('reads a file anew that got shorter', async () => {
    const file = join(folder, 'reports.hex');
    writeFileSync(file, '0x01\n0x02\n');
    const source = openReportSource(file);
    await read(source);
    writeFileSync(file, '0x09\n');
    assert.deepEqual(await read(source), ['09']);
  });

  it('reads a file of more than a chunk whole', async () => {
    const file = join(folder, 'reports.hex');
    const line = `0x${'ab'.repeat(1_000)}\n`;
    writeFileSync(file, line.repeat(1_200));
    assert.equal((await read(openReportSource(file))).length, 1_200);
  });

  /** A web server whose file grows. */
  async function withServer(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    work: (url: string) => Promise<void>,
  ): Promise<void> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    try {
      await work(
        `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/kept?token=secret`,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  for (const hasRanges of [true, false]) {
    it(`follows a URL ${hasRanges ? 'by asking for what is new' : 'of a server that sends everything again'}`, async () => {
      let content = '0x01\n0x0';
      const asked: (string | undefined)[] = [];
      await withServer(
        ({ headers: { range } }, response) => {
          asked.push(range);
          const start = hasRanges ? Number(/(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0;
          if (start > 0 && start >= content.length)
            response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
          else response.writeHead(start > 0 ? 206 : 200).end(content.slice(start));
        },
        async (url) => {
          const source = openReportSource(url);
          assert.ok(!source.name.includes('secret'));
          assert.deepEqual(await read(source), ['01']);
          content += '2\n';
          assert.deepEqual(await read(source), ['02']);
          assert.deepEqual(await read(source), []);
          assert.deepEqual(asked, [undefined, 'bytes=8-', 'bytes=10-']);
          if (!hasRanges) return;
          content = '0x09\n';
          assert.deepEqual(await read(source), []);
          assert.deepEqual(await read(source), ['09'], 'the file was begun anew');
        },
      );
    });
  }

  it('says what a server answers that has no reports', () =>
    withServer(
      (_request, response) => response.writeHead(404).end(),
      async (url) => {
        await assert.rejects(read(openReportSource(url)), /answers 404 to the request for reports/);
      },
    ));
});

describe('absoluteSource', () => {
  it('makes a file mean the same from any folder, and leaves a URL', () => {
    assert.equal(absoluteSource('a/b.hex', '/elsewhere'), '/elsewhere/a/b.hex');
    assert.equal(absoluteSource('https://x.example/r', '/elsewhere'), 'https://x.example/r');
  });
});
