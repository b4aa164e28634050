import { posix } from 'node:path';
import { blankOut, type SourceFile } from './sources.js';

/** One import or re-export of a module. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** What the files of one folder may import, besides the folder itself. */
interface FolderRule {
  /** Relative to the root; `*` stands for one name, and the folder that it names is the one that counts. */
  readonly folder: string;
  /** Folders or files of this tree (without `.ts`), `node:*`, `npm`, or patterns of module names. */
  readonly may: readonly string[];
  /** The same, by `import type` alone. */
  readonly mayTypes?: readonly string[];
}

const PURE = ['firmware/protocol', 'firmware/crypto', 'firmware/lock'] as const;
const HOST = ['node:*', 'npm'] as const;
const CONTRACT_CODE = ['contracts/generated', 'contracts/script'] as const;
/** What the owner's programs and the simulator share. */
const OWNER = 'tools/latchkey/owner';
const TOOL = ['firmware/protocol', 'firmware/crypto', ...CONTRACT_CODE, ...HOST] as const;

/** The table of architecture.md. The first folder that holds a file decides; a file in no folder here is refused. */
export const IMPORT_RULES: readonly FolderRule[] = [
  { folder: 'firmware/protocol', may: [] },
  { folder: 'firmware/crypto', may: ['firmware/protocol', '@noble/*'] },
  { folder: 'firmware/lock', may: ['firmware/protocol', 'firmware/crypto'] },
  // The ports are made of types of the protocol; a driver that fails throws an IoError.
  {
    folder: 'firmware/drivers',
    may: ['firmware/protocol/errors'],
    mayTypes: ['firmware/lock/ports', 'firmware/protocol'],
  },
  // Moddable's own modules beside those of ECMA-419.
  {
    folder: 'firmware/targets/esp32',
    may: [...PURE, 'firmware/drivers', 'embedded:*', 'timer', 'time', 'net', 'sntp', 'mc/*'],
  },
  // The board's own code on what Moddable's simulator has.
  {
    folder: 'firmware/targets/lin',
    may: [
      ...PURE,
      'firmware/drivers',
      'firmware/targets/esp32',
      'embedded:*',
      'timer',
      'time',
      'file',
      'mc/*',
    ],
  },
  { folder: 'firmware/targets/*', may: [...PURE, 'firmware/native'] },
  // It starts the XS runner as a process, and speaks to it in the frames that it speaks.
  {
    folder: 'host-sim/engines',
    may: [...PURE, 'host-sim', OWNER, 'firmware/targets/xs-host/frame', ...HOST],
    mayTypes: ['firmware/targets/xs-host'],
  },
  { folder: 'host-sim', may: [...PURE, 'firmware/drivers', OWNER, ...CONTRACT_CODE, ...HOST] },
  { folder: 'contracts/generated', may: [] },
  { folder: 'contracts/test', may: HOST },
  { folder: 'contracts/script', may: ['contracts/generated', 'firmware/protocol', ...HOST] },
  { folder: OWNER, may: TOOL },
  // It explains a verdict by the lock's own code.
  { folder: 'tools/latchkey', may: [...TOOL, 'firmware/lock'] },
  { folder: 'tools/rv32', may: TOOL, mayTypes: ['firmware/targets/rv32'] },
  {
    folder: 'tools/xs',
    may: [...TOOL, OWNER, 'firmware/lock', 'host-sim', 'firmware/targets/xs-host/frame'],
    mayTypes: ['firmware/targets/xs-host'],
  },
  // It prints the documents' tables from the machines'.
  { folder: 'tools/codegen', may: [...TOOL, 'firmware/lock'] },
  { folder: 'tools/bench', may: [...TOOL, OWNER, 'host-sim', 'firmware/lock'] },
  // They look into every decoder and at the whole lock.
  { folder: 'tools/fuzz', may: [...TOOL, OWNER, 'firmware/lock', 'host-sim/engines/host-engine'] },
  { folder: 'tools/conformance', may: [...TOOL, OWNER, 'host-sim/engines/host-engine'] },
  { folder: 'tools/*', may: TOOL },
  {
    folder: 'tests',
    may: ['firmware', 'host-sim', 'contracts', 'tools', '@noble/*', ...HOST],
  },
];

