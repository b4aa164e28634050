import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex, type Hex, hexToBytes } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { ALARM, type Report } from '../../firmware/protocol/report.js';
import { askControl } from '../../host-sim/bench/control-port.js';
import { pairLock } from '../../tools/latchkey/owner/pairing-client.js';
import { parsePairingSecret } from '../../tools/latchkey/owner/pairing-code.js';
import { ReportInbox } from '../../tools/latchkey/owner/report-inbox.js';
import { orderWord } from '../contracts/words.js';
import { patiently, until } from './patience.js';
import { type Line, LockProcess } from './program.js';
import { TestChain } from './test-chain.js';

const LOCK = 1;
const UNLOCK = 2;

describe('npm run lock', function () {
  this.timeout(60_000);
  let chain: TestChain;
  let root: string;
  const processes: LockProcess[] = [];

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'latchkey-lock-'));
    chain = await TestChain.start();
  });
  afterEach(() => Promise.all(processes.splice(0).map((lock) => lock.stop())));
  after(async () => {
    await chain.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const start = async (data: string, ...words: readonly string[]) => {
    const endpoints = ['--rpc', chain.anvil.rpcUrl, '--registry', chain.registry];
    const lock = new LockProcess('--data', data, '--json', '--poll-ms', '50', ...endpoints, ...words);
    processes.push(lock);
    return { lock, ready: await lock.ready() };
  };
  const ctl = async (data: string, words: string) => {
    const answer = await askControl(data, words.split(' '));
    assert.ok(answer.ok, `${words}: ${answer.text}`);
    return answer;
  };

  /** Pairs and registers as the owner's tool does. */
  async function adopt(data: string, ready: Line, code: Line, owner: PrivateKeyAccount): Promise<void> {
    await ctl(data, 'press');
    const deadlineSeconds = chain.nowSeconds + 1_800;
    const startBlock = Number(await chain.reader.getBlockNumber());
    const paired = await patiently(/pairing-closed|closed the pairing/, () =>
      pairLock({
        port: Number(ready['pairingPort']),
        secret16: parsePairingSecret(String(code['code'])),
        chainId: BigInt(chain.anvil.chainId),
        registry20: hexToBytes(chain.registry),
        owner20: hexToBytes(owner.address),
        ownerUnixSeconds: chain.nowSeconds,
        endpoints: [chain.anvil.rpcUrl],
        startBlock,
        deadlineSeconds,
      }),
    );
    assert.equal(bytesToHex(paired.lock20), ready['lock']);
    const signature = bytesToHex(paired.registrationSignature65);
    await chain.send(owner, ['register', [ready['lock'] as Hex, BigInt(deadlineSeconds), signature]]);
  }

  const order = (ready: Line, action: number) => {
    const notAfter = chain.nowSeconds + 300;
    return orderWord({ lockId: BigInt(ready['lock'] as Hex), epoch: 1, notAfter, action, challenge: 0 });
  };

  /** All that the lock reported so far; a line that does not verify in its place fails the test. */
  function reportsIn(data: string, ready: Line): readonly Report[] {
    const path = join(data, 'reports.hex');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    const reports: Report[] = [];
    const inbox = new ReportInbox({
      engine: guardEngine(createNobleEngine()),
      lock20: hexToBytes(ready['lock'] as Hex),
      onVerified: (report) => reports.push(report),
    });
    for (const line of lines.slice(0, -1)) {
      const receipt = inbox.receive(hexToBytes(line as Hex));
      assert.notEqual(receipt.verdict, 'bad', 'problem' in receipt ? receipt.problem : '');
    }
    return reports;
  }
  const waitFor = (data: string, ready: Line, what: string, wanted: (report: Report) => boolean) =>
    until(what, () => reportsIn(data, ready).find(wanted));

  it('keeps lock and door over a killed process, and goes on where it stood', async () => {
    const data = join(root, 'front-door');
    const first = await start(data);
    const box = await first.lock.line('the code of the box', ({ event }) => event === 'box');
    const owner = await chain.newPerson();
    await adopt(data, first.ready, box, owner);
    await chain.send(owner, ['command', [order(first.ready, UNLOCK)]]);
    await waitFor(
      data,
      first.ready,
      'the receipt',
      ({ cause, bolt }) => cause === 'command' && bolt === 'unlocked',
    );

    await ctl(data, 'power cycle');
    await waitFor(
      data,
      first.ready,
      'the second boot',
      ({ cause, bootCount }) => cause === 'boot' && bootCount === 2,
    );
    await ctl(data, 'door open');
    first.lock.signal('SIGKILL');
    await first.lock.ended;

    const second = await start(data);
    const look = await ctl(data, 'status');
    assert.deepEqual([look['bolt'], look['door'], look['paired']], ['unlocked', 'open', true]);
    assert.equal(second.ready['lock'], first.ready['lock']);
    assert.ok(!second.lock.lines.some(({ event }) => event === 'box'), 'the code is shown once');
    assert.match((await ctl(data, 'secret')).text, new RegExp(String(box['code'])));
    const boot = await waitFor(data, second.ready, 'the third boot', ({ bootCount }) => bootCount === 3);
    assert.deepEqual([boot.cause, boot.bolt, boot.door], ['boot', 'unlocked', 'open']);

    await ctl(data, 'door close');
    await chain.send(owner, ['command', [order(second.ready, LOCK)]]);
    // The contact is debounced: the order may come while the door still counts as open, and then waits for it.
    await waitFor(data, second.ready, 'the lock', (it) => it.bootCount === 3 && it.bolt === 'locked');
    second.lock.signal('SIGTERM');
    assert.equal((await second.lock.ended).code, 0);
    assert.ok(
      !existsSync(join(data, 'pid')) && !existsSync(join(data, 'control.json')),
      'nothing is left behind',
    );
  });

  it('tells of a low battery as soon as a hand sets one', async () => {
    const data = join(root, 'battery');
    const { lock, ready } = await start(data);
    const box = await lock.line('the code of the box', ({ event }) => event === 'box');
    await adopt(data, ready, box, await chain.newPerson());
    await ctl(data, 'battery 4100');
    await waitFor(data, ready, 'the alarm', ({ alarms }) => (alarms & ALARM.lowBattery) !== 0);
  });

  it('obeys only once the network is there', async () => {
    const data = join(root, 'offline');
    const { lock, ready } = await start(data);
    const box = await lock.line('the code of the box', ({ event }) => event === 'box');
    const owner = await chain.newPerson();
    await adopt(data, ready, box, owner);
    await ctl(data, 'network off');
    await chain.send(owner, ['command', [order(ready, UNLOCK)]]);
    await lock.line('a failed poll', ({ event, reason }) => event === 'refused' && reason === 'rpc-error');
    assert.equal((await ctl(data, 'status'))['bolt'], 'locked');
    await ctl(data, 'network on');
    await waitFor(data, ready, 'the unlock', ({ cause, bolt }) => cause === 'command' && bolt === 'unlocked');
  });

  it('refuses a second process on the same folder', async () => {
    const data = join(root, 'twice');
    await start(data);
    const { code, stderr } = await LockProcess.run('--data', data);
    assert.equal(code, 1);
    assert.match(stderr, /^latchkey: a lock runs in .* already \(process \d+\): end it/);
  });

  it('is controlled from the command line', async () => {
    const data = join(root, 'by-hand');
    await start(data, '--control', '0');
    const jam = await LockProcess.run('ctl', data, 'jam', 'on');
    assert.deepEqual([jam.code, jam.stdout], [0, 'the bolt sticks\n']);
    const door = await LockProcess.run('ctl', data, 'door', 'open');
    assert.deepEqual([door.code, door.stdout], [1, 'the bolt stands out: the door stays closed\n']);
    const status = await LockProcess.run('ctl', '--json', data, 'status');
    const { ok, jammed } = JSON.parse(status.stdout) as Record<string, unknown>;
    assert.deepEqual([ok, jammed], [true, true]);
  });

  it('says where no lock runs', async () => {
    const { code, stderr } = await LockProcess.run('ctl', join(root, 'nowhere'), 'status');
    assert.equal(code, 3);
    assert.match(stderr, /^latchkey: no lock runs in .*: start one with npm run lock/);
  });
});
