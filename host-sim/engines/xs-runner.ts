import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EXIT_CODES, Failure } from '../../tools/latchkey/owner/failure.js';

/** Where the sources, dist/ and node_modules/ lie: modules are named by their path from here. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const XS = 'node_modules/@agoric/xsnap/moddable/xs';
const CURVE = 'node_modules/secp256k1/src/secp256k1';
const HOST = 'firmware/targets/xs-host';
const NATIVE = 'firmware/native';
/** Outside git, and swept away with what it was made from. */
const CACHE = 'node_modules/.cache/latchkey';

const FLAGS: readonly string[] = [
  '-O2',
  '-fno-common',
  '-DINCLUDE_XSPLATFORM',
  '-DXSPLATFORM="xs-platform.h"',
  // As Moddable builds XS for a device, but with the parser: modules come as source here.
  ...['mxRun', 'mxParse', 'mxSloppy', 'mxBoundsCheck', 'mxNoConsole', 'mxMinusZero'].map(
    (name) => `-D${name}=1`,
  ),
  ...[`${XS}/includes`, `${XS}/platforms`, `${XS}/sources`, CURVE, `${CURVE}/src`].map((path) => `-I${path}`),
  ...[HOST, NATIVE, `${NATIVE}/generated`].map((path) => `-I${path}`),
];
/** Other people's code is compiled as it is. */
const QUIET = ['-w'];
const STRICT = ['-Wall', '-Wextra', '-Wno-unused-function', '-Wno-nonnull-compare'];

/** @returns the name of the C compiler, or undefined where this machine has none */
export function findCompiler(): string | undefined {
  const names = [process.env['CC'], 'cc', 'gcc', 'clang'].filter((name) => name !== undefined);
  return names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/**
 * Compiles the XS engine, our host and the native engine into one program, or takes the one that was made before
 * from the same sources with the same compiler.
 * @param step - told before work that takes more than a moment
 * @returns its path
 * @throws Failure where there is no C compiler, or it refuses
 */
export async function buildXsRunner(step: (text: string) => void = () => {}): Promise<string> {
  const compiler = findCompiler();
  if (compiler === undefined || process.platform === 'win32') {
    throw new Failure(
      EXIT_CODES.usage,
      'XS needs a C compiler: install gcc or clang (Debian: apt install gcc libc6-dev), or leave --engine xs out',
    );
  }
  const sources = sourceFiles();
  const folder = join(CACHE, `xs-${fingerprint(compiler, sources)}`);
  const program = join(folder, 'xs-host');
  if (existsSync(join(ROOT, program))) return join(ROOT, program);
  step(`compiling the XS engine (${sources.length} files, once)`);
  // In a folder of its own, then renamed: two builds at once do not meet.
  const making = `${folder}.${process.pid}`;
  mkdirSync(join(ROOT, making), { recursive: true });
  try {
    await compile(compiler, sources, making);
    if (!existsSync(join(ROOT, folder))) renameSync(join(ROOT, making), join(ROOT, folder));
  } finally {
    rmSync(join(ROOT, making), { recursive: true, force: true });
  }
  return join(ROOT, program);
}

function sourceFiles(): readonly string[] {
  return [`${XS}/sources`, HOST, NATIVE].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.c'))
      .map((name) => `${folder}/${name}`),
  );
}

/** Headers of our own count by their bytes; those of packages change with the lock file. */
function fingerprint(compiler: string, sources: readonly string[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([compiler, FLAGS, process.arch]));
  hash.update(spawnSync(compiler, ['--version']).stdout);
  const headers = [HOST, NATIVE, `${NATIVE}/generated`].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.h'))
      .map((name) => `${folder}/${name}`),
  );
  const packages = ['@agoric/xsnap', 'secp256k1'].map((name) => `node_modules/${name}/package.json`);
  for (const path of [...sources, ...headers, ...packages]) {
    hash.update(path).update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function compile(compiler: string, sources: readonly string[], folder: string): Promise<void> {
  const waiting = [...sources];
  const worker = async () => {
    for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
      const warnings = source.startsWith('node_modules/') ? QUIET : STRICT;
      await run(compiler, [...FLAGS, ...warnings, '-c', source, '-o', objectOf(source, folder)]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const objects = sources.map((source) => objectOf(source, folder));
  await run(compiler, [...objects, '-lm', '-lpthread', '-o', join(folder, 'xs-host')]);
  for (const object of objects) rmSync(join(ROOT, object));
}

function objectOf(source: string, folder: string): string {
  return join(folder, `${source.replaceAll(/[^A-Za-z0-9]/g, '-')}.o`);
}

async function run(command: string, args: readonly string[]): Promise<void> {
  try {
    const { stderr } = await promisify(execFile)(command, [...args], { cwd: ROOT, maxBuffer: 2 ** 24 });
    process.stderr.write(stderr);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const first = stderr.split('\n').find((line) => /error/i.test(line)) ?? String(error);
    throw new Failure(EXIT_CODES.usage, `${command} failed: ${first}`);
  }
}
