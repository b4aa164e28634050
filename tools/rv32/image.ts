import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from './root.js';

export const EMULATOR = 'qemu-system-riscv32';
const COMPILER = 'riscv64-unknown-elf-gcc';

const XS = 'node_modules/@agoric/xsnap/moddable/xs';
const SECP256K1 = 'node_modules/secp256k1/src/secp256k1';
const TARGET = 'firmware/targets/rv32';
const XS_HOST = 'firmware/targets/xs-host';
const NATIVE = 'firmware/native';
/** Beside what npm installs: never committed, gone with it. */
const CACHE = 'node_modules/.cache/latchkey/rv32';

/** The ESP32-C3's instruction set; its C library is picolibc. */
const CORE = ['-march=rv32imc', '-mabi=ilp32', '--specs=picolibc.specs'];
const COMPILE = [
  ...CORE,
  '-ffunction-sections',
  '-fdata-sections',
  '-fno-common',
  // As Moddable builds XS for a device, but with the parser: XS from npm has no compiler apart from it.
  '-DINCLUDE_XSPLATFORM',
  '-DXSPLATFORM="rv32-platform.h"',
  '-DmxRun=1',
  '-DmxParse=1',
  '-DmxMinusZero=1',
  '-DmxNoConsole=1',
  ...[TARGET, XS_HOST, NATIVE, `${NATIVE}/generated`, SECP256K1, `${SECP256K1}/src`].map(
    (path) => `-I${path}`,
  ),
  ...['includes', 'platforms', 'sources'].map((path) => `-I${XS}/${path}`),
];
const LINK = [
  ...CORE,
  '--oslib=semihost',
  '--crt0=semihost',
  '-Wl,--gc-sections',
  '-Wl,--wrap=fxResolveModule',
  '-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x00400000',
  '-Wl,--defsym=__ram=0x80400000,--defsym=__ram_size=0x04000000,--defsym=__stack_size=0x40000',
];

export type Part = 'xs' | 'nativeEngine' | 'host' | 'library';

/** Bytes of the C code: what lies in flash, and what it keeps in RAM outside of XS's heap. */
export interface ImageSize {
  readonly flash: Readonly<Record<Part, number>>;
  readonly ram: Readonly<Record<Part, number>>;
}

/** One C source and how it is compiled. */
interface Unit {
  readonly path: string;
  readonly part: Part;
  readonly flags: readonly string[];
}

