import assert from 'node:assert/strict';
import { blankSource } from '../../../tools/esp32/blanked-source.js';
import { preloadProblems } from '../../../tools/esp32/preload-safety.js';

const problems = (text: string) => preloadProblems('a.ts', text);

describe('preloadProblems', () => {
  it('lets be what cannot change', () => {
    const safe = [
      "import { a } from './a.js';\nimport type { B } from './b.js';\n",
      'export type A = Omit<\n  B,\n  C\n>;\nexport interface D {\n  readonly e: number;\n}\n',
      'const A = 1;\nexport const B = A * 2 + (3 << 4);\nconst C = 0xffn;\nconst D = -A;\n',
      "const A = 'new Map()';\nconst B = `let x`;\n",
      'export const A: readonly number[] = Object.freeze([1, 2, ...B]);\n',
      'const A = Object.freeze({\n  a: Object.freeze([]),\n  b: { c: [1] },\n} as const);\n',
      'const A = Object.freeze([...Object.values(B), C.d]);\n',
      'const A = BigInt(Number.MAX_SAFE_INTEGER);\n',
      'const A = Object.freeze({ hash16: new Uint8Array(16), b: 1 });\n',
      'const A = (b: number): number => b + c();\n',
      'const A = Object.freeze({\n  b(c: Uint8Array): ArrayBuffer {\n    let d = f(c);\n    return d;\n  },\n});\n',
      'export function a(): void {\n  let b = new Map();\n  c();\n}\n',
      'export default function main(): void {\n  start();\n}\n',
      'class A {\n  #b = new Map();\n  static readonly C = 1;\n  static of(): A {\n    return new A();\n  }\n}\n',
      '// let a = 1;\n/* b(); */\n',
    ];
    for (const text of safe) assert.deepEqual(problems(text), [], text);
  });

  it('refuses state and side effects', () => {
    const unsafe = [
      'let a = 1;\n',
      'export let a = 1;\n',
      'var a;\n',
      'const A = new Map();\n',
      'const A = new Uint8Array(32);\n',
      'const A = [];\n',
      'const A: readonly number[] = [1];\n',
      'const A = { b: 1 };\n',
      'const A = Object.freeze(new Set([1]));\n',
      'const A = table();\n',
      'const A = b.map((c) => c);\n',
      'const A = Object.freeze([...b.map(String)]);\n',
      'const A = Object.freeze({ b: c() });\n',
      "import './a.js';\n",
      'start();\n',
      'a.b = 1;\n',
      'if (a) b();\n',
      'for (const a of b) c(a);\n',
      'await a;\n',
      'const { a } = b;\n',
      'const A = b++;\n',
      'class A {\n  static #b = 0;\n}\n',
      'class A {\n  static readonly B = new Map();\n}\n',
      'class A {\n  static {\n    b();\n  }\n}\n',
      'export default new A();\n',
    ];
    for (const text of unsafe) assert.equal(problems(text).length, 1, text);
  });

  it('names file and line', () => {
    assert.deepEqual(problems('\n// x\nlet a = 1;\n'), ['a.ts:3 keeps state that changes in the module']);
  });
});

describe('blankSource', () => {
  it('keeps lines and code, and nothing of comments and strings', () => {
    const text = "const a = 'x\\'y'; // z\n/* u\nv */ const b = /[/'\"]/.test(c) ? d / e / f : `w\n#g`;\n";
    const blanked = blankSource(text);
    assert.equal(blanked.split('\n').length, text.split('\n').length);
    for (const gone of ['x', 'y', 'z', 'u', 'v', 'w', 'g']) assert.doesNotMatch(blanked, new RegExp(gone));
    assert.match(blanked, /const b = .*\.test\(c\) \? d \/ e \/ f : /);
  });
});
