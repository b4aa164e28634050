import { ACTION } from '../../firmware/protocol/order.js';
import type { Bolt } from '../../firmware/protocol/report.js';
import { readNumberSettings } from '../../firmware/protocol/setting.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';
import { ModeMemory } from './mode-memory.js';
import { mayBePassage } from './passage-hours.js';
import { RELOCK_SLACK_MS } from './relock.js';

/** A clock that was told further ahead than this holds the floor of time there, which only ever refuses. */
const AHEAD_SECONDS_MAX = 200;

/** Once nothing goes wrong any more, the owner's last wish is done, and the lock has said so. */
export function liveness(scene: Scene, fail: (found: string) => void): Checker {
  const { autoRelockMs, relockMs } = readNumberSettings(scene.weather.texts);
  const modes = new ModeMemory(scene);
  /** What the receipt of each command said of the bolt, and when it was made. */
  const receipted = new Map<SignedWord, { readonly bolt: Bolt; readonly atMs: number }>();
  /** @param sinceMs - how long ago the wish was done */
  const expectedAtEnd = (wished: 'locked' | 'unlocked', sinceMs: number): readonly Scene['bolt'][] => {
    if (wished === 'locked' || autoRelockMs === undefined) return [wished];
    if (mayBePassage(scene, modes)) return ['unlocked', 'locked', 'between'];
    if (sinceMs < autoRelockMs) return ['unlocked'];
    // The hours of passage may have ended since.
    return sinceMs > Math.max(autoRelockMs, relockMs) + RELOCK_SLACK_MS
      ? ['locked']
      : ['unlocked', 'locked', 'between'];
  };
  return {
    says: 'After the faults end the bolt is where the owner wished it last, until its relock is due, and a report says so.',
    shown: (word) => modes.shown(word),
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word === undefined) return;
      modes.receipt(word);
      const { atMs } = scene.witness.madeOf(report.seq) ?? { atMs: scene.nowMs };
      receipted.set(word, { bolt: report.bolt, atMs });
    },
    rolledBack: () => modes.forget(),
    end() {
      const word = scene.lastWish;
      if (word?.command.kind !== 'order' || scene.clockAheadSeconds > AHEAD_SECONDS_MAX) return;
      const receipt = receipted.get(word);
      if (receipt === undefined) {
        fail('there is no receipt of the last wish of the owner');
        return;
      }
      const wished = word.command.order.action === ACTION.lock ? 'locked' : 'unlocked';
      if (receipt.bolt !== wished)
        fail(`the last wish of the owner is ${wished}, and its receipt says ${receipt.bolt}`);
      const expected = expectedAtEnd(wished, scene.nowMs - receipt.atMs);
      if (!expected.includes(scene.bolt))
        fail(`the last wish of the owner is ${wished}, and the bolt is ${scene.bolt}`);
    },
  };
}
