import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../host-sim/main.js', import.meta.url));

interface Run {
  readonly exitCode: number | null;
  readonly events: Record<string, unknown>[];
  readonly errors: string;
}

function run(
  words: readonly string[],
  input?: (line: Record<string, unknown>, write: (text: string) => void) => void,
) {
  return new Promise<Run>((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: 'pipe' });
    const events: Record<string, unknown>[] = [];
    let rest = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = JSON.parse(line) as Record<string, unknown>;
        events.push(event);
        input?.(event, (text) => child.stdin.write(text));
      }
    });
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    if (!input) child.stdin.end();
    child.on('close', (exitCode) => resolve({ exitCode, events, errors }));
  });
}

describe('main', function () {
  this.timeout(60_000);

  it('toggles, verifies every report and ends with 0', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    try {
      const words = [
        '--json',
        '--toggles',
        '2',
        '--exit',
        '--block-time',
        '0',
        '--poll-ms',
        '50',
        '--data',
        directory,
      ];
      const { events, exitCode, errors } = await run(words);
      assert.equal(exitCode, 0, errors);
      const names = events.map(({ event }) => event);
      assert.deepEqual(Object.keys(events[names.indexOf('ready')] ?? {}).sort(), [
        'at_ms',
        'chainId',
        'config',
        'event',
        'lock',
        'owner',
        'ownerKey',
        'registry',
        'rpc',
      ]);
      const done = events.at(-1);
      assert.deepEqual([done?.['event'], done?.['toggles'], done?.['ok']], ['done', 2, 2]);
      const reports = events.filter(({ event }) => event === 'report');
      assert.equal(done?.['reportsVerified'], reports.length);
      const filed = readFileSync(join(directory, 'reports.hex'), 'utf8').trim().split('\n');
      assert.deepEqual(
        filed,
        reports.map(({ cose }) => cose),
      );
      const commanded = events.filter(({ event, cause }) => event === 'bolt' && cause === 'command');
      assert.deepEqual(
        commanded.map(({ position }) => position),
        ['moving', 'unlocked', 'moving', 'locked'],
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('lies, loses power and obeys again by lines on stdin; nothing forged moves the bolt', async () => {
    const refused = new Set<unknown>();
    const { events, exitCode, errors } = await run(
      ['--json', '--block-time', '0', '--poll-ms', '50'],
      (event, write) => {
        if (event['event'] === 'ready') write('x\n');
        if (event['event'] === 'refused') refused.add(event['reason']);
        if (event['reason'] === 'too-large') write('p\n');
        if (event['event'] === 'bolt' && event['cause'] === 'boot' && refused.size > 0) write('u\nq\n');
      },
    );
    assert.equal(exitCode, 0, errors);
    for (const reason of [
      'unknown-sender',
      'signature',
      'signature-range',
      'high-s',
      'chain-id',
      'registry',
      'lock',
      'value',
      'unprotected',
      'fields-disagree',
      'expired',
      'epoch',
      'rpc-id',
      'json',
      'too-large',
    ]) {
      assert.ok(refused.has(reason), reason);
    }
    const ready = events.findIndex(({ event }) => event === 'ready');
    const bolts = events.slice(ready).filter(({ event }) => event === 'bolt');
    assert.deepEqual(
      bolts.map(({ position, cause }) => `${position} ${cause}`),
      ['locked boot', 'moving command', 'unlocked command'],
    );
    assert.deepEqual([events.at(-1)?.['toggles'], events.at(-1)?.['ok']], [1, 1]);
  });

  it('ends with 2 and one line on wrong usage, with 3 where no node answers', async () => {
    const usage = await run(['--json', '--port', 'x']);
    assert.deepEqual(
      [usage.exitCode, usage.events.length, usage.errors.trim().split('\n').length],
      [2, 0, 1],
    );
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    const keyFile = join(directory, 'key');
    writeFileSync(keyFile, `0x${'11'.repeat(32)}\n`);
    const missing = await run(['--rpc', 'http://127.0.0.1:1', '--key-file', keyFile]);
    rmSync(directory, { recursive: true });
    assert.equal(missing.exitCode, 3);
    assert.match(missing.errors, /no JSON-RPC node answers/);
  });
});
