import { Worker } from 'node:worker_threads';
import type { runWorld } from '../swarm/run-world.js';
import type { SimResult } from '../swarm/sim-result.js';
import type { Sabotage } from './sabotage.js';

/** One world: a seed, and virtual hours. */
export interface WorldSeed {
  readonly seed: number;
  readonly hours: number;
}

/** To a worker. */
export interface Hunt {
  readonly sabotage: Sabotage;
  /** Lived through in this order until one finds the sabotage out. */
  readonly worlds: readonly WorldSeed[];
  /** The caller sees to it that the true firmware holds every invariant there; where absent, each catch is compared with it. */
  readonly isTrueHonest?: true;
  /** A world is over as soon as this checker has found something; where absent, it is lived to its end. */
  readonly until?: string;
}

/** A sabotage was found out. */
export interface Catch extends WorldSeed {
  /** Those that found it, the first to do so first. */
  readonly checkers: readonly string[];
  /** What the first of them found. */
  readonly found: string;
}

/** What came of a hunt. */
export interface Quarry {
  /** Undefined where the sabotage has survived all worlds. */
  readonly caught: Catch | undefined;
  readonly worlds: number;
  /** Worlds that ended in an error of their own; they count for nothing. */
  readonly broken: readonly string[];
}

/** A crash of the machine: any slip of the pen may cause that, and it says nothing of the checkers. */
const CRASH = 'no-crash';

/** Lives through worlds in a thread until a checker finds the sabotage out. @throws StaleSabotage, and whatever ends the thread */
export function hunt(request: Hunt): Promise<Quarry> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./sabotage-worker.js', import.meta.url), { workerData: request });
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`${request.sabotage.name}: the worker ended with ${code}`)));
  });
}

/**
 * The hunt itself.
 * @param sabotaged - lives through a world with the sabotaged lock
 * @param honest - with the true one: what is found there is not the sabotage's; absent where nothing is
 */
export function huntDown(
  sabotage: Sabotage,
  worlds: readonly WorldSeed[],
  sabotaged: typeof runWorld,
  honest: typeof runWorld | undefined,
): Quarry {
  const broken: string[] = [];
  for (const [i, world] of worlds.entries()) {
    const found = checkersOf(sabotage, livedThrough(sabotaged, world, broken));
    if (found.length === 0) continue;
    const known = checkersOf(sabotage, honest?.(world)).map(({ checker }) => checker);
    const news = found.filter(({ checker }) => !known.includes(checker));
    const [first] = news;
    if (first === undefined) continue;
    const checkers = [...new Set(news.map(({ checker }) => checker))];
    return { caught: { ...world, checkers, found: first.found }, worlds: i + 1, broken };
  }
  return { caught: undefined, worlds: worlds.length, broken };
}

function livedThrough(run: typeof runWorld, world: WorldSeed, broken: string[]): SimResult | undefined {
  try {
    return run(world);
  } catch (error) {
    broken.push(`seed ${world.seed}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function checkersOf({ mayCrash }: Sabotage, result: SimResult | undefined): SimResult['violations'] {
  return (result?.violations ?? []).filter(({ checker }) => mayCrash === true || checker !== CRASH);
}
