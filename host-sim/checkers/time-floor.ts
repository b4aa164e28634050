import type { Checker, Scene } from './checker.js';

/** How far a clock may lie behind what the lock remembers, and what whole seconds hide. */
const BEHIND_SECONDS_MAX = 300 + 5;

/** What a report has told of the time before a write of the state was asked for is in that write: no later boot believes an earlier clock. */
export function timeFloor(scene: Scene, fail: (found: string) => void): Checker {
  let latestSeconds = 0;
  /** What a write under way is to remember, by the key of its record. */
  const writing = new Map<string, number>();
  let written = 0;
  /** What flash held at the last boot. */
  let floorSeconds = 0;
  return {
    says: 'Once flash knows of a time, no boot believes an earlier one.',
    boot() {
      floorSeconds = written;
      latestSeconds = 0;
      writing.clear();
    },
    rolledBack() {
      written = 0;
      floorSeconds = 0;
      latestSeconds = 0;
    },
    output(output) {
      if (output.kind === 'persist' && output.key.startsWith('state-'))
        writing.set(output.key, latestSeconds);
    },
    input(input) {
      if (input.kind === 'stored') written = Math.max(written, writing.get(input.key) ?? 0);
    },
    report({ report: { seq, issuedAtSeconds } }) {
      // One that has waited in flash was signed in another boot.
      if (issuedAtSeconds === undefined || scene.witness.madeOf(seq)?.boot !== scene.boot) return;
      latestSeconds = Math.max(latestSeconds, issuedAtSeconds);
      if (issuedAtSeconds < floorSeconds - BEHIND_SECONDS_MAX)
        fail(`report ${seq} tells a time ${floorSeconds - issuedAtSeconds} s before one of an earlier boot`);
    },
  };
}
