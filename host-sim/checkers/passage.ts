import { BOLT_TRAVEL_MS_MAX } from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';
import { ModeMemory } from './mode-memory.js';
import { isPassage } from './passage-hours.js';

/** After a boot a lock that was owed before the cut is taken up, whatever the hours are. */
const BOOT_MS = 10_000;
/** A try follows on a try when the travel time is over. */
const RETRY_MS = BOLT_TRAVEL_MS_MAX + 2_000;

/** While passage certainly holds, the lock's own clock never drives the bolt out: only orders, hands and the door do. */
export function passage(scene: Scene, fail: (found: string) => void): Checker {
  const modes = new ModeMemory(scene);
  let drivenMs = -Infinity;
  return {
    says: 'In the hours of passage nothing locks by itself.',
    shown: (word) => modes.shown(word),
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word !== undefined) modes.receipt(word);
    },
    rolledBack: () => modes.forget(),
    output(output) {
      if (output.kind !== 'drive-bolt' || output.target !== 'locked') return;
      const isRetry = scene.nowMs - drivenMs <= RETRY_MS;
      drivenMs = scene.nowMs;
      // Only time itself comes as a tick: orders wait for flash, and presses and the door are inputs of their own.
      if (isRetry || scene.witness.lastInput !== 'tick' || scene.uptimeMs < BOOT_MS) return;
      if (isPassage(scene, modes) && scene.witness.isFlashSound)
        fail('the bolt is driven out by the clock alone, and passage holds');
    },
  };
}
