import { CHECKERS } from '../checkers/all-checkers.js';
import type { CheckerFactory } from '../checkers/checker.js';
import { chooseHostEngine } from '../engines/host-engine.js';
import { countEngine } from './counted-engine.js';
import type { SimResult } from './sim-result.js';
import { type SimOptions, SimWorld } from './sim-world.js';
import { worldEngine } from './world-engine.js';

/** A world but for its engines and checkers. */
export type WorldChoice = Omit<SimOptions, 'engine' | 'lockEngine' | 'curveOperations' | 'checkers'>;

/** Lives through one world with every checker on, or with those that are named. */
export function runWorld(
  choice: WorldChoice,
  checkers: Readonly<Record<string, CheckerFactory>> = CHECKERS,
): SimResult {
  const raw = chooseHostEngine('libsecp256k1', () => {});
  const counted = countEngine(raw);
  return new SimWorld({
    ...choice,
    engine: worldEngine(raw),
    lockEngine: counted.engine,
    curveOperations: counted.count,
    checkers,
  }).run();
}
