import { isOpening } from '../../firmware/protocol/order.js';
import type { Checker, Scene } from './checker.js';
import { ModeMemory } from './mode-memory.js';

/** Once the receipt of vacation is out, no report is the receipt of a guest's opening until vacation is switched off. */
export function vacation(scene: Scene, fail: (found: string) => void): Checker {
  const modes = new ModeMemory(scene);
  return {
    says: 'While the owner is on vacation, no guest opens.',
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word?.command.kind !== 'order') return;
      const { action, epoch } = word.command.order;
      const isGuests = isOpening(action) && !scene.witness.isOwners(word);
      if (isGuests && modes.switchedOn('vacation', epoch) !== undefined && scene.witness.isFlashSound)
        fail(`report ${report.seq} is the receipt of a guest's opening, and vacation is on`);
      modes.receipt(word);
    },
    rolledBack: () => modes.forget(),
  };
}
