import { Command, CommanderError } from 'commander';
import { acceptBudget, overBudget, readBudget } from './budget.js';
import { missingTools } from './image.js';
import { measureRv32 } from './measure.js';
import { formatResult } from './table.js';

const EXIT = Object.freeze({ ok: 0, overBudget: 1, usage: 2, failed: 3 } as const);
const HELP = `
Compiles XS and the native engine for the ESP32-C3's instruction set, runs the lock on them in QEMU, and counts
instructions and bytes. The counts are the same each time. About 40 seconds the first time, 10 after that.
Needs Debian's gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf and qemu-system-misc.
Exit codes: 0 inside the budgets, 1 over one, 2 wrong usage, 3 a tool is missing or the run broke off`;

interface Options {
  readonly json: boolean;
  readonly accept?: string;
}

async function main(words: readonly string[]): Promise<number> {
  const options = parseOptions(words);
  if (typeof options === 'number') return options;
  const missing = missingTools();
  if (missing !== undefined) {
    say(
      `${missing} not found; apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc`,
    );
    return EXIT.failed;
  }
  const result = await measureRv32(showProgress);
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : formatResult(result));
  if (options.accept !== undefined) acceptBudget(result, options.accept);
  const faults = overBudget(result, readBudget());
  for (const fault of faults) say(fault);
  if (faults.length > 0) say('with a good reason: npm run rv32 -- --accept "why"');
  return faults.length > 0 ? EXIT.overBudget : EXIT.ok;
}

/** @returns the exit code where there is nothing to run */
function parseOptions(words: readonly string[]): Options | number {
  const program = new Command('npm run rv32 --')
    .description("Prints the device's own numbers: instructions, heap and flash on rv32imc.")
    .option('--json', 'print one JSON object and nothing else on stdout', false)
    .option('--accept <why>', 'write what is measured into the budget file, with the reason')
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    say(`${messageOf(error).replace(/^error: /, '')} (npm run rv32 -- --help tells more)`);
    return EXIT.usage;
  }
  return program.opts<Options>();
}

const BAR_WIDTH = 30;

/** A bar on a terminal, elsewhere a line where something ends. */
function showProgress(what: string, done: number, of: number): void {
  if (process.stderr.isTTY) {
    const full = Math.round((BAR_WIDTH * done) / of);
    const bar = '#'.repeat(full) + '.'.repeat(BAR_WIDTH - full);
    process.stderr.write(`\rrv32: [${bar}] ${what}${done === of ? '\n' : ''}`);
  } else if (done === of) say(`${what}: done`);
}

function say(text: string): void {
  process.stderr.write(`rv32: ${text}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    // Written lines must leave before the process does.
    process.stdout.write('', () => process.exit(exitCode));
  },
  (error: unknown) => {
    say(messageOf(error));
    process.exit(EXIT.failed);
  },
);
