import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../host-sim/engines/xs-runner.js';
import { describeOnXs } from './xs-runner.js';

function run(program: string, words: readonly string[], env = process.env) {
  const path = join(ROOT, 'dist', `${program}.js`);
  return spawnSync(process.execPath, [path, ...words], { encoding: 'utf8', input: '', env });
}

describeOnXs('npm start -- --engine xs', () => {
  it('toggles and verifies every report', () => {
    const words = '--engine xs --toggles 1 --exit --json --block-time 0 --poll-ms 50'.split(' ');
    const { status, stdout, stderr } = run('host-sim/main', words);
    assert.equal(status, 0, stderr);
    const done = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    assert.equal(done['event'], 'done');
    assert.equal(done['ok'], 1);
    assert.ok(Number(done['reportsVerified']) >= 2);
  });
});

describe('npm run xs', () => {
  it('gives help, and one line with exit code 2 for what it does not know', () => {
    const help = run('tools/xs/main', ['--help']);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /--json/);
    const wrong = run('tools/xs/main', ['--nope']);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /^latchkey: [^\n]+--help[^\n]+\n$/);
  });

  it('says what to install where there is no C compiler', () => {
    const { status, stderr } = run('tools/xs/main', ['--json'], { PATH: join(ROOT, 'tests') });
    assert.equal(status, 2);
    assert.match(stderr, /^latchkey: XS needs a C compiler: install gcc or clang[^\n]*\n$/);
  });
});
