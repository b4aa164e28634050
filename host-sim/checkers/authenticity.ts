import type { Checker, Scene } from './checker.js';

/** The bolt is driven open only for a hand inside, or for an order that an owner or guest of this epoch signed and the lock was shown. */
export function authenticity(scene: Scene, fail: (found: string) => void): Checker {
  return {
    says: 'Nothing opens without a signature of somebody who may, or a hand inside.',
    output(output) {
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.lastInput === 'outside-pressed')
        fail('the bolt is driven open for a press of the button outside');
      if (scene.witness.causeOfDrive() === 'order' && scene.witness.openings().length === 0)
        fail('the bolt is driven open, and the lock was shown no opening that anybody who may has signed');
    },
    report({ report }) {
      if (report.cause !== 'command' || report.lastCommand?.reason !== 'none') return;
      const word = scene.witness.receiptOf(report);
      if (word === undefined) fail(`report ${report.seq} is the receipt of a command that nobody signed`);
      else if (word.shownMs === undefined)
        fail(`report ${report.seq} is the receipt of a command that the lock was never shown`);
    },
  };
}
