import { Worker } from 'node:worker_threads';
import type { SimResult } from './sim-result.js';

export interface SwarmRequest {
  readonly seeds: readonly [first: number, last: number];
  readonly hours: number;
  readonly jobs: number;
  /** Ends the run; what is under way then is not counted. */
  readonly signal?: AbortSignal | undefined;
}

/** To a worker: the worlds that are its share. */
export interface WorkerShare {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly hours: number;
}

/**
 * Lives through all worlds in threads of their own, so that signals and the progress bar have their turn; results come
 * in the order in which worlds end.
 * @throws whatever ends a worker
 */
export async function runSwarm(
  { seeds: [first, last], hours, jobs, signal }: SwarmRequest,
  onResult: (result: SimResult) => void,
): Promise<void> {
  const count = Math.min(jobs, last - first + 1);
  const shares = Array.from({ length: count }, (_, i) => ({ first: first + i, last, step: count, hours }));
  await Promise.all(shares.map((share) => runShare(share, onResult, signal)));
}

function runShare(
  share: WorkerShare,
  onResult: (result: SimResult) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./swarm-worker.js', import.meta.url), { workerData: share });
    const stop = () => void worker.terminate();
    signal?.addEventListener('abort', stop);
    worker.on('message', onResult);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      if (code === 0 || signal?.aborted === true) resolve();
      else reject(new Error(`a worker of the swarm ended with code ${code}`));
    });
  });
}
