import { ACTION } from '../../firmware/protocol/order.js';
import { RIGHT } from '../../firmware/protocol/terms.js';
import type { Checker, Scene } from './checker.js';

/** A guest is obeyed in what the owner granted: to lock, to open, and nothing that is the owner's alone. */
export function guestRights(scene: Scene, fail: (found: string) => void): Checker {
  return {
    says: 'Guests are obeyed only in what a grant allows, and never in what the owner alone may do.',
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word === undefined || scene.witness.isOwners(word)) return;
      const { command, by } = word;
      if (command.kind !== 'order') {
        fail(`report ${report.seq} is the receipt of a ${command.kind} that the owner did not sign`);
        return;
      }
      const { action, epoch } = command.order;
      if (action > ACTION.unlockThenRelock) {
        fail(`report ${report.seq} is the receipt of a guest's action ${action}`);
        return;
      }
      const right = action === ACTION.lock ? RIGHT.lock : RIGHT.unlock;
      // Terms that have ended since may have held when it was accepted.
      const terms = scene.witness.termsOf(by, epoch, false);
      if (!terms.some(({ rights }) => (rights & right) !== 0))
        fail(`report ${report.seq} is the receipt of action ${action} of a guest without the right`);
    },
  };
}
