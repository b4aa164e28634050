import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { CHECKERS } from '../checkers/all-checkers.js';
import { chooseHostEngine } from '../engines/host-engine.js';
import { countEngine } from './counted-engine.js';
import { type SimResult, SimWorld } from './sim-world.js';

/** Lives through one world with every checker on. @param onLine - takes a readable timeline */
export function runWorld(seed: number, hours: number, onLine?: (line: string) => void): SimResult {
  const raw = chooseHostEngine('libsecp256k1', () => {});
  const counted = countEngine(raw);
  return new SimWorld({
    seed,
    hours,
    engine: guardEngine(raw),
    lockEngine: counted.engine,
    curveOperations: counted.count,
    checkers: CHECKERS,
    ...(onLine !== undefined && { onLine }),
  }).run();
}
