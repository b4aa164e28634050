// The one starter behind every npm script: installs what the lock file names, builds, then runs a program.
// Plain JavaScript on Node's own modules alone, because it runs before anything is installed or built.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Runs a step with its output on stderr: stdout belongs to the program that was asked for. */
function step(what, command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(
      `latchkey: ${what} failed${error ? `: ${error.message}` : ` with exit code ${status}`}\n`,
    );
    process.exit(status ?? 1);
  }
}

/** A copy of the lock file is kept beside what was installed from it: bytes that differ mean a fresh install. */
function install() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = join(root, 'node_modules', '.installed-lock.json');
  if (existsSync(stamp) && readFileSync(stamp).equals(lock)) return;
  process.stderr.write('latchkey: installing packages (npm ci)\n');
  step('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional']);
  writeFileSync(stamp, lock);
}

function build() {
  step('the build (tsc -b)', bin('tsc'), ['-b']);
}

function lint() {
  step('the lint', bin('biome'), ['check', '--error-on-warnings', '.']);
}

/** Runs the program in the foreground; signals reach it by the process group, its exit code becomes ours. */
function run(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal already sends Ctrl-C to the whole group; a `kill` of this process alone must be passed on.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`latchkey: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

const [what = '--build-only', ...rest] = process.argv.slice(2);
install();
build();
if (what === '--lint') lint();
else if (what === '--test' || what === '--check') {
  if (what === '--check') lint();
  run(
    process.execPath,
    [
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      '--config',
      join(root, '.mocharc.json'),
      ...rest,
    ],
    root,
  );
} else if (what !== '--build-only') {
  const program = join(root, 'dist', `${what}.js`);
  if (!statSync(program, { throwIfNoEntry: false })) {
    process.stderr.write(`latchkey: no program ${what}\n`);
    process.exit(2);
  }
  // npm changes into the project; paths on the command line are meant from where its caller stands.
  run(process.execPath, ['--enable-source-maps', program, ...rest], process.env.INIT_CWD ?? root);
}
