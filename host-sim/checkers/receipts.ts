import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';
import { isInTime } from './freshness.js';

/**
 * Of the orders that a drive toward unlocked can have been for, at least one has its receipt in the end. Not asked for
 * where flash refused a write or an old image was put back.
 */
export function receipts(scene: Scene, fail: (found: string) => void): Checker {
  const drives: (readonly SignedWord[])[] = [];
  let isExcused = false;
  const known = new Set<SignedWord>();
  const excuse = () => {
    isExcused = true;
  };
  return {
    says: 'Every order that was carried out has its receipt.',
    rolledBack: excuse,
    input(input) {
      if (input.kind === 'store-failed') excuse();
    },
    output(output) {
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.causeOfDrive() !== 'order') return;
      // A lock without a clock obeys a challenge, whatever the time is.
      const mayBe = (word: SignedWord) => !scene.witness.isClockTold || isInTime(word, scene);
      const words = scene.witness.openings().filter((word) => !known.has(word) && mayBe(word));
      if (words.length > 0) drives.push(words);
    },
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word !== undefined) known.add(word);
    },
    end() {
      if (isExcused) return;
      const missed = drives.find((words) => !words.some((word) => known.has(word)));
      if (missed !== undefined)
        fail(`the bolt was driven open for an order of ${missed[0]?.by}, and no receipt says so`);
    },
  };
}