/** The compiler and its version, on which every count depends. @throws Error where it does not run */
export function compilerName(): string {
  const { stdout, error } = spawnSync(COMPILER, ['-dumpfullversion'], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return `gcc ${stdout.trim()}`;
}

/** What is missing of the toolchain, or undefined where all of it is there. */
export function missingTools(): string | undefined {
  const missing = [COMPILER, EMULATOR].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  // The compiler gives a file's place, or its bare name back where there is none.
  const { stdout } = spawnSync(COMPILER, ['-print-file-name=picolibc.specs'], { encoding: 'utf8' });
  if (stdout?.trim() === 'picolibc.specs') missing.push('picolibc');
  return missing.length === 0 ? undefined : missing.join(' and ');
}

/**
 * Compiles what has changed and links the image.
 * @param onStep - told after each compiled file how many of all are done
 * @returns the image's path from ROOT; its map lies beside it
 * @throws Error with the compiler's words
 */
export async function buildImage(onStep: (done: number, all: number) => void): Promise<string> {
  mkdirSync(join(ROOT, CACHE), { recursive: true });
  const compiler = compilerName();
  const headers = hash([TARGET, XS_HOST, NATIVE, `${NATIVE}/generated`].flatMap(headersIn).map(textOf));
  const objects = units().map((unit) => ({ unit, object: objectOf(unit, compiler + headers) }));
  const stale = objects.filter(({ object }) => !existsSync(join(ROOT, object)));
  const queue = [...stale];
  let done = 0;
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await run(COMPILER, [...COMPILE, ...next.unit.flags, '-c', next.unit.path, '-o', next.object]);
      onStep(++done, stale.length);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const paths = objects.map(({ object }) => object);
  const image = `${CACHE}/${hash([...LINK, ...paths])}.elf`;
  if (!existsSync(join(ROOT, image))) {
    await run(COMPILER, [...LINK, `-Wl,-Map=${image}.map`, ...paths, '-lm', '-o', image]);
  }
  dropAllBut([...paths, image, `${image}.map`]);
  return image;
}

/** Reads from the linker's map what each part of the image takes. */
export function sizeImage(image: string): ImageSize {
  const flash: Record<Part, number> = { xs: 0, nativeEngine: 0, host: 0, library: 0 };
  const ram: Record<Part, number> = { xs: 0, nativeEngine: 0, host: 0, library: 0 };
  const parts = new Map(
    units().map((unit) => [unit.path.replace(/.*\//, '').replace(/\.c$/, ''), unit.part]),
  );
  const map = readFileSync(join(ROOT, `${image}.map`), 'utf8');
  const kept = map.slice(map.indexOf('Linker script and memory map'));
  for (const { groups } of kept.matchAll(INPUT_SECTION)) {
    const { name = '', address = '0', size = '0', file = '' } = groups ?? {};
    if (Number.parseInt(address, 16) === 0) continue;
    const object = /([a-zA-Z0-9-]+)-[0-9a-f]{16}\.o$/.exec(file)?.[1];
    const part = (object === undefined ? undefined : parts.get(object)) ?? 'library';
    const bytes = Number.parseInt(size, 16);
    // Initialised data lies in both.
    if (!/^\.s?bss|^COMMON|^\.tbss/.test(name)) flash[part] += bytes;
    if (/^\.s?bss|^COMMON|^\.tbss|^\.s?data|^\.tdata/.test(name)) ram[part] += bytes;
  }
  return { flash, ram };
}

const INPUT_SECTION =
  /^ (?<name>\.(?:text|rodata|srodata|data|sdata|bss|sbss|tdata|tbss|init|fini|preinit)[^\s]*|COMMON)\s+0x(?<address>[0-9a-f]+)\s+0x(?<size>[0-9a-f]+) (?<file>\S+)$/gm;

function units(): readonly Unit[] {
  const source = (part: Part, flags: readonly string[]) => (path: string) => ({ path, part, flags });
  return [
    ...sourcesIn(`${XS}/sources`).map(source('xs', ['-O2', '-w'])),
    ...sourcesIn(TARGET).map(source('host', ['-O2', '-Wall'])),
    // Of the computer's runner, what does not speak to a computer.
    ...[`${XS_HOST}/heap.c`, `${XS_HOST}/modules.c`].map(source('host', ['-O2', '-Wall'])),
    ...sourcesIn(NATIVE).map(source('nativeEngine', ['-Os', '-Wall'])),
  ];
}

function sourcesIn(folder: string): readonly string[] {
  return filesIn(folder, '.c').filter((path) => !/\/xsSnapshot\.c$/.test(path));
}

function headersIn(folder: string): readonly string[] {
  return filesIn(folder, '.h');
}

function filesIn(folder: string, ending: string): readonly string[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => `${folder}/${name}`);
}

/**
 * The name says what went in: the flags, the source, and what all share: compiler and our headers.
 * Packages' headers change with their sources, and node_modules with the cache in it.
 */
function objectOf({ path, flags }: Unit, shared: string): string {
  return `${CACHE}/${basename(path, '.c')}-${hash([...COMPILE, ...flags, textOf(path), shared])}.o`;
}

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function hash(parts: readonly string[]): string {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex').slice(0, 16);
}

function dropAllBut(paths: readonly string[]): void {
  for (const name of readdirSync(join(ROOT, CACHE))) {
    if (/\.(?:o|elf|map)$/.test(name) && !paths.includes(`${CACHE}/${name}`)) rmSync(join(ROOT, CACHE, name));
  }
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} failed: ${words.trim().slice(0, 2_000)}`));
    });
  });
}
