import {
  BOLT_EVENTS_PER_WINDOW_MAX,
  OUTBOX_REPORTS_MAX,
  RECEIPT_REPORTS,
} from '../../firmware/protocol/limits.js';
import type { Bolt, SensedBolt } from '../../firmware/protocol/report.js';
import type { Checker, Scene } from './checker.js';

/** Three tries, a write, and whole seconds: a bolt that rests longer than this has come to rest for the lock as well. */
const REST_MS = 20_000;
/** Where so many reports wait, movements only show in the next report. */
const LAGGING = OUTBOX_REPORTS_MAX - RECEIPT_REPORTS - 20;
/** Each movement may be sensed three times: it leaves, flutters, arrives. */
const CHANGES_PER_MINUTE_MAX = BOLT_EVENTS_PER_WINDOW_MAX / 2;

interface Rest {
  readonly bolt: 'locked' | 'unlocked';
  readonly boot: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Wherever the bolt has rested for 20 s in one boot, as its sensor says, a report that was made meanwhile says so, and
 * is on the wire by the end. Not asked for where flash refuses (such reports live in RAM), or more moves in a minute
 * than is reported, or too many reports wait.
 */
export function told(scene: Scene, fail: (found: string) => void): Checker {
  let bolt: SensedBolt = 'unknown';
  let fromMs = 0;
  let isExcused = false;
  const changesMs: number[] = [];
  const rests: Rest[] = [];
  /** Reports that were made and not seen on the wire, and what those that were seen say. */
  const unseen = new Set<number>();
  const said: { readonly atMs: number; readonly boot: number; readonly bolt: Bolt }[] = [];
  const close = () => {
    const isAsked = !isExcused && scene.nowMs - fromMs >= REST_MS && scene.witness.isFlashSound;
    if (isAsked && (bolt === 'locked' || bolt === 'unlocked'))
      rests.push({ bolt, boot: scene.boot, fromMs, toMs: scene.nowMs });
    bolt = 'unknown';
    isExcused = false;
  };
  /** What is gone from flash cannot be told. */
  const forget = () => {
    rests.length = 0;
    said.length = 0;
    unseen.clear();
  };
  return {
    says: 'Every place where the bolt came to rest is told by a report.',
    boot() {
      bolt = 'unknown';
      changesMs.length = 0;
    },
    cut: close,
    rolledBack: forget,
    reset: forget,
    input(input) {
      if (input.kind !== 'bolt-sensed' || input.bolt === bolt) return;
      close();
      bolt = input.bolt;
      fromMs = scene.nowMs;
      while (changesMs[0] !== undefined && changesMs[0] < fromMs - 60_000) changesMs.shift();
      changesMs.push(fromMs);
      isExcused = changesMs.length > CHANGES_PER_MINUTE_MAX || unseen.size > LAGGING;
    },
    output(output) {
      if (output.kind === 'notice' && output.notice.event === 'signed') unseen.add(output.notice.seq);
    },
    report({ report }) {
      unseen.delete(report.seq);
      const made = scene.witness.madeOf(report.seq);
      if (made !== undefined) said.push({ ...made, bolt: report.bolt });
    },
    end() {
      close();
      for (const { bolt, boot, fromMs, toMs } of rests) {
        const isTold = said.some(
          (each) =>
            each.boot === boot &&
            each.atMs >= fromMs &&
            each.atMs <= toMs &&
            // A bolt that jams where it is says that it jams.
            (each.bolt === bolt || each.bolt === 'jammed'),
        );
        if (!isTold)
          fail(
            `no report tells of the ${Math.round((toMs - fromMs) / 1_000)} s in which the bolt was ${bolt}`,
          );
      }
    },
  };
}
