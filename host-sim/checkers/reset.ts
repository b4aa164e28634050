import { equalBytes } from '../../firmware/protocol/bytes.js';
import type { Checker, Scene } from './checker.js';

/** A button that was held makes another lock of it, which nobody owns and which does nothing; nothing else does. */
export function reset(scene: Scene, fail: (found: string) => void): Checker {
  const { ownership } = scene.witness;
  let isHeld = false;
  /** The lock that said that it is no more. */
  let gone20: Uint8Array | undefined;

  const speaks = (lock20: Uint8Array) => {
    if (gone20 !== undefined && equalBytes(lock20, gone20))
      fail('the lock goes on under the identity that a factory reset has ended');
    gone20 = undefined;
  };

  return {
    says: 'A factory reset makes another lock of it, which belongs to nobody and does nothing until it is paired.',
    input(input) {
      if (input.kind === 'button-held') isHeld = true;
    },
    output(output) {
      if (output.kind === 'restart' && isHeld) gone20 ??= ownership.lock20;
      const isDeed = output.kind === 'drive-bolt' || output.kind === 'http-post';
      if (isDeed && ownership.present.size === 0)
        fail('a lock that nobody owns moves its bolt, or asks a node');
    },
    talk({ kind, talk }) {
      if (kind === 'greeted' && talk.lock20 !== undefined) speaks(talk.lock20);
    },
    report({ lock20 }) {
      speaks(lock20);
    },
    reset() {
      if (!isHeld) fail('the lock is another one, and nobody has held the button');
      isHeld = false;
    },
    rolledBack() {
      gone20 = undefined;
    },
  };
}
