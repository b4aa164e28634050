import assert from 'node:assert/strict';
import { blankOut, listFiles, readSource, type SourceFile } from './sources.js';

const LINES_MAX = 400;
/** In two halves, so that this file does not hold what it looks for. */
const UNFINISHED = new RegExp(
  `\\b(?:${['TO', 'FIX', 'XX'].map((half, i) => half + ['DO', 'ME', 'X'][i]).join('|')})\\b`,
);
const HOME = new RegExp(`(?:/(?:${['home', 'Users', 'root'].join('|')})/|[A-Z]:\\\\+Users\\\\)`);
const FILE_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|d|config))?\.(?:ts|mjs)$/;
const FOLDER_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const ONLY = /\b(?:describe|context|suite|it|specify|test)\s*\.\s*only\b/;
/** In the places of a type; a variable may have that name. */
const ANY =
  /(?:[:<|&]|\b(?:as|is|extends|satisfies)|=>|\btype\s[^=;]*=)\s*any(?![\w$])|(?<![.\w$])any\s*\[\]|,\s*any\s*>/;
const RE_EXPORT = /\b(?:import|export)\s+(?:type\s+)?(?:[\w$*\s{},]*?\bfrom\s*'[^']*'|\{[\w$\s,]*\})\s*;?/g;

/** @returns one sentence for each rule that a source file breaks */
function untidiness({ path, text }: SourceFile): readonly string[] {
  const found: string[] = [];
  const check = (broken: boolean, rule: string) => {
    if (broken) found.push(`${path} ${rule}`);
  };
  const isCode = /\.(?:ts|mjs)$/.test(path);
  const folders = path.split('/').slice(0, -1);
  const name = path.split('/').at(-1) ?? '';
  const lines = text.split('\n').length - 1;
  check(lines > LINES_MAX, `has ${lines} lines, over ${LINES_MAX}`);
  check(UNFINISHED.test(text), 'leaves something to be done');
  check(HOME.test(text), "names somebody's home folder");
  check(!folders.every((folder) => FOLDER_NAME.test(folder)), 'lies in a folder that is not in kebab-case');
  if (!isCode) return found;
  const code = blankOut(text, 'comments and strings');
  check(!FILE_NAME.test(name), 'is not named in kebab-case');
  check(name === 'utils.ts' || name === 'index.ts', 'has a name that says nothing');
  check(ANY.test(code), 'uses the type any');
  check(ONLY.test(code), 'runs one test only');
  check(isBarrel(text), 'only re-exports');
  return found;
}

function isBarrel(text: string): boolean {
  const code = blankOut(text, 'comments');
  return code.trim() !== '' && /\bexport\b/.test(code) && code.replace(RE_EXPORT, '').trim() === '';
}

describe('every source file', () => {
  it('is tidy', () => {
    const written = listFiles('.ts', '.mjs', '.sol').filter((path) => !path.split('/').includes('generated'));
    assert.ok(written.length > 20, 'the sources were found');
    assert.deepEqual(
      written.flatMap((path) => untidiness(readSource(path))),
      [],
    );
  });
});

describe('untidiness', () => {
  const broken = (path: string, text: string) => untidiness({ path, text }).length;

  it('lets good files be', () => {
    const good: readonly (readonly [path: string, text: string])[] = [
      ['firmware/lock/access-list.ts', 'export const company = many;\n'],
      ['tests/unit/lock/access-list.test.ts', "describe('x', () => it('y', () => {}));\n"],
      ['contracts/src/LockRegistry.sol', 'contract LockRegistry {}\n'],
      ['firmware/lock/a.ts', "export { b } from './b.js';\nexport const c = 1;\n"],
      ['firmware/lock/a.ts', "import { b } from './b.js';\nb();\n"],
      ['firmware/lock/a.ts', 'const any = fc.nat();\nf(x, any, any);\n'],
      ['firmware/lock/a.ts', "// any word\nconst x = 'any';\n"],
      ['firmware/lock/a.ts', 'x\n'.repeat(LINES_MAX)],
      ['firmware/lock/a.ts', "export type A = 'homes' | '/root';\n"],
    ];
    for (const [path, text] of good) assert.deepEqual(untidiness({ path, text }), [], text.slice(0, 60));
  });

  it('finds each fault', () => {
    const home = ['', 'home', 'somebody', 'x'].join('/');
    const faults: readonly (readonly [path: string, text: string])[] = [
      ['firmware/lock/a.ts', 'x\n'.repeat(LINES_MAX + 1)],
      ['contracts/src/A.sol', 'x\n'.repeat(LINES_MAX + 1)],
      ['firmware/lock/a.ts', `// ${'TO'}${'DO'}: later\n`],
      ['contracts/src/A.sol', `// ${'FIX'}${'ME'}\n`],
      ['firmware/lock/a.ts', `const x = '${home}';\n`],
      ['firmware/lock/a.ts', `const x = 'C:\\\\${'Users'}\\\\x';\n`],
      ['firmware/lock/accessList.ts', 'const x = 1;\n'],
      ['firmware/lock/access_list.ts', 'const x = 1;\n'],
      ['firmware/lock/AccessList.test.ts', 'const x = 1;\n'],
      ['firmware/theLock/a.ts', 'const x = 1;\n'],
      ['firmware/lock/utils.ts', 'const x = 1;\n'],
      ['firmware/lock/a.ts', 'const x = y as any;\n'],
      ['firmware/lock/a.ts', 'let x: Record<string, any>;\n'],
      ['firmware/lock/a.ts', 'let x: any;\n'],
      ['firmware/lock/a.ts', 'type X = any;\n'],
      ['firmware/lock/a.ts', 'const x = f<any>(y);\n'],
      ['firmware/lock/a.ts', 'let x: readonly any[];\n'],
      ['firmware/lock/a.ts', 'const x = (y: string | any) => y;\n'],
      ['tests/a.test.ts', `describe.${'only'}('x', () => {});\n`],
      ['tests/a.test.ts', `it.${'only'}('x', () => {});\n`],
      ['firmware/lock/a.ts', "export * from './b.js';\n"],
      [
        'firmware/lock/a.ts',
        "// All of it.\nexport { b } from './b.js';\nexport type { C } from './c.js';\n",
      ],
      ['firmware/lock/a.ts', "import { b } from './b.js';\nexport { b };\n"],
    ];
    for (const [path, text] of faults) assert.equal(broken(path, text), 1, `${path}: ${text.slice(0, 60)}`);
  });
});
