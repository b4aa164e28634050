import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LatchkeyBench, PASSWORD } from './latchkey-bench.js';
import { TestChain } from './test-chain.js';

/** A port on which nobody listens. */
const NOBODY = 'http://127.0.0.1:9';

describe('latchkey, where something is wrong', () => {
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

  it('says what is wrong with an address', async () => {
    await bench.pairedLock();
    await bench.fails(2, /"0x123" is no address for the lock: expected 0x and 40 hex digits/, [
      'status',
      '--lock',
      '0x123',
    ]);
    await bench.fails(2, /is mistyped: its capital letters do not match/, [
      'status',
      '--lock',
      '0x5FBDB2315678afecb367f032d93F642f64180aa3',
    ]);
    await bench.fails(2, /there is no lock "back-door": .*latchkey\.json knows front-door/, [
      'unlock',
      '--lock',
      'back-door',
    ]);
  });

  it('says who needs coins', async () => {
    const { owner } = await bench.pairedLock();
    const poor = await bench.newKey('poor', { funded: false });
    const line = new RegExp(
      `^latchkey: ${poor.address.toLowerCase()} has no funds.*: send it coins of this chain$`,
      'i',
    );
    await bench.fails(1, line, ['deploy', '--key', 'poor']);
    await chain.rpc('anvil_setBalance', owner.address, '0x0');
    await bench.fails(1, /has no funds for gas: send it coins of this chain$/, ['unlock']);
  });

  it('says which chain the node is of', async () => {
    await bench.pairedLock();
    await bench.fails(
      3,
      /is of anvil \(31337\), but sepolia \(11155111\) is meant: say another --rpc or --chain/,
      ['deploy', '--chain', 'sepolia', '--rpc', chain.anvil.rpcUrl],
    );
    await bench.fails(2, /the lock is on anvil \(31337\): leave --chain out/, ['unlock', '--chain', 'iotex']);
    await bench.fails(2, /no chain is called "nix": say anvil, iotex/, ['deploy', '--chain', 'nix']);
    await bench.fails(2, /no node is known for chain 5: say --rpc URL/, ['deploy', '--chain', '5']);
  });

  it('says where no node answers, and nothing of the path that may be a password', async () => {
    await bench.pairedLock();
    const { exitCode, stderr } = await bench.run(['unlock', '--rpc', `${NOBODY}/v3/secret-token`]);
    assert.equal(exitCode, 3);
    assert.match(
      stderr,
      /^latchkey: no JSON-RPC node answers at http:\/\/127\.0\.0\.1:9: is it running, is --rpc right\?$/m,
    );
    assert.ok(!stderr.includes('secret-token'));
    await bench.fails(2, /"nix" is no http or https URL of a JSON-RPC node/, ['unlock', '--rpc', 'nix']);
  });

  it('says that the password is wrong, and signs nothing', async () => {
    const lock = await bench.pairedLock();
    const wrong = bench.file('wrong', 'not the password\n');
    await bench.fails(1, /^latchkey: wrong password for this key: try again$/, [
      'unlock',
      '--password-file',
      wrong,
    ]);
    await bench.fails(2, /cannot read the password file .*nix: is it there/, [
      'unlock',
      '--password-file',
      'nix',
    ]);
    assert.equal(lock.world.moves, 0);
  });

  it('says that the lock is not registered, or that the registry is not there', async () => {
    await bench.newKey('owner');
    await bench.settle();
    const lock = await bench.newLock();
    lock.world.pressButton();
    await bench.done(['pair', '--at', lock.at], { answers: [lock.code, true] });
    await bench.fails(
      1,
      /the lock door is not registered in 0x[0-9a-f]{40} on anvil \(31337\): run latchkey register/,
      ['unlock'],
    );
    const nowhere = `0x${'ab'.repeat(20)}`;
    await bench.fails(1, new RegExp(`there is no LockRegistry at ${nowhere} on anvil`), [
      'status',
      '--registry',
      nowhere,
    ]);
  });

  it("says that a key is not the owner's, before anything is signed", async () => {
    await bench.pairedLock();
    await bench.newKey('stranger');
    await bench.fails(
      1,
      /is not the owner of front-door, nor a guest of it: say the owner's key with --key$/,
      ['unlock', '--key', 'stranger'],
    );
    await bench.fails(1, /is not the owner of front-door: say the owner's key/, [
      'privacy',
      'on',
      '--key',
      'stranger',
    ]);
    assert.ok(!readFileSync(join(bench.home, 'sent.json'), 'utf8').includes('"order"'));
    await bench.fails(2, /there is no key "nobody"/, ['unlock', '--key', 'nobody']);
  });

  it('says what a node hides: the registry reverts by its own name', async () => {
    const lock = await bench.pairedLock();
    await chain.rpc('evm_increaseTime', 3_600);
    await chain.rpc('evm_mine');
    try {
      await bench.fails(1, /the order is over by the chain's clock: is the clock of this computer right\?$/, [
        'unlock',
      ]);
    } finally {
      // Chain and computer agree again for the tests that follow.
      chain.clock.advance(3_600_000);
    }
    assert.equal(lock.world.moves, 0);
  });

  it('says why pairing was refused', async () => {
    await bench.newKey('owner');
    await bench.settle();
    const lock = await bench.newLock();
    const pair = (...more: string[]) => ['pair', '--at', lock.at, ...more];
    lock.world.pressButton();
    const other = (await bench.newLock()).code;
    await bench.fails(
      1,
      /the lock refuses: this is not the code of this lock: type it again, or scan it$/,
      pair(),
      {
        answers: [other],
      },
    );
    await bench.fails(2, /the code is mistyped: compare it digit by digit$/, pair(), {
      answers: [mistyped(lock.code)],
    });
    await bench.fails(2, /expected a code of 7 groups of 4/, pair(), { answers: ['1234'] });
    await bench.fails(1, /^latchkey: not paired: nothing was changed in the lock$/, pair(), {
      answers: [lock.code, false],
    });
    await bench.done(pair(), { answers: [lock.code, true] });
    lock.world.pressButton();
    await bench.fails(1, /the lock 0x[0-9a-f]{40} has an owner already/, pair(), { answers: [lock.code] });
    await bench.fails(
      3,
      /no lock answers at 127\.0\.0\.1:9: is it running/,
      ['pair', '--at', '127.0.0.1:9'],
      {
        answers: [lock.code],
      },
    );
    await bench.fails(
      2,
      /is no pairing endpoint: expected 127\.0\.0\.1:PORT on this computer/,
      ['pair', '--at', '192.168.1.5:4711'],
      { answers: [lock.code] },
    );
  });

  it('takes no password on the command line, and keeps none', async () => {
    await bench.newKey('owner');
    await bench.settle();
    const lock = await bench.newLock();
    await bench.fails(2, /a password on a command line is no secret: use --wifi-password-file/, [
      'pair',
      '--at',
      lock.at,
      '--set',
      'wifi-password=hunter2',
    ]);
    lock.world.pressButton();
    const wifi = bench.file('wifi', 'hunter2\n');
    await bench.done(['pair', '--at', lock.at, '--set', 'wifi-ssid=home', '--wifi-password-file', wifi], {
      answers: [lock.code, true],
    });
    for (const file of readdirSync(bench.home)) {
      if (file === 'keys') continue;
      const text = readFileSync(join(bench.home, file), 'utf8');
      assert.ok(!text.includes('hunter2') && !text.includes(PASSWORD) && !text.includes(lock.code), file);
    }
  });

  it('says which setting cannot be read', async () => {
    await bench.newKey('owner');
    await bench.settle();
    const set = (text: string) => ['pair', '--at', '127.0.0.1:9', '--set', text];
    await bench.fails(2, /expected auto-relock from 5 to 3600$/, set('auto-relock=1'));
    await bench.fails(2, /there is no setting "auto-relok": there are /, set('auto-relok=30'));
    await bench.fails(2, /--set takes NAME=VALUE/, set('auto-relock'));
    await bench.fails(2, /no yearly rule tells the time zone Mars\/Base/, [
      'pair',
      '--at',
      '127.0.0.1:9',
      '--time-zone',
      'Mars/Base',
    ]);
  });

  it('says what to do first where nothing is there yet', async () => {
    await bench.fails(2, /no node is known: say --chain anvil/, ['deploy']);
    await bench.fails(2, /there is no key yet: latchkey keys new makes one/, [
      'deploy',
      '--rpc',
      chain.anvil.rpcUrl,
    ]);
    await bench.fails(2, /say which lock is meant by --lock: .* knows none: latchkey pair names one/, [
      'unlock',
    ]);
    assert.equal(existsSync(join(bench.home, 'latchkey.json')), false);
  });

  it('answers a command line that is wrong with 2, and help with 0', async () => {
    assert.equal((await bench.run(['open'])).exitCode, 2);
    assert.equal((await bench.run(['unlock', '--nix'])).exitCode, 2);
    assert.equal((await bench.run(['privacy', 'maybe'])).exitCode, 2);
    const { exitCode, stdout } = await bench.run(['--help']);
    assert.equal(exitCode, 0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+)\b.* {2}\S/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    assert.ok(names.length >= 12, names.join(' '));
    for (const name of names) {
      const help = await bench.run([String(name), '--help']);
      assert.equal(help.exitCode, 0);
      assert.match(help.stdout, name === 'keys' ? /Commands:/ : /Example:\n {2}\$ latchkey /, name);
    }
  });
});

/** The code with one digit changed for another. */
function mistyped(code: string): string {
  const digit = code[5] === '7' ? '8' : '7';
  return `${code.slice(0, 5)}${digit}${code.slice(6)}`;
}
