import { agreement } from './agreement.js';
import { atMostOnce } from './at-most-once.js';
import { authenticity } from './authenticity.js';
import { barrier } from './barrier.js';
import { bounds } from './bounds.js';
import { byzantine } from './byzantine.js';
import type { CheckerFactory } from './checker.js';
import { fixedSize } from './fixed-size.js';
import { flood } from './flood.js';
import { freshness } from './freshness.js';
import { guestRights } from './guest-rights.js';
import { lease } from './lease.js';
import { liveness } from './liveness.js';
import { memory } from './memory.js';
import { openDoor } from './open-door.js';
import { passage } from './passage.js';
import { persistFirst } from './persist-first.js';
import { privacy } from './privacy.js';
import { relock } from './relock.js';
import { reportChain } from './report-chain.js';
import { revocation } from './revocation.js';
import { sensedLock } from './sensed-lock.js';
import { told } from './told.js';
import { vacation } from './vacation.js';
import { wear } from './wear.js';

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
  privacy,
  vacation,
  barrier,
  lease,
  'guest-rights': guestRights,
  passage,
  relock,
  byzantine,
  flood,
  told,
  'fixed-size': fixedSize,
  memory,
  wear,
  bounds,
  liveness,
});
