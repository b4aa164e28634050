import { adoption } from './adoption.js';
import { agreement } from './agreement.js';
import { atMostOnce } from './at-most-once.js';
import { authenticity } from './authenticity.js';
import { barrier } from './barrier.js';
import { bootCount } from './boot-count.js';
import { bounds } from './bounds.js';
import { byzantine } from './byzantine.js';
import { challenge } from './challenge.js';
import type { CheckerFactory } from './checker.js';
import { clockJump } from './clock-jump.js';
import { cursors } from './cursors.js';
import { fixedSize } from './fixed-size.js';
import { flood } from './flood.js';
import { freshness } from './freshness.js';
import { granted } from './granted.js';
import { guestRights } from './guest-rights.js';
import { hearing } from './hearing.js';
import { lease } from './lease.js';
import { liveness } from './liveness.js';
import { memory } from './memory.js';
import { openDoor } from './open-door.js';
import { owedLock } from './owed-lock.js';
import { ownersWord } from './owners-word.js';
import { pairing } from './pairing.js';
import { passage } from './passage.js';
import { persistFirst } from './persist-first.js';
import { politeness } from './politeness.js';
import { privacy } from './privacy.js';
import { receipts } from './receipts.js';
import { refusals } from './refusals.js';
import { relock } from './relock.js';
import { reportChain } from './report-chain.js';
import { reset } from './reset.js';
import { revocation } from './revocation.js';
import { sensedLock } from './sensed-lock.js';
import { serials } from './serials.js';
import { timeFloor } from './time-floor.js';
import { told } from './told.js';
import { tries } from './tries.js';
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
  pairing,
  adoption,
  reset,
  privacy,
  vacation,
  barrier,
  lease,
  'owners-word': ownersWord,
  'guest-rights': guestRights,
  passage,
  relock,
  byzantine,
  flood,
  told,
  'fixed-size': fixedSize,
  memory,
  wear,
  granted,
  serials,
  refusals,
  challenge,
  tries,
  'clock-jump': clockJump,
  'time-floor': timeFloor,
  'boot-count': bootCount,
  cursors,
  hearing,
  'owed-lock': owedLock,
  receipts,
  politeness,
  bounds,
  liveness,
});
