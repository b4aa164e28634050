import assert from 'node:assert/strict';
import { parseSwarmOptions } from '../../../host-sim/sim-options.js';

describe('parseSwarmOptions', () => {
  it('takes a range of seeds, or one', () => {
    assert.deepEqual(parseSwarmOptions([]), {
      seeds: [1, 100],
      hours: 6,
      jobs: 1,
      json: false,
      trace: false,
    });
    assert.deepEqual(parseSwarmOptions(['--seeds', '3..9', '--jobs', '2'])?.seeds, [3, 9]);
    assert.deepEqual(parseSwarmOptions(['--seed', '4711', '--trace'])?.seeds, [4711, 4711]);
  });

  it('refuses what it cannot do, with the exit code of wrong usage', () => {
    for (const words of [
      ['--trace'],
      ['--seeds', '9..3'],
      ['--seeds', '5'],
      ['--hours', '0'],
      ['--jobs', 'x'],
      ['y'],
    ])
      assert.throws(() => parseSwarmOptions(words), { exitCode: 2 }, words.join(' '));
  });

  it('gives help where it is asked for', () => {
    let text = '';
    assert.equal(
      parseSwarmOptions(['--help'], (part) => {
        text += part;
      }),
      undefined,
    );
    assert.match(text, /--seeds/);
  });
});
