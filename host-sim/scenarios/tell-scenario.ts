import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { CHECKERS } from '../checkers/all-checkers.js';
import type { CheckerFactory } from '../checkers/checker.js';
import { chooseHostEngine } from '../engines/host-engine.js';
import { countEngine } from '../swarm/counted-engine.js';
import { SimWorld } from '../swarm/sim-world.js';
import type { Violation } from '../swarm/stage.js';
import { FaultPlan, type Occasions, type SingleFault } from '../world/fault-plan.js';
import type { Scenario } from './scenario.js';
import { Script } from './script.js';

/** A play that does not come to its end within this has failed. */
const HOURS_MAX = 72;
const SEED = 1;

/** What became of one telling of a scenario. */
export interface Telling {
  readonly fault: SingleFault | undefined;
  readonly occasions: Occasions;
  /** How often the fault came. */
  readonly hits: number;
  readonly violations: readonly Violation[];
  readonly digest: string;
}

/**
 * Tells one scenario with every checker on, and its own expectation.
 * @param fault - the one thing that goes wrong; nothing does where absent
 * @param checkers - besides the scenario's expectation
 */
export function tellScenario(
  scenario: Scenario,
  fault?: SingleFault,
  onLine?: (line: string) => void,
  checkers: Readonly<Record<string, CheckerFactory>> = CHECKERS,
): Telling {
  const raw = chooseHostEngine('libsecp256k1', () => {});
  const counted = countEngine(raw);
  const plan = new FaultPlan(fault, scenario.prelude === undefined ? 1 : 2);
  let script: Script | undefined;
  const { violations, digest } = new SimWorld({
    seed: SEED,
    hours: HOURS_MAX,
    calmMs: 0,
    engine: guardEngine(raw),
    lockEngine: counted.engine,
    curveOperations: counted.count,
    weather: scenario.weather,
    neighbours: [
      (parts) => {
        script = new Script(parts, scenario, () => plan.arm());
        return script;
      },
    ],
    isOver: () => script?.isOver() ?? false,
    plan,
    checkers: {
      ...checkers,
      expectation: (_scene, fail) => expectation(fail, () => script?.problems() ?? []),
    },
    ...(scenario.pollIntervalMs !== undefined && { pollIntervalMs: scenario.pollIntervalMs }),
    ...(scenario.firstDay !== undefined && { firstDay: scenario.firstDay }),
    ...(onLine !== undefined && { onLine }),
  }).run();
  const { writes, outputs, messages, hits } = plan;
  return { fault, occasions: { writes, outputs, messages }, hits, violations, digest };
}

function expectation(
  fail: (found: string) => void,
  problems: () => readonly string[],
): ReturnType<CheckerFactory> {
  return {
    says: 'The play comes to its end, and all is as its people were promised.',
    end() {
      for (const problem of problems()) fail(problem);
    },
  };
}
