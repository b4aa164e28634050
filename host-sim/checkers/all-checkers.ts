import { agreement } from './agreement.js';
import { atMostOnce } from './at-most-once.js';
import { authenticity } from './authenticity.js';
import { bounds } from './bounds.js';
import type { CheckerFactory } from './checker.js';
import { freshness } from './freshness.js';
import { liveness } from './liveness.js';
import { openDoor } from './open-door.js';
import { persistFirst } from './persist-first.js';
import { reportChain } from './report-chain.js';
import { revocation } from './revocation.js';
import { sensedLock } from './sensed-lock.js';

/** Every invariant, by the name that a violation says. */
export const CHECKERS: Readonly<Record<string, CheckerFactory>> = Object.freeze({
  agreement,
  authenticity,
  freshness,
  revocation,
  'at-most-once': atMostOnce,
  'persist-first': persistFirst,
  'open-door': openDoor,
  'sensed-lock': sensedLock,
  'report-chain': reportChain,
  bounds,
  liveness,
});
