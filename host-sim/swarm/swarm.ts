import { Worker } from 'node:worker_threads';
import { runWorld } from './run-world.js';
import type { SimResult } from './sim-world.js';

export interface SwarmRequest {
  readonly seeds: readonly [first: number, last: number];
  readonly hours: number;
  readonly jobs: number;
}

/** To a worker: the worlds that are its share. */
export interface WorkerShare {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly hours: number;
}

/** Lives through all worlds; their results come in the order in which they end. @throws whatever ends a worker */
export async function runSwarm(
  { seeds: [first, last], hours, jobs }: SwarmRequest,
  onResult: (result: SimResult) => void,
): Promise<void> {
  if (jobs <= 1) {
    for (let seed = first; seed <= last; seed++) {
      onResult(runWorld({ seed, hours }));
      // Signals and the progress bar have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return;
  }
  const shares = Array.from({ length: jobs }, (_, i) => ({ first: first + i, last, step: jobs, hours }));
  await Promise.all(shares.map((share) => runShare(share, onResult)));
}

function runShare(share: WorkerShare, onResult: (result: SimResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./swarm-worker.js', import.meta.url), { workerData: share });
    worker.on('message', onResult);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker of the swarm ended with code ${code}`));
    });
  });
}
