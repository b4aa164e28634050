import { readFileSync, writeFileSync } from 'node:fs';
import { EXIT_CODES, Failure } from '../tools/latchkey/owner/failure.js';
import { parseSabotageOptions, type SabotageOptions } from './sabotage-options.js';
import { type Catch, hunt, type Quarry, type WorldSeed } from './sabotages/hunt.js';
import type { Sabotage } from './sabotages/sabotage.js';
import { SABOTAGES } from './sabotages/sabotage-list.js';

/** Where the first catches are committed, from where this is compiled. */
const CATCHES = new URL('../../host-sim/sabotages/catches.json', import.meta.url);
const NAME_CHARS = 28;
const CHECKER_CHARS = 30;

interface Outcome extends Quarry {
  readonly sabotage: Sabotage;
}

/** Hunts the sabotages as the command line says. @returns the exit code */
async function main(words: readonly string[]): Promise<number> {
  const options = parseSabotageOptions(words);
  if (options === undefined) return EXIT_CODES.ok;
  const chosen = choose(options.names);
  if (!options.json) line('sabotage', 'checkers', 'world', 'found');
  const outcomes: Outcome[] = [];
  await inParallel(chosen, options.jobs, async (sabotage) => {
    const outcome = { ...(await hunt({ sabotage, worlds: worldsOf(options) })), sabotage };
    outcomes.push(outcome);
    show(outcome, options);
  });
  const survivors = outcomes
    .filter(({ caught }) => caught === undefined)
    .map(({ sabotage }) => sabotage.name);
  if (options.write) writeCatches(outcomes);
  const done = {
    event: 'done',
    sabotages: outcomes.length,
    caught: outcomes.length - survivors.length,
    survivors,
  };
  process.stdout.write(`${JSON.stringify(done)}\n`);
  return survivors.length === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function choose(names: readonly string[] | undefined): readonly Sabotage[] {
  if (names === undefined) return SABOTAGES;
  return names.map((name) => {
    const found = SABOTAGES.find((sabotage) => sabotage.name === name);
    if (found === undefined) throw new Failure(EXIT_CODES.usage, `there is no sabotage ${name}`);
    return found;
  });
}

function worldsOf({ seeds, hours }: SabotageOptions): readonly WorldSeed[] {
  return hours.flatMap((each) => seeds.map((seed) => ({ seed, hours: each })));
}

async function inParallel<T>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: jobs }, lane));
}

function show(
  { sabotage: { name, says }, caught, worlds, broken }: Outcome,
  { json }: SabotageOptions,
): void {
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ event: 'sabotage', name, says, caught: caught ?? null, worlds, broken })}\n`,
    );
    return;
  }
  if (caught === undefined) line(name, 'SURVIVES', `${worlds} worlds`, says);
  else line(name, caught.checkers.join(', '), `${caught.seed} (${caught.hours} h)`, caught.found);
  if (broken.length > 0) line('', '', '', `${broken.length} worlds broke: ${broken[0]}`);
}

function line(name: string, checkers: string, world: string, found: string): void {
  process.stdout.write(
    `${name.padEnd(NAME_CHARS)} ${checkers.padEnd(CHECKER_CHARS)} ${world.padEnd(10)} ${found}\n`,
  );
}

/** Keeps what was committed of the sabotages that were not hunted now. */
function writeCatches(outcomes: readonly Outcome[]): void {
  const before = JSON.parse(readFileSync(CATCHES, 'utf8')) as Record<string, CommittedCatch>;
  const news = new Map(outcomes.map(({ sabotage, caught }) => [sabotage.name, caught]));
  const catches: Record<string, CommittedCatch> = {};
  for (const { name } of SABOTAGES) {
    const caught = news.get(name);
    const kept = caught === undefined ? before[name] : committed(caught);
    if (kept !== undefined) catches[name] = kept;
  }
  writeFileSync(CATCHES, `${JSON.stringify(catches, undefined, 2)}\n`);
}

interface CommittedCatch extends WorldSeed {
  readonly checker: string;
}

function committed({ checkers: [checker], seed, hours }: Catch): CommittedCatch {
  return { checker: checker as string, seed, hours };
}

// Whoever reads only the first lines has closed the pipe.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? undefined : 1),
);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`sabotage: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
