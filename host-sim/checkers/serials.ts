import { formatHex } from '../../firmware/protocol/hex.js';
import { GRANT_AGE_SECONDS_MAX, GRANT_AHEAD_SECONDS_MAX } from '../../firmware/protocol/limits.js';
import type { Terms } from '../../firmware/protocol/terms.js';
import type { Checker, Scene } from './checker.js';

/** A clock may lie a little behind the floor of time, and flash takes its time. */
const SLACK_SECONDS = 900;

/** Of one guest's grants and revocations each receipt names a later one, and none that is too old or from tomorrow. */
export function serials(scene: Scene, fail: (found: string) => void): Checker {
  const last = new Map<string, Terms>();

  const objection = (terms: Terms, before: Terms | undefined, shownSeconds: number): string | undefined => {
    const { serial, rights } = terms;
    if (before !== undefined && (serial < before.serial || (serial === before.serial && rights !== 0)))
      return `serial ${serial} after ${before.serial} of the same guest`;
    if (rights === 0) return undefined;
    if (serial < shownSeconds - scene.clockBehindSeconds - GRANT_AGE_SECONDS_MAX - SLACK_SECONDS)
      return `serial ${serial}, which is too old`;
    if (serial > scene.nowSeconds + scene.clockAheadSeconds + GRANT_AHEAD_SECONDS_MAX + SLACK_SECONDS)
      return `serial ${serial}, which is too far ahead`;
    return undefined;
  };

  return {
    says: 'For each guest the highest serial wins, whenever it arrives.',
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word?.command.kind !== 'grant' || word.shownMs === undefined) return;
      const { guest, terms } = word.command;
      const key = `${formatHex(guest)} ${terms.epoch}`;
      const shownSeconds = scene.nowSeconds - (scene.nowMs - word.shownMs) / 1_000;
      const found = objection(terms, last.get(key), shownSeconds);
      if (found !== undefined && scene.witness.isFlashSound)
        fail(`report ${report.seq} is the receipt of ${found}`);
      last.set(key, terms);
    },
    rolledBack() {
      last.clear();
    },
  };
}
