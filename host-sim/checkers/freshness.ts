import { isZeroBytes } from '../../firmware/protocol/bytes.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import {
  CLOCK_JUMP_SECONDS_MAX,
  ORDER_AHEAD_SECONDS_MAX,
  ROUND_MS_MAX,
  STRICT_AFTER_BOOT_MS,
} from '../../firmware/protocol/limits.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';

/** What lies between the judgement and the drive, and what whole seconds hide. */
export const SLACK_SECONDS = 5;

/** Whether a word's window holds now, give or take what the lock was told of the time. */
export function isInTime({ command }: SignedWord, scene: Scene): boolean {
  if (command.kind !== 'order') return false;
  const { notAfterSeconds } = command.order;
  const earliest = scene.nowSeconds - scene.clockBehindSeconds - SLACK_SECONDS;
  const latest = scene.nowSeconds + scene.clockAheadSeconds + ORDER_AHEAD_SECONDS_MAX + SLACK_SECONDS;
  return notAfterSeconds >= earliest && notAfterSeconds <= latest;
}

/** Whether the lock was always told the true time, and soon. */
export function isClockTrue({ weather, clockAheadSeconds, clockBehindSeconds }: Scene): boolean {
  return weather.clock.kind === 'true' && clockAheadSeconds === 0 && clockBehindSeconds === 0;
}

/** An opening is obeyed only within its time, and where it names a challenge, only while that is the lock's newest. */
export function freshness(scene: Scene, fail: (found: string) => void): Checker {
  const isStrict = scene.weather.texts.get('strict-after-boot') === 'on';
  /** Challenges of this boot that reports have shown, and since when there is a newer one. */
  const challenges = new Map<string, { replacedMs: number }>();
  let newest: string | undefined;
  const challengeBoots = new Map<string, { readonly boot: number; readonly bootCount: number }>();
  let newestSeq = 0;
  let newestIatSeconds = 0;
  /** Flash was put back to a day before: the lock believes no clock before the owner confirms it, and names no time. */
  let isTimeLost = false;

  const objection = (word: SignedWord): string | undefined => {
    const { command } = word;
    if (command.kind !== 'order') return 'no order';
    const { challenge4, notAfterSeconds } = command.order;
    const isChallenged = !isZeroBytes(challenge4);
    if (isChallenged) {
      const shown = challenges.get(formatHex(challenge4));
      if (shown === undefined) return 'its challenge is none of this boot';
      // What was judged is done when its round is over, whatever is reported meanwhile.
      if (scene.nowMs - shown.replacedMs > ROUND_MS_MAX + 1_000 * SLACK_SECONDS)
        return 'its challenge was replaced before';
    }
    if (isStrict && !isChallenged && scene.uptimeMs < STRICT_AFTER_BOOT_MS)
      return 'the lock is strict after a boot';
    if (!isChallenged && !scene.witness.isClockTold)
      return 'the lock has no clock, and it names no challenge';
    const hasTime = scene.witness.isClockTold && !(isChallenged && isTimeLost);
    if (hasTime && !isInTime(word, scene)) return 'it is out of time';
    if (notAfterSeconds < newestIatSeconds - SLACK_SECONDS)
      return 'the lock has reported a later time before';
    return undefined;
  };

  /** Without a challenge, and with a clock, an order ends soon after it is obeyed; a lock may be ordered without either. */
  const isTooFar = ({ command }: SignedWord, seq: number) => {
    const made = scene.witness.madeOf(seq);
    if (command.kind !== 'order' || command.order.action === ACTION.lock || made === undefined) return false;
    if (!isZeroBytes(command.order.challenge4) || made.boot !== scene.boot) return false;
    const latest = scene.nowSeconds + scene.clockAheadSeconds + ORDER_AHEAD_SECONDS_MAX + SLACK_SECONDS;
    return command.order.notAfterSeconds > latest;
  };

  return {
    says: 'Nothing is obeyed for an order that is late, early, or of an old challenge.',
    boot() {
      challenges.clear();
      newest = undefined;
      newestSeq = 0;
      newestIatSeconds = 0;
    },
    rolledBack() {
      isTimeLost = scene.nowMs > CLOCK_JUMP_SECONDS_MAX * 1_000;
    },
    report({ report }) {
      const word = scene.witness.receiptOf(report);
      if (word !== undefined && isTooFar(word, report.seq))
        fail(`report ${report.seq} is the receipt of an order that lasts too long`);
      const { seq, nonce, bootCount, issuedAtSeconds } = report;
      const whole = formatHex(nonce);
      // Counted from outside: flash may have refused the lock's own count. Of an old image's reports nobody knows it.
      const boot = scene.witness.madeOf(seq)?.boot;
      if (boot === undefined) return;
      const before = challengeBoots.get(whole);
      // Where chance repeats itself and flash has not taken the count of a boot, nothing is left to tell two boots apart.
      const isExcused = scene.weather.rng.isStuck && before?.bootCount === bootCount;
      if (before !== undefined && before.boot !== boot && !isExcused)
        fail(`the challenge of report ${seq} was that of boot ${before.boot} before`);
      challengeBoots.set(whole, { boot, bootCount });
      if (boot !== scene.boot || seq < newestSeq) return;
      if (issuedAtSeconds !== undefined) isTimeLost = false;
      newestSeq = seq;
      newestIatSeconds = Math.max(newestIatSeconds, issuedAtSeconds ?? 0);
      const shown = formatHex(nonce.subarray(0, 4));
      const replaced = newest === shown || newest === undefined ? undefined : challenges.get(newest);
      if (replaced !== undefined) replaced.replacedMs = scene.nowMs;
      challenges.set(shown, { replacedMs: Number.POSITIVE_INFINITY });
      newest = shown;
    },
    output(output) {
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.causeOfDrive() !== 'order') return;
      const objections = scene.witness.openings().map(objection);
      if (objections.length > 0 && objections.every((text) => text !== undefined))
        fail(`the bolt is driven open for none but stale orders: ${[...new Set(objections)].join('; ')}`);
    },
  };
}
