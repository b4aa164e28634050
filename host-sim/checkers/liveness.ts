import { ACTION } from '../../firmware/protocol/order.js';
import type { Checker, Scene } from './checker.js';

/** A clock that was told further ahead than this holds the floor of time there, which only ever refuses. */
const AHEAD_SECONDS_MAX = 200;

/** Once nothing goes wrong any more, the owner's last wish is done, and the lock has said so. */
export function liveness(scene: Scene, fail: (found: string) => void): Checker {
  const receipted = new Set<unknown>();
  return {
    says: 'After the faults end the bolt is where the owner wished it last, and a report says so.',
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word !== undefined) receipted.add(word);
    },
    end() {
      const word = scene.lastWish;
      if (word?.command.kind !== 'order' || scene.clockAheadSeconds > AHEAD_SECONDS_MAX) return;
      if (!receipted.has(word)) {
        fail('there is no receipt of the last wish of the owner');
        return;
      }
      const wished = word.command.order.action === ACTION.lock ? 'locked' : 'unlocked';
      const isRelocked = wished === 'unlocked' && scene.weather.texts.has('auto-relock');
      if (scene.bolt !== wished && !isRelocked)
        fail(`the last wish of the owner is ${wished}, and the bolt is ${scene.bolt}`);
    },
  };
}
