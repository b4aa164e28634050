import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigFile, toolHome } from '../../../../tools/latchkey/config.js';

describe('ConfigFile', () => {
  let folder: string;
  let home: string;
  let deep: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
    home = join(folder, 'home');
    deep = join(folder, 'a', 'b');
    mkdirSync(deep, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const record = {
    address: `0x${'11'.repeat(20)}`,
    registry: `0x${'22'.repeat(20)}`,
    chainId: 31_337,
    startBlock: 5,
  } as const;

  it('is the named file, else the nearest from the folder upward, else the one in the home', () => {
    assert.equal(ConfigFile.open(undefined, deep, home).path, join(home, 'latchkey.json'));
    writeFileSync(join(folder, 'latchkey.json'), '{"chain":"anvil"}');
    assert.equal(ConfigFile.open(undefined, deep, home).path, join(folder, 'latchkey.json'));
    writeFileSync(join(folder, 'a', 'latchkey.json'), '{"chain":"iotex"}');
    assert.equal(ConfigFile.open(undefined, deep, home).content.chain, 'iotex');
    assert.equal(ConfigFile.open('x.json', deep, home).path, join(deep, 'x.json'));
  });

  it('is written whole, for its owner alone, and keeps what another run wrote meanwhile', () => {
    const one = ConfigFile.open(undefined, deep, home);
    const other = ConfigFile.open(undefined, deep, home);
    one.change({ chain: 'anvil' });
    other.rememberLock('front', record);
    one.rememberLock('back', record);
    one.change({ chain: undefined });
    assert.deepEqual(JSON.parse(readFileSync(one.path, 'utf8')), { locks: { front: record, back: record } });
    assert.equal(statSync(one.path).mode & 0o777, 0o600);
  });

  for (const [what, text, message] of [
    ['no JSON', '{', /is not JSON: mend it, or move it away/],
    ['no object', '[]', /holds no JSON object/],
    ['another type', '{"chain":5}', /expected a text under "chain"/],
    ['a home elsewhere', '{"home":"../keys"}', /expected the name of a folder beside it under "home"/],
    ['a bad registry', '{"registry":"0x12"}', /expected an address under "registry"/],
    [
      'a bad lock',
      '{"locks":{"front":{"address":"x"}}}',
      /expected an address under "locks\.front\.address"/,
    ],
    [
      'a name that steers a terminal',
      '{"locks":{"a\\u001b[2J":null}}',
      /expected a name of a-z, 0-9, - and _/,
    ],
    ['a name of two lines', '{"people":{"a\\nb":null}}', /expected a name of a-z, 0-9, - and _/],
    ['a null lock', '{"locks":{"front":null}}', /expected an address under "locks\.front\.address"/],
  ] as const) {
    it(`refuses ${what}, by the name of the file and the field`, () => {
      writeFileSync(join(deep, 'latchkey.json'), text);
      assert.throws(() => ConfigFile.open(undefined, deep, home), message);
      assert.throws(() => ConfigFile.open(undefined, deep, home), /latchkey\.json/);
    });
  }
});

describe('toolHome', () => {
  it('is LATCHKEY_HOME, else under XDG_CONFIG_HOME, else .latchkey', () => {
    assert.equal(toolHome({ LATCHKEY_HOME: '/x', XDG_CONFIG_HOME: '/y' }, '/elsewhere'), '/x');
    assert.equal(toolHome({ XDG_CONFIG_HOME: '/y' }, '/elsewhere'), '/y/latchkey');
    assert.equal(toolHome({}, '/elsewhere'), '/elsewhere/.latchkey');
  });
});
