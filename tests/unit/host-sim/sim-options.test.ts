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
      profile: false,
    });
    assert.deepEqual(parseSwarmOptions(['--seeds', '3..9', '--jobs', '2'])?.seeds, [3, 9]);
    assert.deepEqual(parseSwarmOptions(['--seeds', '5..5'])?.seeds, [5, 5]);
    assert.deepEqual(parseSwarmOptions(['--seed', '4711', '--trace'])?.seeds, [4711, 4711]);
    assert.equal(parseSwarmOptions(['--seed', '1', '--chart', 'one.html'])?.chart, 'one.html');
  });

  it('takes a fleet, of which an hour is lived where nothing is said', () => {
    assert.deepEqual(parseSwarmOptions(['--fleet', '10000', '--seed', '3']), {
      seeds: [3, 3],
      hours: 1,
      jobs: 1,
      json: false,
      trace: false,
      profile: false,
      fleet: 10_000,
    });
    assert.equal(parseSwarmOptions(['--fleet', '10', '--hours', '24'])?.hours, 24);
  });

  it('refuses what it cannot do, with the exit code of wrong usage', () => {
    for (const words of [
      ['--trace'],
      ['--chart', 'one.svg'],
      ['--seed', '1', '--chart', 'one.png'],
      ['--seed', '1', '--chart', '.svg'],
      ['--seed', '1', '--seeds', '1..2'],
      ['--seed', '-1'],
      ['--seed', '1', '--trace', '--json'],
      ['--seeds', '9..3'],
      ['--seeds', '5'],
      ['--seeds', '1..2..3'],
      ['--seeds', '1..'],
      ['--hours', '0'],
      ['--hours', '1.5'],
      ['--hours', '6h'],
      ['--jobs', 'x'],
      ['--jobs', '0'],
      ['--fleet', '0'],
      ['--fleet', '100001'],
      ['--fleet', '5', '--seeds', '1..2'],
      ['--fleet', '5', '--jobs', '2'],
      ['--fleet', '5', '--seed', '1', '--trace'],
      ['--fleet', '5', '--profile'],
      ['--seed', '1', '--trace', '--profile'],
      ['--jobs', '2', '--profile'],
      ['--fleet', '5', '--seed', '1', '--chart', 'one.svg'],
      ['y'],
    ])
      assert.throws(() => parseSwarmOptions(words), { exitCode: 2 }, words.join(' '));
  });

  it('names an option that nobody knows', () => {
    assert.throws(
      () => parseSwarmOptions(['--sedes', '1..2']),
      /^Failure: unknown option '--sedes' .*--seeds\?.*$/,
    );
  });

  it('gives help where it is asked for', () => {
    let text = '';
    assert.equal(
      parseSwarmOptions(['--help'], (part) => {
        text += part;
      }),
      undefined,
    );
    for (const option of [
      '--seeds',
      '--seed',
      '--hours',
      '--jobs',
      '--trace',
      '--chart',
      '--profile',
      '--fleet',
      '--json',
    ])
      assert.ok(text.includes(option), option);
  });
});
