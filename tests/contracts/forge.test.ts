import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { binary } from './anvil.js';

describe('forge', function () {
  this.timeout(120_000);

  it('finds nothing by fuzzing and by random sequences of calls', async function () {
    const forge = await run(binary('forge'), ['--version']);
    if (forge.code !== 0) {
      console.log('      skipped: no forge binary, neither from npm for this system nor on PATH');
      return this.skip();
    }
    const { code, output } = await run(binary('forge'), ['test', '--root', '.']);
    assert.equal(code, 0, output);
    assert.match(output, /\[PASS\] invariant_wordsAreTheModels/);
    assert.match(output, /\[PASS\] testFuzz_ownersOrder/);
  });
});

function run(command: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  return new Promise((resolve) => {
    const env = { ...process.env, FOUNDRY_CONFIG: 'contracts/foundry.toml', NO_COLOR: '1' };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
