import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';

/**
 * An order that is refused as `replayed` has another of its sender beside it that was shown and counts as much; a
 * revocation that is refused as `serial` has another grant of that guest.
 */
export function refusals(scene: Scene, fail: (found: string) => void): Checker {
  /** By sender and guard, and by guest, of each epoch. */
  const shown = new Map<string, Set<SignedWord>>();
  /** An old image of flash may have obeyed them already. */
  const old = new Set<SignedWord>();
  return {
    says: 'Nothing is refused for another word that the lock was never shown.',
    shown(word) {
      const key = rivalsOf(word, scene);
      if (key === undefined) return;
      const known = shown.get(key);
      if (known === undefined) shown.set(key, new Set([word]));
      else known.add(word);
    },
    rolledBack() {
      for (const words of shown.values()) for (const word of words) old.add(word);
    },
    report({ report: { seq, cause, lastCommand } }) {
      const reason = lastCommand?.reason;
      if (cause !== 'refusal' || lastCommand === undefined) return;
      if ((reason !== 'replayed' && reason !== 'serial') || !scene.witness.isFlashSound) return;
      const { by, command, nonce, notAfterSeconds } = lastCommand;
      const words = scene.archive.named(formatHex(by), command, nonce, notAfterSeconds);
      // Two words of the same numbers are the same to a report.
      if (words.length !== 1) return;
      const [word] = words as [SignedWord];
      // A floor bars new grants, and whom the lock has forgotten.
      if (word.command.kind === 'grant' && word.command.terms.rights !== 0) return;
      const key = rivalsOf(word, scene);
      if (key === undefined || scene.witness.isReceipted(word) || old.has(word)) return;
      const rivals = [...(shown.get(key) ?? [])].filter((other) => other !== word);
      if (!rivals.some((other) => countsAsMuch(other, word)))
        fail(`report ${seq} refuses as ${reason} what comes after all that the lock was shown`);
    },
  };
}

function rivalsOf(word: SignedWord, scene: Scene): string | undefined {
  const { command, by } = word;
  if (command.kind === 'order') {
    const isMode = scene.witness.isOwners(word) && command.order.action >= ACTION.privacyOn;
    return `${by} ${isMode ? 'modes' : 'bolt'} ${command.order.epoch}`;
  }
  if (command.kind !== 'grant') return undefined;
  return `${formatHex(command.guest)} ${command.terms.epoch}`;
}

function countsAsMuch(
  { command: one, nonce: nonceOfOne }: SignedWord,
  { command, nonce }: SignedWord,
): boolean {
  if (one.kind === 'order' && command.kind === 'order')
    return (
      nonceOfOne > nonce ||
      (nonceOfOne === nonce && one.order.notAfterSeconds >= command.order.notAfterSeconds)
    );
  return one.kind === 'grant' && command.kind === 'grant' && one.terms.serial >= command.terms.serial;
}
