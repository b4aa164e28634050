import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blankOut, listFiles, ROOT, readSource, type SourceFile } from './sources.js';

const PURE_FOLDERS = ['firmware/protocol', 'firmware/crypto', 'firmware/lock'] as const;

/** Names through which time, chance, promises, the console or the outside could reach a pure folder. */
const BANNED: readonly string[] = [
  ...['Date', 'Intl', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...[
    'clearTimeout',
    'clearInterval',
    'console',
    'trace',
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'navigator',
  ],
  ...['process', 'global', 'globalThis', 'window', 'self', 'require', 'eval', 'Function'],
  ...['Promise', 'async', 'await', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics'],
  // Not in the core of XS.
  ...['TextEncoder', 'TextDecoder', 'Buffer', 'URL', 'atob', 'btoa', 'structuredClone'],
];
/** A global name, not a property of something else. */
const BANNED_NAME = new RegExp(`(?<![.\\w$])(?:${BANNED.join('|')})(?![\\w$])`, 'g');
/** `Math.random`, and `Math` handed on whole. */
const CHANCE = /(?<![.\w$])Math(?![\w$])(?!\s*\.\s*(?!random(?![\w$]))[a-zA-Z])/g;
/** `crypto.getRandomValues`; a folder of ours has that name too. */
const WEB_CRYPTO = /(?<![.\w$])crypto\s*\./g;
const DYNAMIC_IMPORT = /(?<![.\w$])import\s*[(.]/g;

function impurities({ path, text }: SourceFile): readonly string[] {
  const code = blankOut(text, 'comments and strings');
  return [BANNED_NAME, CHANCE, WEB_CRYPTO, DYNAMIC_IMPORT].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ 0: name, index }) => {
      return `${path}:${code.slice(0, index).split('\n').length} names ${name}`;
    }),
  );
}

describe('the pure folders', () => {
  it('name no clock, chance, promise, console or network', () => {
    const files = listFiles('.ts').filter((path) =>
      PURE_FOLDERS.some((folder) => path.startsWith(`${folder}/`)),
    );
    assert.ok(files.length >= 10, 'the sources were found');
    assert.deepEqual(
      files.flatMap((path) => impurities(readSource(path))),
      [],
    );
  });

  it('would be caught naming any of them', () => {
    const lines = [
      ...BANNED.map((name) => `const x = ${name};`),
      'const x = Math.random();',
      'const x = Math . random();',
      'const { random } = Math;',
      "const x = Math['random']();",
      'crypto.getRandomValues(x);',
      "const x = import('./a.js');",
      'const x = import.meta;',
      `const x = \`\${Date}\`;`,
      `const x = \`\${{ a: { b: 1 } }} \${Date}\`;`,
      'const x = 4 / 2 / Date;',
      'const x = /"/; const y = Date; const z = /"/;',
    ];
    for (const text of lines) assert.equal(impurities({ path: 'a.ts', text }).length, 1, text);
  });

  it('may use these words elsewhere', () => {
    const lines = [
      '// Date, console',
      '/* Math.random */ const x = 1;',
      "const x = 'fetch';",
      'const x = "a \\" Date";',
      `const x = \`process \${1} Date\`;`,
      'const x = Math.max(1, 2) + Math.ceil(3);',
      'const x = bolt.process(dateOf(y));',
      "import { sha256 } from '../crypto/hash.js';",
      'const x = /Date/.test(y);',
    ];
    for (const text of lines) assert.deepEqual(impurities({ path: 'a.ts', text }), [], text);
  });
});

describe('the compiler options of the pure folders', () => {
  const REFUSED: readonly (readonly [name: string, code: string])[] = [
    ['timer', 'setTimeout(() => undefined, 1);'],
    ['clock', 'export const now = performance.now();'],
    ['console', "console.log('x');"],
    ['fetch', "export const x = fetch('http://localhost');"],
    ['process', 'process.exit(1);'],
    ['text-encoder', 'export const x = new TextEncoder();'],
    ['buffer', "export const x = Buffer.from('x');"],
    ['web-crypto', 'export const x = crypto.getRandomValues(new Uint8Array(1));'],
    ['node-module', "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;"],
    ['global-this', 'export const x = globalThis.setTimeout;'],
  ];

  for (const folder of PURE_FOLDERS) {
    it(`leave ${folder} unable to name a timer, console, fetch or anything of Node's`, () => {
      // Inside the tree, where @types/node lies in reach as it does for the real sources.
      const place = join(ROOT, 'dist', 'purity', folder);
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place, { recursive: true });
      const config = {
        extends: join(ROOT, folder, 'tsconfig.json'),
        compilerOptions: { composite: false, noEmit: true, rootDir: place },
        include: ['./*.ts'],
        // What lies in the output folder is left out unless told otherwise.
        exclude: [],
        references: [],
      };
      writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config));
      writeFileSync(join(place, 'allowed.ts'), 'export const x = new Uint8Array(1).length + Number(1n);\n');
      for (const [name, code] of REFUSED) writeFileSync(join(place, `${name}.ts`), `${code}\n`);
      const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
      const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', place, '--pretty', 'false'], {
        encoding: 'utf8',
        cwd: place,
      });
      const faulty = new Set(
        [...stdout.matchAll(/^([a-z-]+)\.ts\(\d+,\d+\): error/gm)].map((found) => found[1]),
      );
      assert.deepEqual([...faulty].sort(), REFUSED.map(([name]) => name).sort(), stdout + stderr);
    });
  }
});
