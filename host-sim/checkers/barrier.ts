import { ACTION, isOpening } from '../../firmware/protocol/order.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';

/** Once the receipt of the owner's lock is out, no report is the receipt of a guest's opening that ends no later. */
export function barrier(scene: Scene, fail: (found: string) => void): Checker {
  /** Ends of the owner's locks, Unix seconds, by epoch. */
  const barriers = new Map<number, number>();
  /** Uptime from which on the lock has the time for certain: a report of this boot says one. */
  let clockMs = Infinity;
  let bootCountBefore = -1;
  let highestBootCount = -1;
  /** Locks that were shown while the lock may have had no time, which set no barrier then. */
  const untimed = new Set<SignedWord>();
  return {
    says: "Who was let in before the owner's lock does not open after it.",
    boot() {
      clockMs = Infinity;
      bootCountBefore = highestBootCount;
    },
    shown(word) {
      const { command } = word;
      if (command.kind === 'order' && command.order.action === ACTION.lock && scene.uptimeMs < clockMs)
        untimed.add(word);
    },
    report({ report }) {
      const { bootCount, issuedAtSeconds, uptimeSeconds } = report;
      highestBootCount = Math.max(highestBootCount, bootCount);
      if (bootCount > bootCountBefore && issuedAtSeconds !== undefined)
        clockMs = Math.min(clockMs, (uptimeSeconds + 1) * 1_000);
      const word = scene.witness.receiptOf(report);
      if (word?.command.kind !== 'order') return;
      const { action, epoch, notAfterSeconds } = word.command.order;
      const end = barriers.get(epoch) ?? -1;
      if (action === ACTION.lock && scene.witness.isOwners(word) && !untimed.has(word))
        barriers.set(epoch, Math.max(end, notAfterSeconds));
      const isGuests = isOpening(action) && !scene.witness.isOwners(word);
      if (isGuests && notAfterSeconds <= end && scene.witness.isFlashSound)
        fail(`report ${report.seq} is the receipt of a guest's opening from before the owner's last lock`);
    },
    rolledBack() {
      barriers.clear();
      bootCountBefore = -1;
      highestBootCount = -1;
      clockMs = Infinity;
    },
  };
}
