import assert from 'node:assert/strict';
import { listFiles } from './sources.js';

const FOLDER = 'host-sim/checkers';
/** A table and a type: there is nothing in them to test. */
const BARE: readonly string[] = [`${FOLDER}/all-checkers.ts`, `${FOLDER}/checker.ts`];

/** @returns the checkers among these files, and what they stand on, that have no test of their name */
function untested(files: readonly string[]): readonly string[] {
  const sources = files.filter((path) => path.startsWith(`${FOLDER}/`) && !BARE.includes(path));
  return sources.filter((path) => !files.includes(`tests/unit/${path.replace(/\.ts$/, '.test.ts')}`));
}

describe('every checker', () => {
  it('has a test of its name, as has all that checkers stand on', () => {
    const files = listFiles('.ts');
    assert.ok(files.filter((path) => path.startsWith(`${FOLDER}/`)).length > 40, 'the checkers were found');
    assert.deepEqual(untested(files), []);
  });
});

describe('untested', () => {
  it('names the checkers without a test, and takes no type for one', () => {
    const sources = ['all-checkers', 'checker', 'told', 'clock-jump'].map((name) => `${FOLDER}/${name}.ts`);
    const tests = [`tests/unit/${FOLDER}/told.test.ts`, 'tests/unit/clock-jump.test.ts'];
    assert.deepEqual(untested([...sources, ...tests, 'host-sim/chain.ts']), [`${FOLDER}/clock-jump.ts`]);
  });
});
