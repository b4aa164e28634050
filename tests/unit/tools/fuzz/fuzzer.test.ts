import assert from 'node:assert/strict';
import { countSteps } from '../../../../tools/fuzz/count-steps.js';
import { type FuzzResult, fuzz, judgeInput } from '../../../../tools/fuzz/fuzzer.js';
import { countersOfThisProcess, StepCounter } from '../../../../tools/fuzz/step-counter.js';
import type { Target } from '../../../../tools/fuzz/target.js';
import { BROKEN, GOOD, targetOf } from './broken-decoders.js';

function run(target: Target, seed = 1, executions = 3_000): FuzzResult {
  return fuzz({ targets: [target], seed, executions, counter: new StepCounter() });
}

describe('fuzz', () => {
  it('finds nothing in a decoder that is right', () => {
    const { finds, executions } = run(targetOf(GOOD));
    assert.deepEqual(finds, []);
    assert.equal(executions, 3_000);
  });

  for (const [what, [decode, found]] of Object.entries(BROKEN)) {
    it(`finds a decoder that ${what}, and an input that shows it again`, () => {
      const target = targetOf(decode);
      const { finds } = run(target);
      const find = finds.find((each) => found.test(each.what)) ?? assert.fail(JSON.stringify(finds));
      assert.match(judgeInput(target, find.input, new StepCounter()) ?? '', found);
    });
  }

  it('shortens what it finds', () => {
    const decode = (bytes: Uint8Array) => {
      if (bytes.includes(0xff)) throw new TypeError('no 0xff');
      return GOOD(bytes);
    };
    const [find] = run(targetOf(decode)).finds;
    assert.deepEqual(find?.input, Uint8Array.of(0xff));
  });

  it('makes the same run of the same seed, and another of another', () => {
    const inputsOf = (seed: number) => {
      const inputs: string[] = [];
      const target = { ...targetOf(GOOD), run: (input: Uint8Array) => void inputs.push(input.join()) };
      run(target, seed, 200);
      return inputs.join(' ');
    };
    assert.equal(inputsOf(7), inputsOf(7));
    assert.notEqual(inputsOf(7), inputsOf(8));
  });

  it('finds work that rises faster than its bound, by steps and not by time', async () => {
    countersOfThisProcess();
    const { source } = countSteps(
      [
        'export function decode(bytes) {',
        '    let sum = 0;',
        '    for (const one of bytes) {',
        '        for (const other of bytes) {',
        '            sum += one * other;',
        '        }',
        '    }',
        '    return sum;',
        '}',
      ].join('\n'),
      200,
    );
    const url = `data:text/javascript,${encodeURIComponent(source)}`;
    const module = (await import(url)) as { decode(bytes: Uint8Array): number };
    const target: Target = { ...targetOf(GOOD), run: module.decode, stepsMax: (bytes) => 60 + 10 * bytes };
    const { finds, targets } = run(target);
    assert.match(finds[0]?.what ?? '', /^\d+ steps for \d+ bytes, at most \d+ are allowed$/);
    assert.ok((targets[0]?.boundUsed ?? 0) > 1);
  });
});
