import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckerFactory } from '../../../host-sim/checkers/checker.js';
import { runSim } from '../../../host-sim/sim-program.js';

const OBJECTS: CheckerFactory = (_scene, fail) => ({
  says: 'Nothing is ever right.',
  end: () => fail('it is wrong'),
});

async function run(words: readonly string[], checkers?: Readonly<Record<string, CheckerFactory>>) {
  const lines: string[] = [];
  const exitCode = await runSim(words, {
    print: (line) => lines.push(line),
    stderr: { write: () => {} },
    interrupt: () => new AbortController().signal,
    ...(checkers !== undefined && { checkers }),
  });
  return { exitCode, lines, done: JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('runSim', function () {
  this.timeout(60_000);

  it('prints each violation, the line that replays it, and what it comes to', async () => {
    const { exitCode, lines, done } = await run(['--seeds', '3..4', '--hours', '1'], { objects: OBJECTS });
    assert.equal(exitCode, 1);
    assert.deepEqual(lines.slice(0, -1), [
      'seed 3 at 01:00:00.000, objects: it is wrong',
      '  npm run sim -- --seed 3 --hours 1 --trace',
      'seed 4 at 01:00:00.000, objects: it is wrong',
      '  npm run sim -- --seed 4 --hours 1 --trace',
    ]);
    assert.deepEqual([done['event'], done['worlds'], done['violations']], ['done', 2, 2]);
  });

  it('prints nothing but JSON where it is asked to', async () => {
    const words = ['--seeds', '3..3', '--hours', '1', '--json'];
    const { lines } = await run(words, { objects: OBJECTS });
    const [violation] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(violation, {
      event: 'violation',
      seed: 3,
      checker: 'objects',
      atMs: 3_600_000,
      found: 'it is wrong',
      replay: 'npm run sim -- --seed 3 --hours 1 --trace',
    });
    assert.equal(lines.length, 2);
  });

  it('says where the time went, and comes to the same', async () => {
    const words = ['--seeds', '3..4', '--hours', '1', '--json'];
    const { lines } = await run([...words, '--profile']);
    const shares = lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(shares.every(({ event }) => event === 'profile'));
    const parts = shares.map(({ part }) => part);
    for (const part of ['lock: JSON of nodes', 'lock: curve', 'world: answers of nodes', 'checkers'])
      assert.ok(parts.includes(part), part);
    const whole = shares.reduce((sum, { share }) => sum + Number(share), 0);
    assert.ok(Math.abs(whole - 1) < 1e-9, `${whole}`);
    const plain = await run(words, undefined);
    const done = (line: string | undefined) => JSON.parse(line ?? '{}') as Record<string, unknown>;
    assert.equal(done(lines.at(-1))['polls'], done(plain.lines.at(-1))['polls']);
  });

  it('replays a failure by the line that it printed', async () => {
    const failed = await run(['--seeds', '3..3', '--hours', '1'], { objects: OBJECTS });
    const words = failed.lines[1]?.trim().split(' ').slice(4) ?? [];
    const { exitCode, lines } = await run(words, { objects: OBJECTS });
    assert.equal(exitCode, 1);
    assert.ok(lines.some((line) => line.includes('VIOLATION objects: it is wrong')));
    assert.ok(lines.length > 100, `${lines.length} lines`);
  });

  it('writes the chart of one world, with its violations, the same file each time', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    try {
      const [one, other, page] = ['one.svg', 'other.svg', 'page.html'].map((name) => join(directory, name));
      for (const file of [one, other, page])
        await run(['--seed', '3', '--hours', '1', '--chart', String(file)], { objects: OBJECTS });
      const svg = readFileSync(String(one), 'utf8');
      assert.match(svg, /^<svg /);
      assert.match(svg, /1:00:00 objects: it is wrong/);
      assert.equal(readFileSync(String(other), 'utf8'), svg);
      assert.ok(readFileSync(String(page), 'utf8').includes(svg));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('says why it cannot write a chart', async () => {
    const file = join(tmpdir(), 'latchkey-no-such-folder', 'one.svg');
    await assert.rejects(run(['--seed', '3', '--hours', '1', '--chart', file], {}), {
      name: 'Failure',
      message: /cannot write .*ENOENT/,
    });
    assert.equal(existsSync(file), false);
  });
});
