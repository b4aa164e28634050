import { register } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { FLIPS_NAME, Flips } from './flips.js';

/** What a worker is asked: to flip these branches, one after the other. */
export interface FlipErrand {
  /** By URL, the number of a module's first branch. */
  readonly firstNumbers: ReadonlyMap<string, number>;
  readonly numbers: readonly number[];
}

/** What it found. */
export interface FlipFindings {
  /** Stories that drew the bolt though nothing was flipped; the true order alone may. */
  readonly untouched: readonly string[];
  readonly reached: readonly number[];
  readonly runs: number;
  readonly opened: readonly { readonly number: number; readonly story: string }[];
}

const { firstNumbers, numbers } = workerData as FlipErrand;
const flips = new Flips();
Object.assign(globalThis, { [FLIPS_NAME]: flips });
register('./flip-hooks.js', import.meta.url, { data: firstNumbers });
// Only what is imported from here on is flippable.
const { tell } = await import('./flip-home.js');
const { STORIES } = await import('./flip-stories.js');
const reachedBy = new Map<string, ReadonlySet<number>>();
const untouched: string[] = [];
for (const story of STORIES) {
  flips.choose(-1);
  if (tell(story, flips)) untouched.push(story.name);
  reachedBy.set(story.name, new Set(flips.takeReached()));
}
const opened: { number: number; story: string }[] = [];
let runs = 0;
for (const number of numbers) {
  flips.choose(number);
  for (const story of STORIES) {
    if (reachedBy.get(story.name)?.has(number) !== true || story.isTrue === true) continue;
    runs++;
    if (!tell(story, flips)) continue;
    opened.push({ number, story: story.name });
    break;
  }
}
const reached = [...new Set([...reachedBy.values()].flatMap((set) => [...set]))].sort((a, b) => a - b);
const findings: FlipFindings = { untouched, reached, runs, opened };
parentPort?.postMessage(findings);
