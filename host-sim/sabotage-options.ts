import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT_CODES, Failure } from '../tools/latchkey/owner/failure.js';
import { count } from './option-values.js';

export interface SabotageOptions {
  /** Undefined is all of them. */
  readonly names: readonly string[] | undefined;
  /** In the order in which they are tried. */
  readonly seeds: readonly number[];
  /** Lengths of worlds: all seeds are tried with the first, then with the next. */
  readonly hours: readonly number[];
  readonly jobs: number;
  readonly json: boolean;
  /** Writes the first catches to the committed file. */
  readonly write: boolean;
}

const HELP = `
Each sabotage is one defence of the firmware taken out; a checker must find it in one of the worlds.
Exit codes: 0 all were caught, 1 one has survived, 2 wrong usage.`;

/**
 * Parses the command line of the search.
 * @returns undefined where help was asked for and given
 * @throws Failure with exit code 2 and one line
 */
export function parseSabotageOptions(
  words: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
): SabotageOptions | undefined {
  const program = new Command('npm run sabotage --')
    .description('Takes one defence at a time out of the firmware, and sees which checker finds that out.')
    .option('--names <a,b>', 'these sabotages alone', (text: string) => text.split(','))
    .option('--seeds <first..last>', 'worlds to try; or a list, with commas', seedList, seedList('1..200'))
    .option('--hours <n,n>', 'virtual hours of the worlds, the shortest tried first', hourList, [6])
    .option('--jobs <n>', 'sabotages at the same time', count(1, 64), 1)
    .option('--write', 'write the first catches to host-sim/sabotages/catches.json', false)
    .option('--json', 'print one JSON object a line: sabotage, done', false)
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    const message = error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
    throw new Failure(EXIT_CODES.usage, `${message} (npm run sabotage -- --help tells more)`);
  }
  return { names: undefined, ...program.opts<Omit<SabotageOptions, 'names'>>() };
}

/** A range, or a list in the order in which it is to be tried. */
function seedList(text: string): readonly number[] {
  const [, first, last] = /^([0-9]{1,9})\.\.([0-9]{1,9})$/.exec(text) ?? [];
  if (first === undefined) return text.split(',').map(count(0, 999_999_999));
  const length = Number(last) - Number(first) + 1;
  if (!(length > 0)) throw new InvalidArgumentError('Expected a range such as 1..200.');
  return Array.from({ length }, (_, i) => Number(first) + i);
}

function hourList(text: string): readonly number[] {
  return text.split(',').map(count(1, 8_784));
}
