import type { Checker, Scene } from './checker.js';

/** Between the moment that an opening is shown and the drive, flash has confirmed a write. */
export function persistFirst(scene: Scene, fail: (found: string) => void): Checker {
  return {
    says: 'What an order changes is in flash before the bolt moves for it.',
    output(output) {
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.causeOfDrive() !== 'order') return;
      const words = scene.witness.openings();
      if (words.length > 0 && !words.some((word) => scene.witness.isWrittenSince(word)))
        fail('the bolt is driven open, and flash has confirmed nothing since the order was shown');
    },
  };
}
