import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getAddress } from 'viem';
import { LatchkeyBench, PASSWORD } from './latchkey-bench.js';
import { TestChain } from './test-chain.js';

describe('latchkey, from a new key to a new door', () => {
  let chain: TestChain;
  let bench: LatchkeyBench;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());
  beforeEach(() => {
    bench = new LatchkeyBench(chain);
  });
  afterEach(() => bench.stop());

  const configured = () =>
    JSON.parse(readFileSync(join(bench.home, 'latchkey.json'), 'utf8')) as {
      registry?: string;
      lock?: string;
      locks: Record<string, { settings: Record<string, string>; endpoints: string[] }>;
    };

  it('makes a key, deploys, pairs, registers later, and opens', async () => {
    const made = await bench.done(['keys', 'new', 'owner', '--json']);
    const file = String(made.result['file']);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file, 'utf8').includes(PASSWORD));
    await chain.rpc('anvil_setBalance', String(made.result['address']), '0x8ac7230489e80000');
    const deployed = await bench.done(['deploy', '--chain', 'anvil', '--rpc', chain.anvil.rpcUrl, '--json']);
    assert.equal(configured().registry, deployed.result['registry']);

    const lock = await bench.newLock();
    const pairing = bench.done(['pair', 'front-door', '--at', lock.at, '--reports', lock.host.reportFile], {
      answers: [lock.code, true],
    });
    // Somebody gets to the door in the end.
    setTimeout(() => lock.world.pressButton(), 100);
    const paired = await pairing;
    assert.match(paired.stderr, /^press the lock's inside button$/m);
    assert.match(paired.stderr, /^the lock says it is {3}(?:[0-9a-f]{4} ){9}[0-9a-f]{4}$/m);
    assert.match(paired.stderr, /^it will obey {10}(?:[0-9a-f]{4} ){9}[0-9a-f]{4}$/m);
    assert.match(paired.stdout, /its time zone is Europe\/Berlin \(<\+01>-1<\+02>,M3\.5\.0,M10\.5\.0\/3\)/);
    assert.match(paired.stdout, /^next: latchkey register, within the hour$/m);

    const registered = await bench.done(['register', '--json']);
    assert.equal(registered.result['event'], 'registered');
    assert.equal(registered.result['owner'], made.result['address']);
    const again = await bench.done(['register', '--json']);
    assert.equal(again.result['tx'], null, 'it was so already');
    await bench.done(['unlock']);
    assert.equal(lock.world.bolt, 'unlocked');
  });

  it('registers by a new consent of the lock where that of the pairing is over', async () => {
    await bench.newKey('owner');
    await bench.settle();
    const lock = await bench.newLock();
    lock.world.pressButton();
    await bench.done(['pair', '--at', lock.at], { answers: [lock.code, true] });
    const afterAnHour = 3_700;
    chain.clock.advance(afterAnHour * 1_000);
    await chain.rpc('evm_increaseTime', afterAnHour);
    await chain.rpc('evm_mine');
    await bench.fails(2, /the lock's consent is over: press its inside button and say --at/, ['register']);
    const secretFile = bench.file('code', `${lock.code}\n`);
    // A finger that comes while the button still counts as pressed is not noticed: people press again.
    const finger = setInterval(() => lock.world.pressButton(), 500);
    try {
      await bench.done(['register', '--at', lock.at, '--secret-file', secretFile]);
    } finally {
      clearInterval(finger);
    }
  });

  it('changes settings, says those of before again, and forgets one', async () => {
    const lock = await bench.pairedLock();
    const configure = async (...more: string[]) => {
      lock.world.pressButton();
      return bench.done(['configure', '--at', lock.at, ...more], { answers: [lock.code] });
    };
    const before = configured().locks['front-door']?.settings ?? assert.fail();
    await configure('--set', 'auto-relock=30', '--set', 'heartbeat=5');
    assert.deepEqual(configured().locks['front-door']?.settings, {
      ...before,
      'auto-relock': '30',
      heartbeat: '5',
    });
    await configure('--set', 'auto-relock=', '--time-zone', 'America/New_York');
    assert.deepEqual(configured().locks['front-door']?.settings, {
      'time-zone': '<-05>5<-04>,M3.2.0,M11.1.0',
      heartbeat: '5',
    });
    await bench.done(['unlock']);
  });

  it('takes in keys: typed, from a file, from another wallet', async () => {
    const [typed, filed, foreign] = [
      await chain.newPerson(),
      await chain.newPerson(),
      await bench.newKey('foreign'),
    ];
    const plain = { env: { LATCHKEY_PASSWORD_FILE: '' } };
    await bench.done(['keys', 'import', 'typed'], {
      ...plain,
      answers: [typed.privateKey.slice(2), PASSWORD, PASSWORD],
    });
    const file = bench.file('plain', `${filed.privateKey}\n`);
    const { stderr } = await bench.done(['keys', 'import', 'filed', '--file', file]);
    assert.match(stderr, /still holds the key in plain: delete it/);
    await bench.done(['keys', 'import', 'wallet', '--keystore', join(bench.home, 'keys', 'foreign.json')]);
    const { result } = await bench.done(['keys', 'list', '--json']);
    const keys = result['keys'] as { name: string; address: string }[];
    const byName = Object.fromEntries(keys.map(({ name, address }) => [name, getAddress(address)]));
    assert.deepEqual(byName, {
      filed: filed.address,
      foreign: foreign.address,
      typed: typed.address,
      wallet: foreign.address,
    });
    await bench.fails(2, /there is a key "typed" already: choose another name/, ['keys', 'new', 'typed']);
    await bench.fails(2, /"\.\.\/x" is no name for a key/, ['keys', 'new', '../x']);
    await bench.fails(2, /no secp256k1 private key: expected 64 hex digits/, ['keys', 'import', 'odd'], {
      answers: ['00'.repeat(32)],
    });
    await bench.fails(2, /the two passwords differ: nothing was kept/, ['keys', 'new', 'two'], {
      ...plain,
      answers: [PASSWORD, 'another one'],
    });
    await bench.fails(2, /needs 8 characters or more/, ['keys', 'new', 'two'], {
      ...plain,
      answers: ['short'],
    });
  });

  it('asks which key is meant where there are several', async () => {
    await bench.newKey('one');
    await bench.newKey('two');
    await bench.fails(2, /there are 2 keys: say which with --key one/, [
      'deploy',
      '--rpc',
      chain.anvil.rpcUrl,
    ]);
  });
});
