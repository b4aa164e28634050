import assert from 'node:assert/strict';
import { parseScenarioOptions } from '../../../host-sim/scenarios-options.js';
import { EXIT_CODES, Failure } from '../../../tools/latchkey/owner/failure.js';

const NAMES = ['one', 'two'];

describe('parseScenarioOptions', () => {
  it('tells all in two threads unless it is told otherwise', () => {
    assert.deepEqual(parseScenarioOptions([], NAMES), { jobs: 2, json: false, trace: false });
    assert.deepEqual(parseScenarioOptions(['--name', 'two', '--fault', 'write:17:torn', '--trace'], NAMES), {
      name: 'two',
      fault: { on: 'write', at: 17, how: 'torn' },
      jobs: 2,
      json: false,
      trace: true,
    });
  });

  it('refuses other names and faults, and a trace of more than one scenario', () => {
    for (const words of [
      ['--name', 'x'],
      ['--name', 'one', '--fault', 'x'],
      ['--trace'],
      ['--fault', 'write:1:torn'],
      ['x'],
    ])
      assert.throws(
        () => parseScenarioOptions(words, NAMES),
        (error) => error instanceof Failure && error.exitCode === EXIT_CODES.usage,
        words.join(' '),
      );
  });

  it('explains itself', () => {
    let help = '';
    assert.equal(
      parseScenarioOptions(['--help'], NAMES, (text) => {
        help += text;
      }),
      undefined,
    );
    assert.match(help, /one, two/);
  });
});
