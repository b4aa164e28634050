import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT_CODES, Failure } from '../tools/latchkey/owner/failure.js';
import { count } from './option-values.js';

export interface SwarmOptions {
  /** The first and the last seed. */
  readonly seeds: readonly [first: number, last: number];
  readonly hours: number;
  readonly jobs: number;
  readonly json: boolean;
  /** Writes the timeline of the only world. */
  readonly trace: boolean;
}

const HELP = `
A failure prints the one line that replays it. Exit codes: 0 every invariant held, 1 one did not, 2 wrong usage.`;

/**
 * Parses the command line of the swarm.
 * @returns undefined where help was asked for and given
 * @throws Failure with exit code 2 and one line
 */
export function parseSwarmOptions(
  words: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
): SwarmOptions | undefined {
  const program = new Command('npm run sim --')
    .description(
      'Lives through hostile worlds, each drawn from a seed, and checks what the lock did in them.',
    )
    .option('--seeds <first..last>', 'worlds to live through', seedRange, [1, 100] as const)
    .option('--seed <n>', 'one world alone', count(0, 999_999_999))
    .option('--hours <n>', 'virtual hours of each world', count(1, 8_784), 6)
    .option('--jobs <n>', 'worlds at the same time', count(1, 64), 1)
    .option('--trace', 'print what happens in the one world of --seed', false)
    .option('--json', 'print one JSON object a line: violation, done', false)
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw usage(error instanceof Error ? error.message.replace(/^error: /, '') : String(error));
  }
  const { seed, ...options } = program.opts<SwarmOptions & { readonly seed?: number }>();
  if (options.trace && seed === undefined) throw usage('--trace needs --seed N, the one world to follow');
  return seed === undefined ? options : { ...options, seeds: [seed, seed] };
}

function seedRange(text: string): readonly [number, number] {
  const [, first, last] = /^([0-9]{1,9})\.\.([0-9]{1,9})$/.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  if (!(range[0] <= range[1])) throw new InvalidArgumentError('Expected a range such as 1..200.');
  return range;
}

function usage(message: string): Failure {
  return new Failure(EXIT_CODES.usage, `${message} (npm run sim -- --help tells more)`);
}
