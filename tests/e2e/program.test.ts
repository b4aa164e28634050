import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, createWalletClient, type Hex, http, parseAbi } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { verifyReport } from '../../firmware/crypto/report.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { type Anvil, startAnvil } from '../../host-sim/world/anvil.js';
import { startLyingNode } from '../../host-sim/world/lying-node.js';
import { until } from './patience.js';
import { isRunning, type Line, Program } from './program.js';
import { checkLine } from './program-lines.js';

const FAST = ['--json', '--block-time', '0', '--poll-ms', '50'] as const;
const ABI = parseAbi(['function command(uint256 order)']);

describe('npm start', function () {
  this.timeout(60_000);
  const programs: Program[] = [];
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  });
  afterEach(() => Promise.all(programs.splice(0).map((program) => program.stop())));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (...words: readonly string[]) => {
    const program = new Program(...words);
    programs.push(program);
    return program;
  };
  const keyFile = (text: string) => {
    const path = join(folder, `key-${Math.abs(text.length)}`);
    writeFileSync(path, `${text}\n`);
    return path;
  };
  const bolts = (program: Program) =>
    program.lines
      .filter(({ event }) => event === 'bolt')
      .map(({ position, cause }) => `${position} ${cause}`);

  /** An order by viem and hand, five minutes long. */
  async function command(ready: Line, key: Hex, action: number): Promise<Hex> {
    const notAfter = BigInt(Math.floor(Date.now() / 1_000) + 300);
    const word = (BigInt(ready['lock'] as Hex) << 96n) | (1n << 48n) | (notAfter << 8n) | BigInt(action);
    return createWalletClient({
      account: privateKeyToAccount(key),
      transport: http(ready['rpc'] as string),
    }).writeContract({
      address: ready['registry'] as Hex,
      abi: ABI,
      functionName: 'command',
      args: [word],
      chain: null,
    });
  }

  const answers = (rpc: unknown) =>
    createPublicClient({ transport: http(String(rpc), { retryCount: 0 }) })
      .getChainId()
      .then(
        () => true,
        () => false,
      );

  it('-- --toggles 2 --exit --json prints documented lines only, verified reports, and ends with 0', async () => {
    const program = start('--toggles', '2', '--exit', '--json');
    program.closeInput();
    const { rpc, lock } = await program.ready();
    const [anvil] = program.children;
    const { code, stderr } = await program.ended;
    assert.equal(code, 0, stderr);
    for (const line of program.lines) checkLine(line);
    const names = program.lines.map(({ event }) => event);
    const ready = names.indexOf('ready');
    assert.equal(names.filter((name) => name === 'ready').length, 1);
    assert.equal(names.indexOf('done'), names.length - 1);
    assert.deepEqual(bolts(program).slice(-4), [
      'moving command',
      'unlocked command',
      'moving command',
      'locked command',
    ]);
    assert.ok(program.lines.slice(0, ready).every(({ cause }) => cause !== 'command'));
    const engine = guardEngine(createNobleEngine());
    const reports = program.lines.filter(({ event }) => event === 'report');
    for (const { cose, seq } of reports) {
      const { report, lock20 } = verifyReport(engine, parseHex(cose as string));
      assert.equal(formatHex(lock20), lock);
      assert.equal(report.seq, seq);
    }
    const done = program.lines.at(-1) ?? {};
    assert.deepEqual([done['toggles'], done['ok'], done['reportsVerified']], [2, 2, reports.length]);
    assert.ok(Number(done['p50_ms']) > 0 && Number(done['p50_ms']) <= Number(done['p95_ms']));
    assert.ok(anvil !== undefined && !isRunning(anvil), 'no anvil is left behind');
    assert.equal(await answers(rpc), false);
  });

  it('-- --keep is commanded by another program through the printed key, until a signal ends it', async () => {
    const program = start(...FAST, '--keep');
    program.closeInput();
    const ready = await program.ready();
    const [anvil] = program.children;
    const owner = privateKeyToAccount(ready['ownerKey'] as Hex);
    assert.equal(owner.address.toLowerCase(), ready['owner']);
    const tx = await command(ready, ready['ownerKey'] as Hex, 2);
    const moved = await program.line(
      'movement',
      (line) => line['tx'] === tx && line['position'] === 'unlocked',
    );
    assert.equal(moved['by'], ready['owner']);
    const stranger: Hex = `0x${'77'.repeat(32)}`;
    await assert.rejects(command(ready, stranger, 1), 'a stranger has no coins, and no right');
    program.signal('SIGINT');
    const { code } = await program.ended;
    assert.equal(code, 0);
    assert.equal(program.lines.at(-1)?.['event'], 'done');
    assert.ok(anvil !== undefined && !isRunning(anvil), 'no anvil is left behind');
  });

  it('reads u, l, p and q as lines from stdin', async () => {
    const program = start(...FAST);
    await program.ready();
    program.write('u\n');
    await program.line('unlock', ({ position }) => position === 'unlocked');
    program.write('nonsense\nL\n');
    await program.line('lock', ({ position, cause }) => position === 'locked' && cause === 'command');
    const before = program.lines.length;
    program.write('p\n');
    await until('the boot', () =>
      program.lines.slice(before).some(({ event, cause }) => event === 'bolt' && cause === 'boot'),
    );
    program.write('u\nq\n');
    const { code } = await program.ended;
    assert.equal(code, 0);
    assert.deepEqual(bolts(program).slice(-2), ['moving command', 'unlocked command']);
    const done = program.lines.at(-1) ?? {};
    assert.deepEqual([done['toggles'], done['ok']], [3, 3]);
    for (const line of program.lines) checkLine(line);
  });

  it('ends when stdin ends, after what was asked for', async () => {
    const program = start(...FAST);
    program.write('u\n');
    program.closeInput();
    const { code } = await program.ended;
    assert.equal(code, 0);
    assert.equal(program.lines.at(-1)?.['ok'], 1);
  });

  it('-- --lock-rpc --mute-owner: a hostile proxy between, and outsiders alone command', async () => {
    const port = await freePort();
    const proxy = await startLyingNode({ upstream: `http://127.0.0.1:${port}` });
    try {
      const words = ['--port', `${port}`, '--lock-rpc', proxy.url, '--mute-owner', '--keep'];
      const program = start(...FAST, ...words);
      const ready = await program.ready();
      assert.equal(ready['rpc'], `http://127.0.0.1:${port}`);
      const registry = ready['registry'] as Hex;
      proxy.aim({ chainId: 31_337, registry, lock: ready['lock'] as Hex, owner: ready['owner'] as Hex });
      for (const [lie, reason] of [
        ['stranger-order', 'unknown-sender'],
        ['other-lock', 'lock'],
        ['not-json', 'json'],
      ] as const) {
        await proxy.lie(lie);
        const refused = await program.line(reason, (line) => line['reason'] === reason);
        assert.equal(refused['tx'] === null, lie === 'not-json');
        assert.equal(refused['by'] === null, lie !== 'stranger-order');
      }
      await proxy.lie(null);
      program.write('u\n');
      assert.deepEqual(
        bolts(program).filter((bolt) => !bolt.endsWith('boot')),
        [],
      );
      const tx = await command(ready, ready['ownerKey'] as Hex, 2);
      await program.line('movement', (line) => line['tx'] === tx && line['position'] === 'unlocked');
      assert.deepEqual(bolts(program).slice(-2), ['moving command', 'unlocked command']);
      program.signal('SIGTERM');
      const { code } = await program.ended;
      assert.equal(code, 0);
      assert.equal(program.lines.at(-1)?.['toggles'], 0);
      for (const line of program.lines) checkLine(line);
    } finally {
      await proxy.stop();
    }
  });

  describe('with a chain that runs already', () => {
    let anvil: Anvil;
    before(async () => {
      anvil = await startAnvil({ accounts: 2 });
    });
    after(() => anvil.stop());

    const toggles = ['--toggles', '1', '--exit', '--json', '--poll-ms', '50'];

    it('deploys by --rpc and --key-file, or uses --registry, and shows no key', async () => {
      const key = keyFile(anvil.accounts[1]?.privateKey ?? assert.fail());
      const first = start('--rpc', anvil.rpcUrl, '--key-file', key, ...toggles);
      const ended = await first.ended;
      assert.equal(ended.code, 0, ended.stderr);
      const ready = await first.ready();
      checkLine(ready, ['ownerKey']);
      assert.equal(ready['owner'], anvil.accounts[1]?.address.toLowerCase());
      const words = ['--rpc', anvil.rpcUrl, '--key-file', key, '--registry', String(ready['registry'])];
      const second = start(...words, ...toggles);
      assert.equal((await second.ended).code, 0);
      const again = await second.ready();
      assert.equal(again['registry'], ready['registry']);
      assert.notEqual(again['lock'], ready['lock'], 'a new lock');
      assert.equal(await answers(anvil.rpcUrl), true, "somebody else's chain is left running");
    });

    it('ends with 1 where a toggle fails: here the chain is ten minutes ahead of the clock', async () => {
      const ahead = await startAnvil({ accounts: 1 });
      try {
        const transport = http(ahead.rpcUrl);
        await createPublicClient({ transport }).request({
          method: 'evm_increaseTime' as never,
          params: [600] as never,
        });
        const key = keyFile(ahead.accounts[0]?.privateKey.slice(2) ?? assert.fail());
        const program = start('--rpc', ahead.rpcUrl, '--key-file', key, ...toggles);
        assert.equal((await program.ended).code, 1);
        const done = program.lines.at(-1) ?? {};
        assert.deepEqual([done['event'], done['toggles'], done['ok'], done['p50_ms']], ['done', 1, 0, null]);
      } finally {
        await ahead.stop();
      }
    });

    it('ends in one line that says what is wrong, with 2 for usage and 3 for network and chain', async () => {
      const good = keyFile(anvil.accounts[0]?.privateKey ?? assert.fail());
      const poor = keyFile(`0x${'5a'.repeat(32)}  `);
      const busy = await occupy();
      const cases: readonly (readonly [code: number, says: RegExp, words: readonly string[]])[] = [
        [2, /--rpc needs --key-file/, ['--rpc', anvil.rpcUrl]],
        [2, /Expected a URL/, ['--rpc', 'localhost:8545', '--key-file', good]],
        [2, /unknown option '--bogus'/, ['--bogus']],
        [
          2,
          /Expected 0x and 40 hex digits/,
          ['--rpc', anvil.rpcUrl, '--key-file', good, '--registry', '0x12'],
        ],
        [2, /cannot read the key file/, ['--rpc', anvil.rpcUrl, '--key-file', join(folder, 'missing')]],
        [2, /64 hex digits/, ['--rpc', anvil.rpcUrl, '--key-file', keyFile('not a key')]],
        [2, /no secp256k1 private key/, ['--rpc', anvil.rpcUrl, '--key-file', keyFile('0'.repeat(64))]],
        [3, /no JSON-RPC node answers/, ['--rpc', 'http://127.0.0.1:9', '--key-file', good]],
        [3, /has no funds/, ['--rpc', anvil.rpcUrl, '--key-file', poor]],
        [
          3,
          /there is no LockRegistry/,
          ['--rpc', anvil.rpcUrl, '--key-file', good, '--registry', `0x${'12'.repeat(20)}`],
        ],
        [3, /port \d+ is taken/, ['--port', `${busy.port}`]],
      ];
      try {
        await Promise.all(
          cases.map(async ([code, says, words]) => {
            const ended = await Program.run('--json', ...words);
            const failure = ended.stderr.trimEnd().split('\n').at(-1) ?? '';
            assert.equal(ended.code, code, `${words.join(' ')}: ${ended.stderr}`);
            assert.match(failure, says);
            assert.match(failure, /^latchkey: /);
            assert.equal(ended.stderr.match(/\n {4}at /), null, 'no stack trace');
            assert.ok(!ended.stderr.includes('5a5a5a'), 'no key material');
            assert.equal(ended.stdout, '');
          }),
        );
      } finally {
        busy.server.close();
      }
    });
  });

  for (const name of ['SIGTERM', 'SIGHUP'] as const) {
    it(`leaves no anvil behind when ${name} comes while it starts`, async () => {
      const program = start(...FAST);
      const anvil = await until('anvil to run', () => program.children[0]);
      program.signal(name);
      await program.ended;
      await until('anvil to end', () => !isRunning(anvil));
    });
  }

  it('-- --help tells of every option and ends with 0', async () => {
    const { code, stdout } = await Program.run('--help');
    assert.equal(code, 0);
    for (const option of [
      '--toggles',
      '--exit',
      '--json',
      '--keep',
      '--rpc',
      '--key-file',
      '--registry',
      '--port',
    ])
      assert.ok(stdout.includes(option), option);
    for (const option of ['--lock-rpc', '--mute-owner', '--report-url'])
      assert.ok(stdout.includes(option), option);
  });

  it('prints plain lines without a terminal', async () => {
    const words = ['--toggles', '1', '--exit', '--block-time', '0', '--poll-ms', '50'];
    const { code, stdout } = await Program.run(...words);
    assert.equal(code, 0);
    assert.ok(stdout.split('\n').length > 3);
    assert.ok(!stdout.includes('\u001b'), 'no escape codes');
    assert.ok(!stdout.includes('{"event"'));
  });
});

async function freePort(): Promise<number> {
  const { port, server } = await occupy();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function occupy(): Promise<{ readonly port: number; readonly server: Server }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address ? address.port : 0, server });
    });
  });
}
