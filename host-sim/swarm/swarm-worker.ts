import { parentPort, workerData } from 'node:worker_threads';
import { runWorld } from './run-world.js';
import type { WorkerShare } from './swarm.js';

// Lives through its share of the worlds in a thread of its own, and sends what became of each.
const { first, last, step, hours } = workerData as WorkerShare;
for (let seed = first; seed <= last; seed += step) parentPort?.postMessage(runWorld({ seed, hours }));
