import assert from 'node:assert/strict';
import { parseSabotageOptions } from '../../../host-sim/sabotage-options.js';

describe('parseSabotageOptions', () => {
  it('takes all sabotages and 200 seeds unless told otherwise', () => {
    const options = parseSabotageOptions([]);
    assert.equal(options?.names, undefined);
    assert.deepEqual([options?.seeds[0], options?.seeds.at(-1), options?.seeds.length], [1, 200, 200]);
    assert.deepEqual(options?.hours, [6]);
  });

  it('takes names, a range or a list of seeds, and several lengths', () => {
    const options = parseSabotageOptions(['--names', 'a,b', '--seeds', '9,3', '--hours', '3,6', '--write']);
    assert.deepEqual(options?.names, ['a', 'b']);
    assert.deepEqual(options?.seeds, [9, 3]);
    assert.deepEqual(options?.hours, [3, 6]);
    assert.equal(options?.write, true);
    assert.deepEqual(parseSabotageOptions(['--seeds', '4..6'])?.seeds, [4, 5, 6]);
  });

  it('refuses what it cannot do, with the exit code of wrong usage', () => {
    for (const words of [['--seeds', '9..3'], ['--seeds', 'x'], ['--hours', '0'], ['--jobs', '0'], ['y']])
      assert.throws(() => parseSabotageOptions(words), { exitCode: 2 }, words.join(' '));
  });

  it('gives help where it is asked for', () => {
    let text = '';
    const write = (part: string) => {
      text += part;
    };
    assert.equal(parseSabotageOptions(['--help'], write), undefined);
    assert.match(text, /--names/);
  });
});
