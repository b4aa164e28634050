import { isOpening } from '../../firmware/protocol/order.js';
import type { Checker, Scene } from './checker.js';
import { ModeMemory } from './mode-memory.js';

/**
 * Once the receipt of privacy is out, no report is the receipt of an opening, whosever, until privacy is switched off
 * or somebody presses the button inside. A press before the order was shown cannot have ended it.
 */
export function privacy(scene: Scene, fail: (found: string) => void): Checker {
  const modes = new ModeMemory(scene);
  let pressedMs = -Infinity;
  return {
    says: 'While privacy is on, no order opens.',
    input(input) {
      if (input.kind === 'button-pressed') pressedMs = scene.nowMs;
    },
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word?.command.kind !== 'order') return;
      const { action, epoch } = word.command.order;
      const since = modes.switchedOn('privacy', epoch)?.shownMs;
      if (isOpening(action) && since !== undefined && pressedMs < since && scene.witness.isFlashSound)
        fail(`report ${report.seq} is the receipt of an opening, and privacy is on`);
      modes.receipt(word);
    },
    rolledBack: () => modes.forget(),
  };
}
