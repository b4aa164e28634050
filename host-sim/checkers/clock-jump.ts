import { CLOCK_JUMP_SECONDS_MAX } from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';

const SLACK_SECONDS = 900;

/** No report of a lock that has an owner tells a time further ahead than a day for each boot: the owner, whose clock is right, confirms none. */
export function clockJump(scene: Scene, fail: (found: string) => void): Checker {
  return {
    says: 'A clock that jumps by more than a day is not believed without the owner.',
    report({ report: { seq, issuedAtSeconds } }) {
      const latest = scene.nowSeconds + scene.boot * CLOCK_JUMP_SECONDS_MAX + SLACK_SECONDS;
      if (scene.witness.ownership.isPaired && issuedAtSeconds !== undefined && issuedAtSeconds > latest)
        fail(`report ${seq} tells a time ${issuedAtSeconds - scene.nowSeconds} s ahead of the true one`);
    },
  };
}
