import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Anvil, startAnvil } from '../../host-sim/world/anvil.js';
import { runLatchkey } from '../../tools/latchkey/run.js';
import { until } from './patience.js';
import { Program } from './program.js';

const FAST = ['--block-time', '0', '--poll-ms', '50'] as const;

describe('latchkey beside npm start -- --keep', function () {
  this.timeout(60_000);
  const programs: Program[] = [];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-keep-'));
  });
  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...words: readonly string[]) => {
    const program = new Program(...FAST, ...words);
    programs.push(program);
    program.closeInput();
    return program;
  };

  /** Runs the tool for somebody who has never used it: there is nobody to ask for a password. */
  async function say(config: string, ...argv: readonly string[]) {
    let stdout = '';
    let stderr = '';
    const refuse = async (question: string) => assert.fail(`nobody answers "${question}"`);
    const exitCode = await runLatchkey(['--config', config, ...argv], {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      prompt: { secret: refuse, text: refuse, confirm: refuse },
      env: {},
      cwd: folder,
      homeDirectory: join(folder, 'person'),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      nowUnixMs: Date.now,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 50))),
    });
    return { exitCode, stdout, stderr };
  }
  const done = async (config: string, ...argv: readonly string[]) => {
    const run = await say(config, ...argv);
    assert.equal(run.exitCode, 0, `latchkey ${argv.join(' ')}: ${run.stderr}`);
    return run.stdout;
  };

  it('needs nothing but the line that is printed, from status to log', async () => {
    const data = join(folder, 'data');
    const program = start('--keep', '--json', '--data', data);
    const config = String((await program.ready())['config']);
    assert.equal(config, join(data, 'latchkey.json'));
    assert.match(await done(config, 'status'), /^bolt +locked$/m);
    assert.match(await done(config, 'unlock'), /^front-door is unlocked, door closed/);
    await done(config, 'grant', 'anna', '--until', '+1d');
    assert.match(await done(config, 'lock', '--key', 'anna'), /^front-door is locked/);
    assert.match(await done(config, 'guests'), /^anna .* proven /);
    assert.match(await done(config, 'log'), /^#\d+ .*: grant to anna \(0x\w{4}…\w{4}\)$/m);
    assert.ok(!existsSync(join(folder, 'person')), "the person's own folder is left alone");
  });

  it('gives the keys of a throw-away chain alone into it, for their owner to read', async () => {
    const config = String((await start('--keep', '--json').ready())['config']);
    const keys = join(config, '..', 'owner', 'keys');
    assert.deepEqual(readdirSync(keys), ['anna.json', 'anna.password', 'owner.json', 'owner.password']);
    for (const path of [config, ...readdirSync(keys).map((name) => join(keys, name))])
      assert.equal(statSync(path).mode & 0o777, 0o600, path);
  });

  it('says the line to people, and that the key is worthless', async () => {
    const data = join(folder, 'data');
    const program = start('--keep', '--data', data);
    await until('the folder', () => existsSync(join(data, 'owner', 'keys', 'anna.password')));
    program.signal('SIGINT');
    const { stdout } = await program.ended;
    assert.match(stdout, /^ {2}in another terminal: npx latchkey --config \S+\/latchkey\.json status$/m);
    assert.match(stdout, /worthless, as everyone knows it$/m);
  });

  it('leaves a latchkey.json alone that was there before', async () => {
    mkdirSync(join(folder, 'data'));
    const path = join(folder, 'data', 'latchkey.json');
    writeFileSync(path, '{}');
    const program = start('--keep', '--json', '--data', join(folder, 'data'));
    assert.equal((await program.ready())['config'], undefined);
    program.signal('SIGINT');
    assert.match((await program.ended).stderr, /another latchkey\.json is in that folder: it stays/);
    assert.equal(readFileSync(path, 'utf8'), '{}');
    assert.ok(!existsSync(join(folder, 'data', 'owner')));
  });

  it('writes no keystore of a key that is worth something, and says how to take it in', async () => {
    let anvil: Anvil | undefined;
    try {
      anvil = await startAnvil({ accounts: 1 });
      const keyFile = join(folder, 'key');
      writeFileSync(keyFile, `${anvil.accounts[0]?.privateKey}\n`);
      const data = join(folder, 'data');
      const program = start(
        '--rpc',
        anvil.rpcUrl,
        '--key-file',
        keyFile,
        '--data',
        data,
        '--toggles',
        '1',
        '--exit',
      );
      const { code, stdout, stderr } = await program.ended;
      assert.equal(code, 0, stderr);
      assert.match(
        stdout,
        /to sign there, take in your key: npx latchkey --config \S+ keys import owner --file KEY-FILE$/m,
      );
      const config = join(data, 'latchkey.json');
      const text = readFileSync(config, 'utf8');
      assert.ok(!text.includes('"home"') && !existsSync(join(data, 'owner')));
      assert.match(await done(config, 'status'), /^bolt +locked$|^bolt +unlocked$/m);
    } finally {
      await anvil?.stop();
    }
  });
});
