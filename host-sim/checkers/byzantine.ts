import { formatHex } from '../../firmware/protocol/hex.js';
import { isOpening } from '../../firmware/protocol/order.js';
import { RIGHT } from '../../firmware/protocol/terms.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';

/**
 * Where every node lies from the start, each opening has an order of its own, shown in this boot and signed by somebody
 * who ever had the token or a right to open. Who that is, the archive alone says, not what the lock has shown or said.
 */
export function byzantine(scene: Scene, fail: (found: string) => void): Checker {
  let openings = 0;
  let shown = new Set<SignedWord>();
  const mayOpen = (word: SignedWord): boolean => {
    const { command, by } = word;
    if (command.kind !== 'order' || !isOpening(command.order.action)) return false;
    const owners = ownersOf(scene);
    return owners.has(by) || isGranted(scene, owners, by, command.order.epoch);
  };
  return {
    says: 'Nodes that all lie open nothing: each opening has a signed order of its own.',
    boot() {
      openings = 0;
      shown = new Set();
    },
    shown(word) {
      if (scene.weather.nodes.isAllByzantine && mayOpen(word)) shown.add(word);
    },
    output(output) {
      if (!scene.weather.nodes.isAllByzantine || scene.isCalm) return;
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.causeOfDrive() !== 'order') return;
      openings++;
      if (openings > shown.size)
        fail(
          `the bolt is driven open ${openings} times in this boot, and ${shown.size} orders to open were shown`,
        );
    },
  };
}

/** Everybody who was ever given the lock, at the door or by somebody who had it. */
function ownersOf({ archive, witness }: Scene): ReadonlySet<string> {
  const owners = new Set(witness.ownership.ever);
  for (const { command, by } of archive.all)
    if (command.kind === 'handover' && owners.has(by)) owners.add(formatHex(command.to));
  return owners;
}

function isGranted({ archive }: Scene, owners: ReadonlySet<string>, guest: string, epoch: number): boolean {
  return archive.all.some(
    ({ command, by }) =>
      command.kind === 'grant' &&
      owners.has(by) &&
      command.terms.epoch === epoch &&
      (command.terms.rights & RIGHT.unlock) !== 0 &&
      formatHex(command.guest) === guest,
  );
}
