import { register } from 'node:module';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { messageOf } from '../latchkey/owner/failure.js';
import { countersOfThisProcess } from './step-counter.js';

interface Options {
  readonly seed: number;
  readonly executions: number;
  readonly target?: readonly string[];
  readonly replay: boolean;
  readonly json: boolean;
}

const HELP = `
Feeds every decoder of the firmware, and the lock as a whole, with inputs made from good ones by a seeded mutator,
steered by counters in the loaded modules. A find is whatever is thrown that is not documented, whatever does not come
back as it was, and work beyond the bound, counted in steps. The same seed makes the same run.
Exit codes: 0 nothing was found, 1 something was, 2 wrong usage`;

async function main(words: readonly string[]): Promise<number> {
  const options = parseOptions(words);
  if (typeof options === 'number') return options;
  countersOfThisProcess();
  // Only what is imported from here on is counted.
  register('./counting-hooks.js', import.meta.url, {
    data: new URL('../../firmware/', import.meta.url).href,
  });
  const { play } = await import('./session.js');
  return play(options, say);
}

/** @returns the exit code where there is nothing to run */
function parseOptions(words: readonly string[]): Options | number {
  const program = new Command('npm run fuzz --')
    .description('Looks for inputs that the firmware does not take as it should.')
    .option('--seed <n>', 'of the mutator', parseCount, 1)
    .option('--executions <n>', 'inputs in all', parseCount, 100_000)
    .option('--target <name...>', 'these alone')
    .option('--replay', 'what was found before, and nothing else', false)
    .option('--json', 'print one JSON object and nothing else on stdout', false)
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    say(`${messageOf(error).replace(/^error: /, '')} (npm run fuzz -- --help tells more)`);
    return 2;
  }
  return program.opts<Options>();
}

function parseCount(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text))
    throw new InvalidArgumentError('Expected a whole number of at most 9 digits.');
  return Number(text);
}

function say(line: string): void {
  process.stderr.write(`fuzz: ${line}\n`);
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
