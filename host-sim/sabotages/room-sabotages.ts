import { type Sabotage, sabotage } from './sabotage.js';

const BOLT = 'lock/bolt.js';
const DESK = 'lock/bolt-desk.js';

/** Of bolt and door. */
export const ROOM_SABOTAGES: readonly Sabotage[] = Object.freeze([
  sabotage('locked-into-the-air', 'The bolt is thrown while the door stands open.', BOLT, [
    "this.#door === 'open' ? 'want-lock-open' : 'want-lock'",
    "'want-lock'",
  ]),
  sabotage('locked-without-sensor', 'A bolt on its way to locked is reported as locked.', BOLT, [
    "case 'locking':\n            case 'unlocking':",
    "case 'locking':\n                return 'locked';\n            case 'unlocking':",
  ]),
  sabotage('jam-without-end', 'A bolt that jams is driven for ever.', BOLT, [
    'this.#tries < BOLT_TRIES_MAX',
    'true',
  ]),
  sabotage('relock-dropped', 'What was to be locked again after a time stays open.', DESK, [
    'if (waitMs !== undefined)',
    'if (false)',
  ]),
  sabotage('outside-button-opens', 'The button outside opens.', DESK, [
    "return this.#want('locked', { cause: 'outside-button' }, uptimeMs);",
    "return this.#want('unlocked', { cause: 'outside-button' }, uptimeMs, openingWarrant(0));",
  ]),
]);
