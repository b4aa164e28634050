import assert from 'node:assert/strict';
import { parseOptions } from '../../../host-sim/options.js';
import { Failure } from '../../../tools/latchkey/owner/failure.js';

describe('parseOptions', () => {
  it('has defaults for everything', () => {
    assert.deepEqual(
      { ...parseOptions([]) },
      {
        toggles: 0,
        exit: false,
        json: false,
        keep: false,
        muteOwner: false,
        blockTime: 1,
        pollMs: 250,
      },
    );
  });

  it('reads what is given', () => {
    const words =
      '--toggles 3 --exit --json --port 8545 --lock-rpc http://a:1,https://b/x --data d --block-time 0 --engine xs';
    assert.deepEqual(
      { ...parseOptions([...words.split(' '), '--poll-ms', '100', '--report-url', 'http://c/']) },
      {
        toggles: 3,
        exit: true,
        json: true,
        keep: false,
        muteOwner: false,
        engine: 'xs',
        port: 8545,
        lockRpc: ['http://a:1', 'https://b/x'],
        data: 'd',
        blockTime: 0,
        pollMs: 100,
        reportUrl: 'http://c/',
      },
    );
    const other = parseOptions([
      '--rpc',
      'http://a',
      '--key-file',
      'k',
      '--registry',
      `0x${'Ab'.repeat(20)}`,
    ]);
    assert.equal(other?.registry, `0x${'ab'.repeat(20)}`);
  });

  it('gives help and asks for nothing more', () => {
    let help = '';
    assert.equal(
      parseOptions(['--help'], (text) => (help += text)),
      undefined,
    );
    for (const word of ['--toggles', '--lock-rpc', '--mute-owner', 'Exit codes'])
      assert.ok(help.includes(word), word);
  });

  it('refuses the rest in one line, with exit code 2', () => {
    const cases = [
      '--nope',
      'word',
      '--toggles -1',
      '--toggles 1.5',
      '--toggles',
      '--port 0',
      '--engine v8',
      '--port 65536',
      '--rpc http://a',
      '--rpc ftp://a --key-file k',
      '--key-file k',
      `--registry 0x${'00'.repeat(20)}`,
      '--rpc http://a --key-file k --registry 0x12',
      '--rpc http://a --key-file k --port 1',
      '--lock-rpc http://a,',
      '--exit --keep --toggles 1',
      '--mute-owner --toggles 1',
      `--lock-rpc ${Array(9).fill('http://a').join(',')}`,
    ];
    for (const words of cases) {
      assert.throws(
        () => parseOptions(words.split(' ')),
        (error) => error instanceof Failure && error.exitCode === 2 && !error.message.includes('\n'),
        words,
      );
    }
  });
});