/** Lists what a module imports: static, re-exported, for its effects, and by `import()`. */
export function importsOf(text: string): readonly Import[] {
  const readable = blankOut(text, 'comments');
  const code = blankOut(text, 'comments and strings');
  const found: Import[] = [];
  for (const { 0: statement, index, groups } of readable.matchAll(STATEMENT)) {
    // Where strings are blanked the keyword is gone: it stood in a string.
    if (!code.startsWith(statement.slice(0, 6), index) || groups === undefined) continue;
    const names = groups['names'] ?? '';
    const listed = /^\{(.*)\}$/s
      .exec(names.trim())?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '');
    const typeOnly =
      groups['type'] !== undefined ||
      (listed !== undefined && listed.length > 0 && listed.every((name) => /^\s*type\s/.test(name)));
    found.push({ specifier: groups['from'] ?? groups['bare'] ?? groups['dynamic'] ?? '', typeOnly });
  }
  return found;
}

/**
 * Judges the imports of one file.
 * @param exists - whether the tree has a file at a path relative to its root
 * @param packages - what package.json names
 * @returns one sentence for each import that the table does not allow
 */
export function importViolations(
  file: SourceFile,
  exists: (path: string) => boolean,
  packages: readonly string[],
): readonly string[] {
  const rule = IMPORT_RULES.find(({ folder }) => homeOf(file.path, folder) !== undefined);
  if (rule === undefined) return [`${file.path} lies in no folder of the import table`];
  const home = homeOf(file.path, rule.folder) as string;
  const violations: string[] = [];
  for (const { specifier, typeOnly } of importsOf(file.text)) {
    const allowed = [home, ...rule.may, ...(typeOnly ? (rule.mayTypes ?? []) : [])];
    const problem = specifier.startsWith('.')
      ? relativeProblem(file.path, specifier, allowed, exists)
      : moduleProblem(specifier, allowed, packages);
    if (problem !== undefined) violations.push(`${file.path} imports ${specifier}: ${problem}`);
  }
  return violations;
}

const STATEMENT =
  /\b(?:(?:import|export)\s+(?:(?<type>type)\s+(?!from\b))?(?<names>[\w$*\s{},]*?)\s*\bfrom\s*(?<q1>['"])(?<from>[^'"\n]+)\k<q1>|import\s*(?<q2>['"])(?<bare>[^'"\n]+)\k<q2>|import\s*\(\s*(?<q3>['"`])(?<dynamic>[^'"`\n]+)\k<q3>)/g;

/** The folder that a rule speaks of, where the file lies in it: `tools/*` over `tools/web/page.ts` is `tools/web`. */
function homeOf(path: string, folder: string): string | undefined {
  const wanted = folder.split('/');
  const parts = path.split('/').slice(0, -1);
  if (parts.length < wanted.length || !wanted.every((name, i) => name === '*' || name === parts[i]))
    return undefined;
  return parts.slice(0, wanted.length).join('/');
}

function relativeProblem(
  from: string,
  specifier: string,
  allowed: readonly string[],
  exists: (path: string) => boolean,
): string | undefined {
  if (!specifier.endsWith('.js')) return 'imports of own files end in .js';
  const target = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '');
  if (!exists(`${target}.ts`)) return 'no such file';
  const inside = allowed.some((place) => target === place || target.startsWith(`${place}/`));
  return inside ? undefined : 'not in the table';
}

function moduleProblem(
  specifier: string,
  allowed: readonly string[],
  packages: readonly string[],
): string | undefined {
  for (const pattern of allowed) {
    if (pattern === specifier) return undefined;
    if (pattern.endsWith('*') && specifier.startsWith(pattern.slice(0, -1))) return undefined;
  }
  if (!allowed.includes('npm') || /^(?:@noble\/|[a-z]+:)/.test(specifier)) return 'not in the table';
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return packages.includes(name) ? undefined : 'not in package.json';
}
