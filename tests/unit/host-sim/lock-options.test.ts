import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parseLockOptions } from '../../../host-sim/bench/options.js';
import { Failure } from '../../../tools/latchkey/owner/failure.js';

const parse = (line: string) => parseLockOptions(line.split(' '), () => {});
const REGISTRY = `0x${'Ab'.repeat(20)}`;

describe('parseLockOptions', () => {
  it('needs a folder alone', () => {
    assert.deepEqual(parse('--data front'), {
      kind: 'run',
      options: { data: resolve('front'), engine: 'noble', json: false },
    });
  });

  it('reads what is given', () => {
    const line = `--data front --rpc http://a:1,http://b:2 --registry ${REGISTRY} --port 4000 --control 0 --report-url http://c/ --poll-ms 50 --engine small --json`;
    assert.deepEqual(parse(line), {
      kind: 'run',
      options: {
        data: resolve('front'),
        rpc: ['http://a:1', 'http://b:2'],
        registry: REGISTRY.toLowerCase(),
        port: 4_000,
        control: { port: 0 },
        reportUrl: 'http://c/',
        pollMs: 50,
        engine: 'small',
        json: true,
      },
    });
    const { options } = parse('--data front --control ./sock') as { options: { control: object } };
    assert.deepEqual(options.control, { path: resolve('sock') });
  });

  it('reads words for a lock that runs, negative numbers too', () => {
    assert.deepEqual(parse('ctl front clock offset -5'), {
      kind: 'ctl',
      folder: resolve('front'),
      words: ['clock', 'offset', '-5'],
      json: false,
    });
    assert.deepEqual(parse('ctl --json front'), {
      kind: 'ctl',
      folder: resolve('front'),
      words: ['help'],
      json: true,
    });
  });

  it('gives help with every control word, and asks for nothing more', () => {
    let text = '';
    const write = (piece: string) => {
      text += piece;
    };
    assert.equal(parseLockOptions(['--help'], write), undefined);
    assert.match(text, /--data <dir>[\s\S]*Example:\n {2}npm run lock -- --rpc/);
    assert.equal(parseLockOptions(['ctl', '--help'], write), undefined);
    assert.match(text, /door open\|close\|force/);
  });

  it('refuses the rest in one line, with exit code 2', () => {
    for (const line of [
      ...['--json', '--data x --port 0', '--data x --control 65536', '--data x --registry 0x12'],
      ...['--data x --rpc ftp://a', '--data x --engine steam', '--data x y', '--data x --fly', 'ctl'],
    ])
      assert.throws(
        () => parse(line),
        (error) => error instanceof Failure && error.exitCode === 2 && !error.message.includes('\n'),
        line,
      );
  });
});
