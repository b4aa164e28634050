import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

/** What the manifests of this project say, all platforms taken together. Paths are relative to the root. */
export interface BoardManifest {
  /** Source of each module by the module's name, for sources that are ours. */
  readonly modules: ReadonlyMap<string, string>;
  /** Names of modules whose source lies in the SDK. */
  readonly sdkModules: readonly string[];
  /** Names to preload; a star at the end stands for what is left of one. */
  readonly preload: readonly string[];
  /** The module that starts each target: the boards', the simulator's. */
  readonly mains: readonly string[];
  /** Paths inside the SDK, as the manifests write them. */
  readonly sdkPaths: readonly string[];
  /** One sentence for each path that leads nowhere. */
  readonly problems: readonly string[];
}

const FIRST = 'manifest.json';
/** Moddable looks for a source under its name with one of these; headers are only searched for. */
const ENDINGS: readonly string[] = Object.freeze(['', '.ts', '.js', '.json', '.c', '.h']);

/** Reads `manifest.json` and the manifests of ours that it includes. @throws Error where one is no JSON */
export function readManifest(root: string): BoardManifest {
  const reader = new ManifestReader(root);
  reader.read(FIRST);
  return reader.result();
}

type Section = Readonly<Record<string, unknown>>;

class ManifestReader {
  readonly #root: string;
  readonly #read = new Set<string>();
  readonly #modules = new Map<string, string>();
  readonly #sdkModules: string[] = [];
  readonly #preload: string[] = [];
  readonly #sdkPaths: string[] = [];
  readonly #problems: string[] = [];
  readonly #mains: string[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  result(): BoardManifest {
    return {
      modules: this.#modules,
      sdkModules: this.#sdkModules,
      preload: this.#preload,
      mains: this.#mains,
      sdkPaths: this.#sdkPaths,
      problems: this.#problems,
    };
  }

  read(path: string): void {
    if (this.#read.has(path)) return;
    this.#read.add(path);
    const manifest = JSON.parse(readFileSync(join(this.#root, path), 'utf8')) as Section;
    this.#section(path, manifest);
    for (const platform of Object.values(sectionOf(manifest['platforms']))) {
      this.#section(path, sectionOf(platform));
    }
  }

  #section(path: string, section: Section): void {
    for (const source of listOf(section['include'])) {
      if (source.startsWith('$')) this.#sdkPaths.push(source);
      else for (const found of this.#find(path, source)) this.read(found);
    }
    for (const [name, sources] of Object.entries(sectionOf(section['modules']))) {
      for (const source of listOf(sources)) this.#module(path, name, source);
    }
    for (const sources of Object.values(sectionOf(section['data']))) {
      for (const source of listOf(sources)) {
        if (source.startsWith('$')) this.#sdkPaths.push(source);
        else this.#find(path, source);
      }
    }
    for (const value of Object.values(sectionOf(section['build']))) this.#buildPath(path, String(value));
    this.#preload.push(...listOf(section['preload']));
    const { main } = sectionOf(section['creation']);
    if (typeof main === 'string') this.#mains.push(main);
  }

  #module(path: string, name: string, source: string): void {
    if (source.startsWith('$')) {
      this.#sdkPaths.push(source);
      this.#sdkModules.push(name);
      return;
    }
    for (const found of this.#find(path, source)) {
      // What stands under a tilde is left out of a pattern; it must be there all the same.
      if (name === '~' || !/\.[tj]s$/.test(found)) continue;
      const leaf = posix.basename(found).replace(/\.[tj]s$/, '');
      this.#modules.set(name.replace('*', leaf), found);
    }
  }

  /** `./x` alone is a path; `-I$(LATCHKEY)/x` holds one, LATCHKEY being the root. */
  #buildPath(path: string, value: string): void {
    const inFlags = /\$\(LATCHKEY\)\/(?<rest>\S+)/.exec(value)?.groups?.['rest'];
    if (inFlags !== undefined) this.#find(FIRST, `./${inFlags}`);
    else if (value.startsWith('./') && value !== './') this.#find(path, value);
  }

  /** @returns the files or the folder that a source names; none is a problem */
  #find(manifest: string, source: string): readonly string[] {
    const place = posix.normalize(posix.join(dirname(manifest), source));
    const found = place.endsWith('*') ? this.#filesIn(place) : this.#withEnding(place);
    if (found.length === 0) this.#problems.push(`${manifest} names ${source}, and there is no such file`);
    return found;
  }

  #filesIn(pattern: string): readonly string[] {
    const folder = join(this.#root, dirname(pattern));
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /\.(?:ts|js|c|h)$/.test(name) && !name.endsWith('.d.ts'))
      .map((name) => relative(this.#root, join(folder, name)).replaceAll('\\', '/'));
  }

  #withEnding(place: string): readonly string[] {
    const ending = ENDINGS.find((candidate) => existsSync(join(this.#root, place + candidate)));
    return ending === undefined ? [] : [place + ending];
  }
}

function sectionOf(value: unknown): Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Section) : {};
}

function listOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
