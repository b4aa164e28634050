import assert from 'node:assert/strict';
import { listFiles, readSource } from './sources.js';

const FOLDER = 'host-sim/checkers';
const TABLE = `${FOLDER}/all-checkers.ts`;
/** All that the table imports is a checker, but their type. */
const IMPORTED = /^import \{ \w+ \} from '\.\/([a-z-]+)\.js';$/gm;

/** @returns the checkers of a table that have no test of their name among these files */
function untested(table: string, files: readonly string[]): readonly string[] {
  const names = [...table.matchAll(IMPORTED)].map(([, name = '']) => name);
  return names.filter((name) => !files.includes(`tests/unit/${FOLDER}/${name}.test.ts`));
}

describe('every checker', () => {
  it('has a test of its name, which plays scenes in which it fails', () => {
    const table = readSource(TABLE).text;
    const files = listFiles('.ts');
    assert.ok(untested(table, []).length > 30, 'the checkers were found');
    assert.deepEqual(untested(table, files), []);
  });
});

describe('untested', () => {
  it('names the checkers without a test, and takes no type for one', () => {
    const table = [
      "import { told } from './told.js';",
      "import type { CheckerFactory } from './checker.js';",
      "import { clockJump } from './clock-jump.js';",
    ].join('\n');
    const files = [`tests/unit/${FOLDER}/told.test.ts`, 'tests/unit/clock-jump.test.ts'];
    assert.deepEqual(untested(table, files), ['clock-jump']);
  });
});
