import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { blankSource } from './blanked-source.js';
import { type BoardManifest, readManifest } from './manifest.js';
import { preloadProblems } from './preload-safety.js';

const TARGETS: readonly string[] = Object.freeze(['firmware/targets/esp32', 'firmware/targets/lin']);

/**
 * Checks all of the firmware of the boards and of Moddable's simulator that can be checked without Moddable: types, paths, imports, preloading.
 * @param sdk - the SDK's folder, where one is installed: its paths are checked too
 * @returns one sentence for each fault
 */
export function checkTarget(root: string, sdk?: string): readonly string[] {
  const manifest = readManifest(root);
  return [
    ...manifest.problems,
    ...(sdk === undefined ? [] : sdkProblems(manifest, sdk)),
    ...importProblems(root, manifest),
    ...preloadListProblems(root, manifest),
    ...typeProblems(root),
  ];
}

/** Follows every import from the main modules: each must lead to a module of the manifest or of the SDK. */
export function importProblems(root: string, manifest: BoardManifest): readonly string[] {
  const declared = TARGETS.flatMap((target) =>
    declaredModules(readFileSync(join(root, target, 'types/moddable.d.ts'), 'utf8')),
  );
  const problems: string[] = [];
  const seen = new Set<string>();
  const queue = [...manifest.mains];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const source = manifest.modules.get(name);
    if (seen.has(name)) continue;
    seen.add(name);
    if (source === undefined) {
      problems.push(`no module ${name} in the manifest`);
      continue;
    }
    for (const specifier of importsOf(readFileSync(join(root, source), 'utf8'))) {
      const target = specifier.startsWith('.')
        ? posix.join(posix.dirname(name), specifier).replace(/\.js$/, '')
        : specifier;
      if (manifest.modules.has(target)) queue.push(target);
      else if (specifier.startsWith('.') || !declared.includes(specifier)) {
        problems.push(`${source} imports ${specifier}, which the manifest does not have`);
      }
    }
  }
  return problems;
}

/** Every module of ours that is preloaded must bear it, and every preload must name something. */
export function preloadListProblems(root: string, manifest: BoardManifest): readonly string[] {
  const problems: string[] = [];
  for (const pattern of manifest.preload) {
    const names = [...manifest.modules.keys(), ...manifest.sdkModules].filter((name) =>
      matches(pattern, name),
    );
    if (names.length === 0) problems.push(`preload names ${pattern}, and there is no such module`);
    for (const name of names) {
      const source = manifest.modules.get(name);
      if (source === undefined) continue;
      problems.push(...preloadProblems(source, readFileSync(join(root, source), 'utf8')));
    }
  }
  return problems;
}

/** @returns what a module imports when it runs: types are gone by then */
export function importsOf(text: string): readonly string[] {
  const blanked = blankSource(text);
  const found: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    // Blanked out, it stood in a comment or a string.
    if (!/^(?:im|ex)port/.test(blanked.slice(match.index))) continue;
    const names = /^\{(?<list>[\s\S]*)\}$/.exec(match.groups?.['names']?.trim() ?? '')?.groups?.['list'];
    const listed = names?.split(',').filter((name) => name.trim() !== '');
    if (listed?.length && listed.every((name) => /^\s*type\s/.test(name))) continue;
    found.push(match.groups?.['from'] ?? match.groups?.['bare'] ?? '');
  }
  return found;
}

const IMPORT =
  /^(?:(?:import|export)\s+(?!type\s)(?<names>[\w$*\s{},]*?)\s*\bfrom\s*'(?<from>[^'\n]+)'|import\s*'(?<bare>[^'\n]+)')/gm;

function declaredModules(types: string): readonly string[] {
  return [...types.matchAll(/^declare module '([^']+)'/gm)].map(([, name]) => name as string);
}

function matches(pattern: string, name: string): boolean {
  if (!pattern.endsWith('*')) return pattern === name;
  const head = pattern.slice(0, -1);
  return name.startsWith(head) && !name.slice(head.length).includes('/');
}

function sdkProblems(manifest: BoardManifest, sdk: string): readonly string[] {
  return manifest.sdkPaths
    .map((path) => path.replace('$(MODDABLE)', sdk).replace('$(MODULES)', join(sdk, 'modules')))
    .filter((path) => !['', '.js', '.der', '.json'].some((ending) => existsSync(path + ending)))
    .map((path) => `the SDK has no ${path}`);
}

function typeProblems(root: string): readonly string[] {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '-b', ...TARGETS.map((target) => join(root, target)), '--pretty', 'false'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status === 0) return [];
  return (stdout + stderr).split('\n').filter((line) => line.includes('error'));
}
