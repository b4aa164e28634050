import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMessage, encodeMessage, type Message } from '../../firmware/targets/xs-host/frame.js';
import { XsProcess } from '../../host-sim/engines/xs-process.js';
import { findCompiler, ROOT } from '../../host-sim/engines/xs-runner.js';
import { describeOnXs } from './xs-runner.js';

const PROGRAM = 'dist/tests/xs/host-program.js';

describeOnXs('the XS host', (runner) => {
  let xs: XsProcess;
  beforeEach(() => {
    xs = new XsProcess(runner(), PROGRAM);
  });
  afterEach(() => xs.close());
  const ask = (message: Message): Message => {
    xs.send(encodeMessage(message));
    return decodeMessage(xs.receive());
  };

  it('carries frames of any size up to 64 KiB both ways', () => {
    for (const size of [0, 1, 4_096, 65_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7);
      assert.deepEqual(ask({ kind: 'echo', bytes, text: 'é\u{1f511}', list: [1, -1, true, null] }), {
        kind: 'echo',
        bytes,
        text: 'é\u{1f511}',
        list: [1, -1, true, null],
      });
    }
  });

  it('ends the channel where the program throws', () => {
    assert.throws(() => ask({ kind: 'throw' }), /has ended/);
  });

  it('ends the channel where there is no such module', () => {
    const none = new XsProcess(runner(), 'dist/tests/xs/none.js');
    assert.throws(() => none.receive(), /has ended/);
    none.close();
  });

  it('counts what is live, and lets no more be taken than the limit', () => {
    const before = ask({ kind: 'heap' });
    assert.ok(Number(before['chunkBytes']) > 10_000 && Number(before['slotCount']) > 1_000);
    assert.deepEqual(ask({ kind: 'limit', dataBytes: 36_000 }), { kind: 'limited' });
    // Garbage does not add up: each of these goes when the next one needs its room.
    for (let i = 0; i < 10; i++) assert.equal(ask({ kind: 'grow', count: 15_000 })['length'], 15_000);
    const after = ask({ kind: 'heap' });
    assert.ok(Number(after['chunkBytes']) - Number(before['chunkBytes']) < 15_000);
    assert.throws(() => ask({ kind: 'grow', count: 50_000 }), /has ended/);
  });

  it('has a console, and runs timers in their order after the program has returned, and their jobs', () => {
    const timed = new XsProcess(runner(), 'dist/tests/xs/timer-program.js');
    try {
      assert.deepEqual(decodeMessage(timed.receive()), {
        kind: 'happened',
        words: ['type', 'at once', 'first', 'second', 'job', 'again', 'again', 'again'],
      });
      assert.throws(() => timed.receive(), /has ended/, 'no timer is left');
    } finally {
      timed.close();
    }
  });

  it('takes name and length from the built-ins', () => {
    const { before, count, after } = ask({ kind: 'names' });
    assert.deepEqual(before, ['Array/1', 'slice/2', 'get/1', 'parse/2']);
    assert.ok(Number(count) > 500, `${count} taken`);
    // What a constructor lacks it finds on the prototype of functions, where nothing is left either.
    assert.deepEqual(after, [
      'undefined/undefined',
      'undefined/undefined',
      'undefined/undefined',
      'undefined/undefined',
    ]);
  });

  it('has native functions that refuse what is no key, point or size, and stay alive', () => {
    const refusals = 'range range range range range range range false range type';
    assert.equal(ask({ kind: 'native', fill: 0 })['text'], refusals);
    assert.equal(ask({ kind: 'native', fill: 0xff })['text'], refusals);
  });
});

describe('the signing table of the native engine', () => {
  it('is what libsecp256k1 makes', function () {
    this.timeout(60_000);
    const compiler = findCompiler();
    if (compiler === undefined) this.skip();
    const curve = join(ROOT, 'node_modules/secp256k1/src/secp256k1');
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    try {
      mkdirSync(join(folder, 'src'));
      const maker = join(folder, 'maker');
      const flags = ['-O1', '-w', '-DECMULT_GEN_PREC_BITS=2', `-I${curve}`, `-I${curve}/src`];
      execFileSync(compiler, [...flags, join(curve, 'src/gen_context.c'), '-o', maker]);
      execFileSync(maker, { cwd: folder });
      const made = readFileSync(join(folder, 'src/ecmult_static_context.h'), 'utf8');
      const kept = readFileSync(join(ROOT, 'firmware/native/generated/ecmult_static_context.h'), 'utf8');
      assert.ok(made === kept, 'make it anew with gen_context.c');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
