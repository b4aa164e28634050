import type { Checker, Scene } from './checker.js';

/** Nothing disturbs a simulated processor: two judgements that differ are a bug of ours. */
export function agreement(_scene: Scene, fail: (found: string) => void): Checker {
  return {
    says: 'The second look at a command agrees with the first judgement.',
    output(output) {
      if (
        output.kind === 'notice' &&
        output.notice.event === 'refused' &&
        output.notice.reason === 'disagreement'
      )
        fail('a command was accepted by one judgement and not by the other');
    },
  };
}
