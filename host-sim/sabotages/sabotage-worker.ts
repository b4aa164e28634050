import { register } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { CHECKERS } from '../checkers/all-checkers.js';
import type { CheckerFactory } from '../checkers/checker.js';
import { runWorld } from '../swarm/run-world.js';
import { type Hunt, huntDown } from './hunt.js';
import { markedUrl } from './patch-hooks.js';
import { NO_SECOND_LOOK } from './sabotage.js';

// Lives through worlds whose lock is sabotaged, in a thread of its own: the hooks of a module graph last as long as that.
const { sabotage, worlds, isTrueHonest, until } = workerData as Hunt;
register('./patch-hooks.js', {
  parentURL: import.meta.url,
  data: { edits: [...NO_SECOND_LOOK, ...sabotage.edits] },
});
const swarm: { readonly runWorld: typeof runWorld } = await import(
  markedUrl(new URL('../swarm/run-world.js', import.meta.url))
);

const sabotaged: typeof runWorld = (choice) => {
  let isFound = false;
  const watched = Object.entries(CHECKERS).map(([name, make]): [string, CheckerFactory] => [
    name,
    (scene, fail) =>
      make(scene, (found) => {
        isFound ||= name === until;
        fail(found);
      }),
  ]);
  return swarm.runWorld({ ...choice, isOver: () => isFound }, Object.fromEntries(watched));
};

parentPort?.postMessage(huntDown(sabotage, worlds, sabotaged, isTrueHonest ? undefined : runWorld));
