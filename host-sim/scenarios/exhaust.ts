import { Worker } from 'node:worker_threads';
import type { Violation } from '../swarm/stage.js';
import { type FaultPlan, faultsOf, type Occasions, type SingleFault } from '../world/fault-plan.js';
import type { Scenario } from './scenario.js';
import { type Telling, tellScenario } from './tell-scenario.js';

/** What became of a scenario that was told once for each single fault. */
export interface Exhausted {
  readonly name: string;
  /** Of the telling without a fault. */
  readonly occasions: Occasions;
  /** Tellings, the one without a fault included. */
  readonly runs: number;
  readonly failures: readonly Failed[];
}

/** A telling in which something did not hold. */
export interface Failed {
  readonly name: string;
  /** Undefined where nothing went wrong in it. */
  readonly fault: SingleFault | undefined;
  readonly violations: readonly Violation[];
}

/** Which of a scenario's faults are somebody's to tell: each `step`th from `first` on. */
export interface ScenarioShare {
  readonly name: string;
  readonly first: number;
  readonly step: number;
  /** Each `quickStep`th of a long life's faults is enough. */
  readonly isQuick?: boolean;
}

export type Tell = (scenario: Scenario, fault?: SingleFault) => Telling;

/**
 * Tells a scenario whole, then once for each fault that it has an occasion for.
 * @param tell - in place of the world with every checker
 */
export function exhaust(
  scenario: Scenario,
  { first, step, isQuick = false }: Omit<ScenarioShare, 'name'> = { first: 0, step: 1 },
  tell: Tell = (each, fault) => tellScenario(each, fault),
): Exhausted {
  const { name } = scenario;
  const whole = tell(scenario);
  const failures: Failed[] = [];
  const note = ({ fault, violations, hits }: Telling) => {
    const expected = fault === undefined ? 0 : 1;
    const missed = hits === expected ? [] : [missedBy(hits)];
    if (violations.length + missed.length > 0)
      failures.push({ name, fault, violations: [...missed, ...violations] });
  };
  const told = toldOf(scenario, whole.occasions, isQuick);
  const faults = told.filter((_, i) => i % step === first);
  if (first === 0) note(whole);
  for (const fault of faults) note(tell(scenario, fault));
  return { name, occasions: whole.occasions, runs: faults.length + (first === 0 ? 1 : 0), failures };
}

/** The faults that a scenario with so many occasions is told with. */
export function toldOf(
  { quickStep = 1 }: Pick<Scenario, 'quickStep'>,
  occasions: Occasions,
  isQuick: boolean,
): readonly SingleFault[] {
  return faultsOf(occasions).filter((_, i) => !isQuick || i % quickStep === 0);
}

/**
 * Exhausts scenarios in threads of their own; each scenario's result comes once all its faults are told.
 * @throws whatever ends a worker
 */
export async function exhaustAll(
  scenarios: readonly Scenario[],
  jobs: number,
  onResult: (result: Exhausted) => void,
  isQuick = false,
): Promise<void> {
  const parts = new Map<string, Exhausted[]>();
  const take = (part: Exhausted) => {
    const all = [...(parts.get(part.name) ?? []), part];
    parts.set(part.name, all);
    if (all.length === jobs) onResult(joined(all));
  };
  const names = scenarios.map(({ name }) => name);
  await Promise.all(
    Array.from({ length: jobs }, (_, first) =>
      runShares(
        names.map((name) => ({ name, first, step: jobs, isQuick })),
        take,
      ),
    ),
  );
}

function runShares(shares: readonly ScenarioShare[], take: (part: Exhausted) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./exhaust-worker.js', import.meta.url), { workerData: shares });
    worker.on('message', take);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker of the scenarios ended with code ${code}`));
    });
  });
}

function joined(parts: readonly Exhausted[]): Exhausted {
  const [one] = parts as readonly [Exhausted];
  return {
    ...one,
    runs: parts.reduce((sum, { runs }) => sum + runs, 0),
    failures: parts.flatMap(({ failures }) => failures),
  };
}

/** Then the telling with the fault was another one from before the fault on: it is no function of its options. */
function missedBy(hits: FaultPlan['hits']): Violation {
  return { checker: 'single-fault', atMs: 0, found: `the fault came ${hits} times` };
}
