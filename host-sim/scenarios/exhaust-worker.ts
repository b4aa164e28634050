import { parentPort, workerData } from 'node:worker_threads';
import { SCENARIOS } from './all-scenarios.js';
import { exhaust, type ScenarioShare } from './exhaust.js';

// Tells its share of each scenario's faults in a thread of its own, and sends what became of each scenario.
for (const share of workerData as readonly ScenarioShare[]) {
  const scenario = SCENARIOS.find(({ name }) => name === share.name);
  if (scenario !== undefined) parentPort?.postMessage(exhaust(scenario, share));
}
