import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFunctionData, type Hex, numberToHex, parseTransaction } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { decodeCommand } from '../../firmware/protocol/command.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { HANDOVER_COMMAND } from '../../firmware/protocol/report.js';
import { orderWord, REGISTRATION_TYPES } from '../contracts/words.js';
import { ReportSigner } from '../unit/tools/latchkey/signed-reports.js';
import { type BoxedLock, LatchkeyBench } from './latchkey-bench.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';

describe('latchkey, its guests, log and verdicts', function () {
  this.timeout(60_000);
  let chain: TestChain;
  let bench: LatchkeyBench;
  let lock: BoxedLock;

  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());
  beforeEach(async () => {
    bench = new LatchkeyBench(chain);
    lock = await bench.pairedLock();
  });
  afterEach(() => bench.stop());

  const reportLines = () => readFileSync(lock.host.reportFile, 'utf8').trimEnd().split('\n');
  const latest = () => reportLines().at(-1) ?? assert.fail('no report');

  it('lets a guest in as the grant says, proves it by the lock, and takes it back', async () => {
    const guest = await bench.newKey('guest');
    const granted = await bench.done([
      ...['grant', guest.address, '--name', 'anna', '--until', '+3d', '--uses', '1', '--json'],
    ]);
    assert.deepEqual(
      granted.objects.map(({ event }) => event),
      ['sent', 'granted'],
    );
    assert.equal(granted.result['applied'], true);
    assert.match(granted.stderr, /guest +0x[0-9a-f]{40}, anna \(0x\w{4}…\w{4}\)\nmay +lock, unlock\n/);
    assert.match(granted.stderr, /openings +once\n/);

    const listed = await bench.done(['guests']);
    assert.match(
      listed.stdout,
      /^anna +0x[0-9a-f]{40} +proven +lock, unlock; from now until \w{3} .*; once$/m,
    );
    assert.match(listed.stdout, /^applied: the lock's report #\d+ proves this list$/m);

    await bench.done(['unlock', '--key', 'guest']);
    await bench.fails(1, /used up the openings/, ['unlock', '--key', 'guest']);
    await bench.done(['lock']);

    const revoked = await bench.done(['revoke', 'anna']);
    assert.match(revoked.stdout, /^anna \(0x\w{4}…\w{4}\) is revoked: report #\d+, signed by the lock$/m);
    assert.match((await bench.done(['guests'])).stdout, /^front-door has no guests$/m);
    const all = await bench.done(['guests', '--all', '--json']);
    assert.deepEqual([all.objects[0]?.['name'], all.objects[0]?.['rights']], ['anna', 0]);
    assert.equal(all.result['progress'], 'applied');
  });

  it('says what the lock has not applied yet', async () => {
    const [first, second] = [await bench.newKey('first'), await bench.newKey('second')];
    await bench.done(['grant', first.address, '--name', 'first', '--until', '+1d']);
    lock.host.cutPower();
    await bench.fails(4, /^latchkey: mined in block \d+; the lock has not reported since/, [
      ...['grant', second.address, '--name', 'second', '--until', 'forever', '--wait', '1'],
    ]);
    const behind = await bench.done(['guests']);
    assert.match(behind.stdout, /^first +0x[0-9a-f]{40} +proven /m);
    assert.match(behind.stdout, /^second +0x[0-9a-f]{40} +not proven .*FOR EVER/m);
    assert.match(behind.stdout, /^not yet applied: the lock's report #\d+ proves an older list$/m);
    lock.host.boot();
    // The serial is one above the last, and the lock holds both by then.
    const again = await bench.done(['grant', 'second', '--until', '+2h', '--json']);
    assert.equal(again.result['applied'], true);
  });

  it('proves a list that the lock made days after the chain', async () => {
    const [first, second] = [await bench.newKey('first'), await bench.newKey('second')];
    await bench.done(['grant', first.address, '--name', 'first', '--until', '+1d']);
    await bench.done(['revoke', 'first']);
    const pass = async (days: number) => {
      await chain.rpc('evm_increaseTime', days * 86_400);
      await chain.rpc('evm_mine');
      chain.clock.advance(days * 86_400_000);
    };
    lock.host.cutPower();
    await pass(6);
    await bench.fails(4, /the lock has not reported since/, [
      ...['grant', second.address, '--name', 'second', '--until', '+9d', '--wait', '0'],
    ]);
    // By now the revocation is older than a lock remembers one, and when the grant was mined it was not.
    await pass(2);
    const before = reportLines().length;
    lock.host.boot();
    await until('the boot report', () => reportLines().length > before);
    // A clock that jumps by days is believed where the owner's order says the same; then what waits is judged.
    await bench.done(['lock', '--challenge']);
    await until('the receipts of both', () => reportLines().length > before + 2);
    const { stdout } = await bench.done(['guests', '--all']);
    assert.match(stdout, /^applied: the lock's report #\d+ proves this list$/m);
    assert.doesNotMatch(stdout, /^first/m);
  });

  it('refuses what only the owner may, and what it cannot read, before anything is signed', async () => {
    const guest = await bench.newKey('guest');
    await bench.fails(1, /is not the owner of front-door: say the owner's key/, [
      ...['grant', guest.address, '--until', '+1d', '--key', 'guest'],
    ]);
    await bench.fails(2, /nobody is called "bob"/, ['revoke', 'bob']);
    await bench.fails(2, /no address for the guest/, ['grant', '0x12', '--until', '+1d']);
    await bench.fails(2, /--days takes days/, [
      'grant',
      guest.address,
      '--until',
      '+1d',
      '--days',
      'someday',
    ]);
    await bench.fails(2, /--days takes 1 to 366/, ['handover', guest.address, '--days', '0']);
    await bench.fails(1, /^latchkey: nothing was signed$/, ['handover', guest.address], { answers: [false] });
    assert.equal((await chain.lockState(BigInt(await address()))).epoch, 1);
  });

  it('hands the lock over, and believes only the report that names the new owner', async () => {
    const buyer = await bench.newKey('buyer');
    const run = await bench.done(['handover', buyer.address, '--json'], { answers: [true] });
    assert.equal(run.result['owner'], buyer.address.toLowerCase());
    assert.match(run.stderr, /this gives front-door away/);
    assert.match(run.stderr, /epoch +1 to 2, good until/);
    await bench.fails(1, /is not the owner|nor a guest/, ['unlock']);
    await bench.done(['unlock', '--key', 'buyer']);
    // Of the epoch that it ended, and by the owner of then.
    const { stdout } = await bench.done(['explain', String(run.result['tx'])]);
    assert.match(stdout, /: handover to buyer \(0x\w{4}…\w{4}\), epoch 1 to 2$/m);
    assert.match(stdout, /^the lock itself said yes/m);
    const again = await bench
      .done(['handover', 'buyer', '--key', 'buyer', '--yes', '--json'])
      .catch(() => undefined);
    assert.equal(again, undefined, 'a key is no name of the address book');
  });

  it('takes no report for a handover that names another owner than the one meant', async () => {
    const signer = new ReportSigner(9);
    const device = privateKeyToAccount(`0x${'09'.repeat(32)}`);
    const [seller, buyer, other] = [
      await bench.newKey('seller'),
      await bench.newKey('buyer'),
      new Uint8Array(20).fill(3),
    ];
    const reports = bench.file('other.hex', '');
    const deadline = BigInt(chain.nowSeconds + 600);
    const signature = await device.signTypedData({
      domain: {
        ...{ name: 'LockRegistry', version: '1' },
        ...{ chainId: chain.anvil.chainId, verifyingContract: chain.registry },
      },
      types: REGISTRATION_TYPES,
      primaryType: 'Registration',
      message: { lock: device.address, owner: seller.address, deadline },
    });
    await chain.send(seller, ['register', [device.address, deadline, signature]]);
    // The answer of a lock that took the handover and obeys somebody else.
    const answer = async (stdout: string) => {
      const tx = /"tx":"(0x[0-9a-f]{64})"/.exec(stdout)?.[1] as Hex;
      const { input, nonce } = await chain.reader.getTransaction({ hash: tx });
      const command = decodeCommand(parseHex(input), signer.lock20);
      const { notAfterSeconds } = command.kind === 'handover' ? command : assert.fail(command.kind);
      const by = parseHex(seller.address.toLowerCase(), 20);
      const lastCommand = {
        ...{ by, command: HANDOVER_COMMAND, nonce: BigInt(nonce), notAfterSeconds },
        ...{ reason: 'none' as const },
      };
      const cose = signer.next({ cause: 'command', owner: other, epoch: 2, lastCommand });
      appendFileSync(reports, `${formatHex(cose)}\n`);
    };
    const words = ['--lock', device.address.toLowerCase(), '--key', 'seller', '--reports', reports, '--json'];
    let answered: Promise<void> | undefined;
    const run = await bench.run(['handover', buyer.address, '--yes', '--wait', '20', ...words], {
      onStdout: (text) => {
        answered ??= answer(text);
      },
    });
    await answered;
    assert.equal(run.exitCode, 1);
    assert.match(
      run.stderr,
      /^latchkey: .* names 0x(?:03){20} as its owner, not 0x[0-9a-f]{40}: do not pay yet$/m,
    );
    assert.ok(run.objects.every(({ event }) => event !== 'handed-over'));
  });

  it('tells who did what, with every line verified', async () => {
    const guest = await bench.newKey('cleaner');
    await bench.done(['grant', guest.address, '--name', 'mrs-c', '--until', '+1d', '--rights', 'unlock']);
    await bench.done(['unlock', '--key', 'cleaner']);
    await bench.fails(1, /no right/, ['lock', '--key', 'cleaner']);
    await bench.done(['lock']);
    const { stdout } = await bench.done(['log']);
    assert.match(
      stdout,
      /^#\d+ +\w{3} \d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d {2}owner \(0x\w{4}…\w{4}\): grant to mrs-c \(0x\w{4}…\w{4}\)$/m,
    );
    assert.match(stdout, /mrs-c \(0x\w{4}…\w{4}\): unlock; the bolt is unlocked$/m);
    assert.match(stdout, /reports signed by front-door; from the first on none is missing$/m);

    for (const argv of [
      ['log', '--offline'],
      ['log', '--rpc', 'http://127.0.0.1:1'],
    ]) {
      const alone = await bench.done(argv);
      assert.match(alone.stdout, /: grant or revocation$/m);
      assert.equal(/only a node can show/.test(alone.stderr), argv.length > 2);
    }
    const named = (await bench.done(['log', '--json'])).objects.find(({ command }) => command === 128);
    assert.deepEqual([named?.['guest'], named?.['rights']], [guest.address.toLowerCase(), 2]);

    const mine = await bench.done(['log', '--guest', 'mrs-c', '--since', '-1h', '--json']);
    const told = mine.objects.slice(0, -1);
    assert.ok(told.length > 0 && told.every(({ name }) => name === 'mrs-c'));
    assert.equal((await bench.done(['log', '--since', '+1h', '--json'])).objects.length, 1);
  });

  it('shows gaps and what no key vouches for, and ends with 1', async () => {
    await bench.done(['unlock']);
    await bench.done(['lock']);
    const lines = reportLines();
    const kept = lines.filter((_, i) => i !== 2);
    const forged = (lines[1] ?? '').replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const path = join(bench.folder, 'torn.hex');
    writeFileSync(path, `${kept.join('\n')}\n`);
    appendFileSync(path, `${forged}\nnot hex\n`);
    const run = await bench.run(['log', '--reports', path]);
    assert.equal(run.exitCode, 1);
    assert.match(run.stdout, /^!! reports are missing between #\d+ and #\d+$/m);
    assert.match(run.stdout, /^!! line \d+ is not signed by the lock: /m);
    assert.match(run.stdout, /^!! 1 line is no report at all$/m);
    assert.match(run.stderr, /^latchkey: the log of front-door has gaps or contradictions/m);
  });

  it('verifies one report offline', async () => {
    await bench.done(['unlock']);
    const hex = bench.file('report.hex', `${latest()}\n`);
    const good = await bench.done(['verify', hex, '--lock', 'front-door', '--rpc', 'http://127.0.0.1:1']);
    assert.match(good.stdout, /^what +owner \(0x\w{4}…\w{4}\): unlock; the bolt is unlocked/m);
    const binary = join(bench.folder, 'report.cose');
    writeFileSync(binary, Buffer.from(latest().slice(2), 'hex'));
    const unnamed = await bench.done(['verify', binary, '--json']);
    assert.deepEqual([unnamed.result['isMeant'], unnamed.result['bolt']], [false, 'unlocked']);
    await bench.fails(1, /not by 0x0{39}1: do not believe it/, [
      'verify',
      hex,
      '--lock',
      `0x${'0'.repeat(39)}1`,
    ]);
    const changed = bench.file(
      'changed.hex',
      latest().replace(/..$/, (end) => (end === '00' ? '01' : '00')),
    );
    await bench.fails(1, /^latchkey: it proves nothing: /, ['verify', changed]);
    await bench.fails(2, /cannot read/, ['verify', 'nowhere.hex']);
    await bench.fails(2, /larger than any report/, ['verify', bench.file('many.hex', 'a'.repeat(4_096))]);
  });

  it('explains each verdict by the code of the lock', async () => {
    const guest = await bench.newKey('guest');
    const terms = ['--until', '+1d', '--rights', 'unlock', '--uses', '1'];
    const granted = await bench.done(['grant', guest.address, '--name', 'anna', ...terms, '--json']);
    const opened = await bench.done(['unlock', '--key', 'guest', '--json']);
    const yes = await bench.done(['explain', String(opened.result['tx'])]);
    assert.doesNotMatch(yes.stdout, /FAIL/);
    assert.match(yes.stdout, /^signed by anna \(0x\w{4}…\w{4}\): unlock, good until/m);
    assert.match(yes.stdout, /the lock would obey$/m);
    assert.match(yes.stdout, /^the lock itself said yes, in its report #\d+$/m);
    assert.match((await bench.done(['explain', String(granted.result['tx'])])).stdout, /grant to anna/);

    const second = await bench.run(['unlock', '--key', 'guest', '--json']);
    const tx = String(second.objects[0]?.['tx']);
    const no = await bench.run(['explain', tx]);
    assert.equal(no.exitCode, 1);
    assert.match(no.stdout, /^ {2}FAIL {2}the grant has an opening left$/m);
    assert.match(no.stdout, /^ {2}- {5}vacation mode lets it$/m);
    assert.match(no.stdout, /^the lock itself said no: uses, in its report #\d+$/m);
    assert.match(no.stderr, /^latchkey: the guest has used up the openings of the grant$/m);

    chain.clock.advance(400_000);
    const late = await bench.run(['explain', tx, '--now', '--json']);
    assert.equal(late.objects.find(({ state }) => state === 'fail')?.['title'], 'not too late');
  });

  it('explains by the modes of then, and by those of now where it is asked for now', async () => {
    const guest = await bench.newKey('guest');
    await bench.done(['grant', guest.address, '--name', 'anna', '--until', '+1d']);
    await bench.done(['vacation', 'on']);
    const refused = await bench.run(['unlock', '--key', 'guest', '--json']);
    const tx = String(refused.objects[0]?.['tx']);
    const then = await bench.run(['explain', tx]);
    assert.match(then.stdout, /^ {2}FAIL {2}vacation mode lets it$/m);
    assert.match(then.stdout, /^the lock itself said no: vacation, in its report #\d+$/m);
    await bench.done(['vacation', 'off']);
    const now = await bench.done(['explain', tx, '--now', '--reports', lock.host.reportFile]);
    assert.match(now.stdout, /the lock would obey$/m);
    const mode = await bench.run(['vacation', 'on', '--json']);
    assert.match(
      (await bench.done(['explain', String(mode.objects[0]?.['tx'])])).stdout,
      /^signed by owner \(0x\w{4}…\w{4}\): vacation on, good until/m,
    );
  });

  it('says what only the lock knows, unless the lock has said it', async () => {
    const opened = await bench.done(['unlock', '--json']);
    const tx = String(opened.result['tx']);
    assert.doesNotMatch((await bench.done(['explain', tx])).stdout, /only the lock knows/);
    const silent = bench.file('none.hex', '');
    const { stdout } = await bench.done(['explain', tx, '--reports', silent]);
    assert.match(stdout, /^ {2}\? {5}its receipt has a place in flash$/m);
    assert.match(stdout, /^only the lock knows: the room in its flash$/m);
  });

  it('explains a transaction that no block holds, and says where it cannot', async () => {
    const stranger = await chain.newPerson();
    const lockAddress = await address();
    const word = orderWord({
      lockId: BigInt(lockAddress),
      epoch: 1,
      notAfter: chain.nowSeconds + 300,
      action: 2,
      challenge: 0,
    });
    const data = encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'command', args: [word] });
    const { serialized, hash } = await chain.sign(stranger, data);
    const { r, s, yParity, nonce, gas, maxFeePerGas, maxPriorityFeePerGas } = parseTransaction(
      serialized,
    ) as never as {
      readonly [Name in 'nonce' | 'yParity']: number;
    } & { readonly [Name in 'gas' | 'maxFeePerGas' | 'maxPriorityFeePerGas']: bigint } & { r: Hex; s: Hex };
    const json = {
      hash,
      type: '0x2',
      chainId: numberToHex(chain.anvil.chainId),
      to: chain.registry,
      input: data,
      value: '0x0',
      accessList: [],
      nonce: numberToHex(nonce ?? 0),
      gas: numberToHex(gas),
      maxFeePerGas: numberToHex(maxFeePerGas),
      maxPriorityFeePerGas: numberToHex(maxPriorityFeePerGas),
      yParity: numberToHex(yParity),
      r,
      s,
    };
    const explain = (change: object) =>
      bench.run([
        'explain',
        bench.file('tx.json', JSON.stringify({ result: { ...json, ...change } })),
        '--json',
      ]);
    const reasonOf = async (change: object) =>
      (await explain(change)).objects.find(({ event }) => event === 'explained')?.['reason'];
    assert.equal(await reasonOf({}), 'unknown-sender');
    assert.equal(await reasonOf({ value: '0x1' }), 'value');
    assert.equal(await reasonOf({ to: stranger.address.toLowerCase() }), 'registry');
    assert.equal(await reasonOf({ input: '0x12345678' }), 'selector');
    assert.equal(await reasonOf({ nonce: '0x77' }), 'hash');
    const checks = (await explain({ to: stranger.address.toLowerCase() })).objects.filter(
      ({ event }) => event === 'check',
    );
    assert.deepEqual(
      checks.map(({ state }) => state),
      ['pass', 'fail', 'not reached', 'not reached', 'not reached', 'not reached', 'not reached'],
    );
    await bench.fails(1, /the node knows no transaction 0x/, ['explain', `0x${'12'.repeat(32)}`]);
    await bench.fails(2, /cannot read a transaction from .*: say a hash/, ['explain', 'nowhere.json']);
  });

  async function address(): Promise<string> {
    const { result } = await bench.done(['status', '--json']);
    return String(result['lock']);
  }
});
