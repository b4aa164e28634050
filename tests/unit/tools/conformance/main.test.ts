import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileResult } from '../../../../tools/conformance/tally.js';

const PROGRAM = fileURLToPath(new URL('../../../../tools/conformance/main.js', import.meta.url));
const VECTORS = fileURLToPath(new URL('../../../../../tests/vectors/', import.meta.url));
const own = (name: string) => join(VECTORS, 'conformance', name);

interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly files: readonly FileResult[];
}

function run(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr, summary: () => JSON.parse(stdout) as Summary };
}

/** Changes the first place where a text stands in one of our files. @returns what the program says of it */
function runAltered(option: string, name: string, from: string, to: string) {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-test-'));
  try {
    const text = readFileSync(own(name), 'utf8');
    assert.ok(text.includes(from), from);
    writeFileSync(join(folder, name), text.replace(from, to));
    return run(option, join(folder, name), '--json');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('npm run conformance', function () {
  this.timeout(120_000);

  it('passes our vectors on every engine, and says why it skips one', () => {
    const { status, summary } = run(
      ...['--wycheproof', own('ecdsa.json'), own('ecdh.json')],
      ...['--ethereum-tests', own('rlp.json'), own('transactions.json'), own('old-transactions.json')],
      ...['--cbor', own('cbor.json'), join(VECTORS, 'cbor-rfc8949-appendix-a.json'), '--json'],
    );
    const { passed, failed, skipped, files } = summary();
    assert.deepEqual({ failed, status }, { failed: 0, status: 0 });
    assert.equal(passed, 3 * (30 + 9 + 6 + 2) + 11 + 6 + 81);
    assert.equal(skipped, 3 * (2 + 1 + 2) + 1);
    assert.deepEqual(
      files.filter(({ file }) => file.endsWith('ecdsa.json')).map(({ engine }) => engine),
      ['noble', 'small', 'libsecp256k1'],
    );
    assert.deepEqual(files.find(({ file }) => file.endsWith('ecdsa.json'))?.reasons, {
      'the hash SHA-512': 1,
      'the curve secp256r1': 1,
    });
  });

  const faults: readonly (readonly [string, string, string, string])[] = [
    ['--wycheproof', 'ecdsa.json', '"result": "valid"', '"result": "invalid"'],
    ['--wycheproof', 'ecdsa.json', '"result": "invalid"', '"result": "valid"'],
    ['--wycheproof', 'ecdh.json', '"shared": "', '"shared": "00'],
    ['--ethereum-tests', 'rlp.json', '"in": "dog"', '"in": "dig"'],
    ['--ethereum-tests', 'transactions.json', '"sender": "0x9d', '"sender": "0x9e'],
    ['--ethereum-tests', 'old-transactions.json', '"sender": "9d', '"sender": "9e'],
    ['--cbor', 'cbor.json', '"decoded": 100', '"decoded": 101'],
  ];
  for (const [option, name, from, to] of faults) {
    it(`fails where ${name} says ${to} in place of ${from}`, () => {
      const { status, summary } = runAltered(option, name, from, to);
      assert.equal(status, 1);
      assert.ok(summary().failed > 0);
      assert.ok(summary().files.every(({ failed, failures }) => failed > 0 === failures.length > 0));
    });
  }

  it('says what is wrong with a file or a command line', () => {
    for (const [words, said] of [
      [['--wycheproof', own('rlp.json')], /no file of Wycheproof/],
      [['--ethereum-tests', own('ecdh.json')], /neither RLP nor transaction tests/],
      [['--cbor', own('nothing.json')], /nothing\.json/],
      [[], /no files/],
      [['--what'], /--help/],
    ] as const) {
      const { status, stderr } = run(...words);
      assert.equal(status, 2);
      assert.match(stderr, said);
    }
  });
});

describe('our own vectors of signatures', () => {
  it('are what OpenSSL makes of them, but for the forms that it takes more freely', () => {
    interface Group {
      readonly type: string;
      readonly sha: string;
      readonly publicKey?: { readonly curve: string; readonly uncompressed: string };
      readonly tests: readonly { readonly msg: string; readonly sig: string; readonly result: string }[];
    }
    const { testGroups } = JSON.parse(readFileSync(own('ecdsa.json'), 'utf8')) as {
      readonly testGroups: readonly Group[];
    };
    let checked = 0;
    for (const { type, sha, publicKey, tests } of testGroups) {
      if (publicKey?.curve !== 'secp256k1' || sha !== 'SHA-256') continue;
      const spki = Buffer.from(
        `3056301006072a8648ce3d020106052b8104000a034200${publicKey.uncompressed}`,
        'hex',
      );
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
      const dsaEncoding = type === 'EcdsaP1363Verify' ? 'ieee-p1363' : 'der';
      for (const { msg, sig, result } of tests) {
        const holds = verify(
          'sha256',
          Buffer.from(msg, 'hex'),
          { key, dsaEncoding },
          Buffer.from(sig, 'hex'),
        );
        assert.equal(holds, result === 'valid', sig);
        checked++;
      }
    }
    assert.equal(checked, 26);
  });
});
