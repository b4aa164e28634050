import { TRANSACTIONS_PER_ROUND_MAX } from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';

/** Polls at the pace of catching up, two a second, and what each of them may cause. */
const EXCHANGES_PER_MINUTE_MAX = 120 * (1 + TRANSACTIONS_PER_ROUND_MAX);
const BYTES_UP_PER_MINUTE_MAX = 512 * 1024;
/** Each exchange at most one recovery, each report a signature that is checked. */
const CURVE_OPERATIONS_PER_MINUTE_MAX = EXCHANGES_PER_MINUTE_MAX + 600;
/** Besides two writes for each command that was signed by somebody known. */
const WRITES_PER_MINUTE_MAX = 150;
const WRITES_PER_WORD = 4;
const OUTPUTS_PER_INPUT_MAX = 400;
const TICKS_PER_MINUTE_MAX = 1_500;
const DRIVES_PER_MINUTE_MAX = 150;
const MINUTE_MS = 60_000;

/** Whatever anybody does, the lock does no more in a minute than its limits say. */
export function bounds(scene: Scene, fail: (found: string) => void): Checker {
  let minute = -1;
  let counts = { exchanges: 0, bytesUp: 0, writes: 0, ticks: 0, drives: 0, words: 0 };
  let curveBefore = 0;
  let outputs = 0;
  const check = (what: string, count: number, max: number) => {
    if (count > max) fail(`${count} ${what} in a minute, over ${max}`);
  };
  const turn = () => {
    const now = Math.floor(scene.nowMs / MINUTE_MS);
    if (now === minute) return;
    minute = now;
    check('exchanges', counts.exchanges, EXCHANGES_PER_MINUTE_MAX);
    check('bytes sent', counts.bytesUp, BYTES_UP_PER_MINUTE_MAX);
    check('writes to flash', counts.writes, WRITES_PER_MINUTE_MAX + WRITES_PER_WORD * counts.words);
    check('ticks', counts.ticks, TICKS_PER_MINUTE_MAX);
    check('drives of the bolt', counts.drives, DRIVES_PER_MINUTE_MAX);
    check('curve operations', scene.curveOperations - curveBefore, CURVE_OPERATIONS_PER_MINUTE_MAX);
    curveBefore = scene.curveOperations;
    counts = { exchanges: 0, bytesUp: 0, writes: 0, ticks: 0, drives: 0, words: 0 };
  };
  return {
    says: 'Work, bytes, writes and movements of a minute are bounded, whoever sends what.',
    input(input) {
      turn();
      outputs = 0;
      if (input.kind === 'tick') counts.ticks++;
    },
    shown() {
      counts.words++;
    },
    output(output) {
      if (++outputs === OUTPUTS_PER_INPUT_MAX) fail(`${outputs} outputs for one input`);
      if (output.kind === 'http-post') {
        counts.exchanges++;
        counts.bytesUp += output.body.length;
      }
      if (output.kind === 'persist') counts.writes++;
      if (output.kind === 'drive-bolt') counts.drives++;
    },
  };
}
