import { CLOCK_JUMP_SECONDS_MAX } from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';

const SLACK_SECONDS = 900;
/** Pairing makes the lock forget what time it was. */
const PAIRED_MS = 30_000;

/** No report tells a time further ahead than a day for each boot: the owner, whose clock is right, confirms none. */
export function clockJump(scene: Scene, fail: (found: string) => void): Checker {
  let isTold = false;
  /** Flash knows that the lock had the time since it was paired. */
  let isKept = false;
  return {
    says: 'A clock that jumps by more than a day is not believed without the owner.',
    boot() {
      isTold = false;
    },
    rolledBack() {
      isKept = false;
    },
    input(input) {
      if (input.kind === 'clock' && input.source !== 'none' && scene.nowMs > PAIRED_MS) isTold = true;
      if (isTold && input.kind === 'stored' && input.key.startsWith('state')) isKept = true;
    },
    report({ report: { seq, issuedAtSeconds } }) {
      const latest = scene.nowSeconds + scene.boot * CLOCK_JUMP_SECONDS_MAX + SLACK_SECONDS;
      if (isKept && issuedAtSeconds !== undefined && issuedAtSeconds > latest)
        fail(`report ${seq} tells a time ${issuedAtSeconds - scene.nowSeconds} s ahead of the true one`);
    },
  };
}
