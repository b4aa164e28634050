import { formatHex } from '../../firmware/protocol/hex.js';
import type { Checker, Scene } from './checker.js';

/** The receipt of an owner's order names a challenge that is younger than the order. */
export function challenge(scene: Scene, fail: (found: string) => void): Checker {
  /** When a report first named a challenge, by the world's time. */
  const firstMs = new Map<string, number>();
  return {
    says: 'A challenge serves one order of the owner.',
    report({ report }) {
      const madeMs = scene.witness.madeOf(report.seq)?.atMs;
      if (madeMs === undefined) return;
      const name = formatHex(report.nonce);
      const beganMs = Math.min(firstMs.get(name) ?? madeMs, madeMs);
      firstMs.set(name, beganMs);
      const word = scene.witness.receiptOf(report);
      if (word?.command.kind !== 'order' || !scene.witness.isOwners(word)) return;
      if (word.shownMs !== undefined && beganMs < word.shownMs)
        fail(`report ${report.seq} is the receipt of an order, and its challenge is that of before`);
    },
    rolledBack() {
      firstMs.clear();
    },
  };
}
