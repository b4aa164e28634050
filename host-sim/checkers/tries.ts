import { BOLT_TRIES_MAX } from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';

/** By its own clock alone the lock drives the bolt to one side only so often, and then gives up. */
export function tries(scene: Scene, fail: (found: string) => void): Checker {
  let target: 'locked' | 'unlocked' | undefined;
  let count = 0;
  return {
    says: 'A bolt that jams is tried three times, and then left alone.',
    boot() {
      target = undefined;
    },
    input(input) {
      // Whoever wishes the same again has it tried anew.
      const isWish =
        input.kind === 'button-pressed' ||
        input.kind === 'outside-pressed' ||
        input.kind === 'door-sensed' ||
        (input.kind === 'stored' && input.key.startsWith('state'));
      if (isWish) count = 0;
    },
    output(output) {
      if (output.kind === 'stop-bolt') target = undefined;
      if (output.kind !== 'drive-bolt') return;
      const isAgain = output.target === target && scene.witness.lastInput === 'tick';
      count = isAgain ? count + 1 : 1;
      target = output.target;
      if (count === BOLT_TRIES_MAX + 1) fail(`the bolt is driven ${target} for the ${count}th time`);
    },
  };
}
