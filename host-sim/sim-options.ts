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
  /** File for the picture of the only world. */
  readonly chart?: string;
  /** Says where the time went. */
  readonly profile: boolean;
  /** Locks of a fleet, which is run in place of worlds; its seed is the first. */
  readonly fleet?: number;
}

interface Given {
  readonly seeds?: readonly [first: number, last: number];
  readonly seed?: number;
  readonly hours?: number;
  readonly jobs?: number;
  readonly json: boolean;
  readonly trace: boolean;
  readonly chart?: string;
  readonly profile: boolean;
  readonly fleet?: number;
}

const WORLDS = [1, 100] as const;
const HOURS = 6;
const FLEET_HOURS = 1;
const HELP = `
Without --trace, --chart and --fleet: lives through all worlds and prints each invariant that did not hold, with the
one line that replays it. The last line is always one JSON object with "event":"done".

  npm run sim -- --seeds 1..2000 --hours 48 --jobs 2
  npm run sim -- --seed 4711 --trace
  npm run sim -- --seed 4711 --chart world.svg
  npm run sim -- --fleet 1000 --hours 4

Exit codes: 0 every invariant held, 1 one did not, 2 wrong usage, 130 ended by Ctrl-C.`;

/**
 * Parses the command line of the simulator.
 * @returns undefined where help was asked for and given
 * @throws Failure with exit code 2 and one line
 */
export function parseSwarmOptions(
  words: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
): SwarmOptions | undefined {
  const program = new Command('npm run sim --')
    .description(
      'Lives through hostile worlds, each drawn from a seed, and checks what the lock did in them; or runs a fleet of locks and says what it costs.',
    )
    .option(
      '--seeds <first..last>',
      `worlds to live through (default: ${WORLDS[0]}..${WORLDS[1]})`,
      seedRange,
    )
    .option('--seed <n>', 'one world alone, or the seed of a fleet', count(0, 999_999_999))
    .option(
      '--hours <n>',
      `virtual hours of each world (default: ${HOURS}; of a fleet: ${FLEET_HOURS})`,
      count(1, 8_784),
    )
    .option('--jobs <n>', 'worlds at the same time (default: 1)', count(1, 64))
    .option('--trace', 'print what happens in the one world of --seed', false)
    .option('--chart <file>', 'draw the one world of --seed: .svg, or .html', chartFile)
    .option('--profile', 'say which part of the program the time of the worlds went into', false)
    .option('--fleet <locks>', 'so many locks on one chain, and what they cost', count(1, 100_000))
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
  return chosen(program.opts<Given>());
}

function chosen(given: Given): SwarmOptions {
  const { seeds, seed, hours, jobs, json, trace, chart, profile, fleet } = given;
  if (seed !== undefined && seeds !== undefined) throw usage('--seed and --seeds exclude each other');
  const refuse = (what: string, others: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(others))
      if (value !== undefined && value !== false) throw usage(`${what} and --${name} exclude each other`);
  };
  if (fleet !== undefined) {
    refuse('--fleet', { seeds, jobs, trace, chart, profile });
    const all = [seed ?? 1, seed ?? 1] as const;
    return { seeds: all, hours: hours ?? FLEET_HOURS, jobs: 1, json, trace, profile, fleet };
  }
  // Only the thread that measures is measured.
  if (profile) refuse('--profile', { jobs, trace, chart });
  if (trace && json) throw usage('--trace is for people: it and --json exclude each other');
  if (trace && seed === undefined) throw usage('--trace needs --seed N, the one world to follow');
  if (chart !== undefined && seed === undefined) throw usage('--chart needs --seed N, the one world to draw');
  return {
    seeds: seed === undefined ? (seeds ?? WORLDS) : [seed, seed],
    hours: hours ?? HOURS,
    jobs: jobs ?? 1,
    json,
    trace,
    profile,
    ...(chart !== undefined && { chart }),
  };
}

function seedRange(text: string): readonly [number, number] {
  const [, first, last] = /^([0-9]{1,9})\.\.([0-9]{1,9})$/.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  if (!(range[0] <= range[1])) throw new InvalidArgumentError('Expected a range such as 1..200.');
  return range;
}

function chartFile(text: string): string {
  if (!/[^/\\]\.(?:svg|html)$/.test(text))
    throw new InvalidArgumentError('Expected a file that ends in .svg or .html.');
  return text;
}

function usage(message: string): Failure {
  // Commander puts what it guesses on a line of its own.
  return new Failure(
    EXIT_CODES.usage,
    `${message.replace(/\s*\n\s*/g, ' ')} (npm run sim -- --help tells more)`,
  );
}
