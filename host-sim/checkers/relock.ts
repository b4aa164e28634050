import { ACTION } from '../../firmware/protocol/order.js';
import type { Door, SensedBolt } from '../../firmware/protocol/report.js';
import { readNumberSettings } from '../../firmware/protocol/setting.js';
import type { Checker, Scene } from './checker.js';
import { ModeMemory } from './mode-memory.js';
import { mayBePassage } from './passage-hours.js';

/** Passage is looked at again every 30 s, and ticks come when they come. */
export const RELOCK_SLACK_MS = 40_000;

/**
 * What was opened for a time (action 3, or anything under auto-relock) is driven out again once that time is over and
 * the door is not open. Nothing is asked for while the bolt is tried, or stands jammed, or passage may hold.
 */
export function relock(scene: Scene, fail: (found: string) => void): Checker {
  const { relockMs, autoRelockMs } = readNumberSettings(scene.weather.texts);
  const modes = new ModeMemory(scene);
  let bolt: SensedBolt = 'unknown';
  let door: Door = 'unknown';
  /** The lock has tried to lock since the sensor spoke last: what then jams waits for somebody. */
  let isTried = false;
  /** The last order that was obeyed was to open for a time. */
  let isForATime = false;
  /** The newest report that the lock has signed: what it did since is told by that. */
  let signedSeq = 0;
  /** The last moment at which the time may have begun anew. */
  let sinceMs = 0;
  let changedMs = 0;
  const begin = () => {
    sinceMs = scene.nowMs;
  };
  const change = () => {
    isForATime = false;
    changedMs = scene.nowMs;
    begin();
  };
  const check = () => {
    if (bolt !== 'unlocked' || door === 'open' || isTried) return;
    const waitMs = autoRelockMs !== undefined ? Math.max(autoRelockMs, relockMs) : relockMs;
    if (autoRelockMs === undefined && !isForATime) return;
    if (scene.nowMs - sinceMs <= waitMs + RELOCK_SLACK_MS) return;
    // A lock that nobody has paired has no settings, and its button does nothing.
    if (!scene.witness.ownership.isPaired || mayBePassage(scene, modes)) begin();
    else {
      fail(
        `the bolt has stood open for ${Math.round((scene.nowMs - sinceMs) / 1_000)} s, and should be locked again`,
      );
      begin();
    }
  };
  return {
    says: 'What is opened for a time is locked again.',
    boot() {
      change();
      bolt = 'unknown';
      door = 'unknown';
      isTried = false;
    },
    cut: () => {
      bolt = 'unknown';
    },
    input(input) {
      check();
      switch (input.kind) {
        case 'bolt-sensed':
          bolt = input.bolt;
          change();
          break;
        case 'door-sensed':
          door = input.door;
          begin();
          break;
        case 'button-pressed':
        case 'outside-pressed':
        case 'store-failed':
          change();
          break;
        case 'stored':
          // An order that was obeyed is in the state; so is a relock that it owes.
          if (input.key.startsWith('state')) change();
          break;
        default:
          break;
      }
    },
    output(output) {
      if (output.kind === 'notice' && output.notice.event === 'signed') {
        signedSeq = output.notice.seq;
        isForATime = false;
      }
      if (output.kind === 'drive-bolt') {
        isTried = output.target === 'locked';
        change();
      }
      // It has arrived, or is given up: what the sensor says from now on is nobody's try.
      if (output.kind === 'stop-bolt' && bolt !== 'unlocked') isTried = false;
    },
    talk(sight) {
      // What stands open when the lock is paired was opened under no such setting.
      if (sight.kind === 'answered' && sight.frame.kind === 'paired') isTried = true;
    },
    shown: (word) => modes.shown(word),
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word === undefined) return;
      modes.receipt(word);
      const made = scene.witness.madeOf(report.seq);
      if (word.command.kind !== 'order' || made === undefined) return;
      const { action } = word.command.order;
      if (report.seq !== signedSeq) return;
      if (action > ACTION.unlockThenRelock || made.boot !== scene.boot || made.atMs < changedMs) return;
      isForATime = action === ACTION.unlockThenRelock && report.bolt === 'unlocked';
    },
    rolledBack: () => modes.forget(),
  };
}
