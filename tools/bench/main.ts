import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT_CODES, messageOf } from '../latchkey/owner/failure.js';
import { Closers } from './closers.js';
import { measureDay } from './day.js';
import { measureGas } from './gas.js';
import { compileNaiveLock } from './naive-lock.js';
import { Progress } from './progress.js';
import { type BenchResult, summarise } from './result.js';
import { measureSpeed } from './speed.js';
import { formatResult } from './table.js';
import { measureToggles } from './toggles.js';

interface BenchOptions {
  readonly toggles: number;
  readonly json: boolean;
}

const TOGGLES_DEFAULT = 30;
const TOGGLES_MAX = 1_000;
const HELP = `
Measures the lock and, beside it, the naive way: a device that polls a boolean by viem's readContract.
All figures are of this run. It takes about 90 seconds; the progress goes to stderr.
Exit codes: 0 all went well, 1 a toggle failed, 2 wrong usage, 3 the run broke off`;

async function main(words: readonly string[]): Promise<number> {
  const options = parseOptions(words);
  if (typeof options === 'number') return options;
  const closers = new Closers();
  const progress = new Progress(process.stderr);
  // Not `once`: a chain that finds nobody else listening ends this process before its files are gone.
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(128 + constants.signals[signal]));
  });
  try {
    const measured = measure(options.toggles, closers, progress);
    const first = await Promise.race([measured, stopped]);
    if (typeof first === 'number') {
      // What it stumbles over from here on is of our own making.
      measured.catch(() => {});
      return first;
    }
    process.stdout.write(options.json ? `${JSON.stringify(first)}\n` : formatResult(first));
    return first.toggles.ok === first.toggles.asked ? EXIT_CODES.ok : EXIT_CODES.failed;
  } finally {
    progress.end();
    await closers.closeAll();
  }
}

async function measure(toggles: number, closers: Closers, progress: Progress): Promise<BenchResult> {
  progress.step('compiling the naive lock');
  const naiveCode = compileNaiveLock();
  progress.step('gas of each call');
  const gas = await measureGas(naiveCode, closers, progress);
  // The machine is the next part's alone.
  await closers.closeAll();
  progress.step('the lock and the naive one on a chain with blocks');
  const run = await measureToggles({ toggles, naiveCode }, closers, progress);
  await closers.closeAll();
  progress.step('virtual days and a month offline');
  const day = measureDay();
  progress.step('speed of the cryptography');
  return summarise(toggles, run, gas, measureSpeed(run), day);
}

/** @returns the exit code where there is nothing to run */
function parseOptions(words: readonly string[]): BenchOptions | number {
  const program = new Command('npm run bench --')
    .description('Prints what a poll, a toggle and a check cost, measured now, beside the naive way.')
    .option('--toggles <n>', 'toggles of each lock', parseCount, TOGGLES_DEFAULT)
    .option('--json', 'print one JSON object and nothing else on stdout', false)
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.ok;
    const message = messageOf(error).replace(/^error: /, '');
    process.stderr.write(`bench: ${message} (npm run bench -- --help tells more)\n`);
    return EXIT_CODES.usage;
  }
  return program.opts<BenchOptions>();
}

function parseCount(text: string): number {
  const value = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > TOGGLES_MAX) throw new InvalidArgumentError(`Expected 1 to ${TOGGLES_MAX}.`);
  return value;
}

/** True where Node was started with this file: importers get nothing done. */
function isProgram(): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url);
}

if (isProgram()) {
  main(process.argv.slice(2)).then(
    (exitCode) => {
      // Written lines must leave before the process does.
      process.stdout.write('', () => process.exit(exitCode));
    },
    (error: unknown) => {
      process.stderr.write(`bench: ${messageOf(error)}\n`);
      process.exit(EXIT_CODES.network);
    },
  );
}
