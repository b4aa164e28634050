import assert from 'node:assert/strict';
import { isOlderVersion, newestVersion } from '../../../firmware/lock/version.js';

describe('isOlderVersion', () => {
  it('compares number by number, a missing one as 0', () => {
    for (const [version, than] of [
      ['0.1.0', '0.2.0'],
      ['0.9', '0.10'],
      ['1', '1.0.1'],
      ['1.2.3.4', '1.2.3.5'],
      ['0', '0.0.1'],
    ] as const) {
      assert.equal(isOlderVersion(version, than), true, `${version} ${than}`);
      assert.equal(isOlderVersion(than, version), false, `${than} ${version}`);
    }
    assert.equal(isOlderVersion('1.2', '1.2.0'), false);
    assert.equal(isOlderVersion('1.2.0', '1.2'), false);
  });

  it('says nothing of what it cannot compare', () => {
    for (const other of ['', '1.0-rc1', 'v9', '1..2', '1.2.3.4.5', '9999999999', '1.2 '])
      for (const [version, than] of [
        [other, '1.0'],
        ['1.0', other],
      ] as const)
        assert.equal(isOlderVersion(version, than), false, `${version} ${than}`);
  });
});

describe('newestVersion', () => {
  it('keeps the newer, and what can be compared before what cannot', () => {
    assert.equal(newestVersion('0.1.0', '0.2.0'), '0.2.0');
    assert.equal(newestVersion('0.2.0', '0.1.0'), '0.2.0');
    assert.equal(newestVersion('0.2.0', 'nightly'), '0.2.0');
    assert.equal(newestVersion('nightly', '0.2.0'), '0.2.0');
    assert.equal(newestVersion('0', 'nightly'), '0');
  });
});
