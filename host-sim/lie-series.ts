import { messageOf } from '../tools/latchkey/owner/failure.js';
import type { Observer } from './observer.js';
import { LIES, type LieName } from './world/lies.js';
import type { LyingNode } from './world/lying-node.js';

/** The lies of the `x` key: openings first, then a node that is merely broken. */
const SERIES: readonly LieName[] = Object.freeze([
  'forged-sender',
  'stranger-order',
  'stranger-handover',
  'junk-signature',
  'r-out-of-range',
  'high-s',
  'other-chain',
  'other-registry',
  'other-lock',
  'with-value',
  'unprotected',
  'disagreeing-fields',
  'expired',
  'other-epoch',
  'wrong-ids',
  'truncated-body',
  'big-body',
]);

/** How long one lie may go without being refused. */
const LIE_MS_MAX = 8_000;
/**
 * Tells the lies of the series one after another, each until the lock has refused it, then is honest again.
 * @param hasOwnerKey - whether the node can show what the owner once signed
 * @param shownMs - each stays at least this long, so that a person can read it
 * @param isStopping - asked before each lie
 */
export async function playLies(
  node: LyingNode,
  observer: Observer,
  hasOwnerKey: boolean,
  shownMs: number,
  isStopping: () => boolean,
): Promise<{ readonly told: number; readonly refused: number }> {
  let told = 0;
  let refused = 0;
  for (const name of SERIES) {
    const { title, reasons, needsOwnerKey } = LIES[name];
    if (needsOwnerKey && !hasOwnerKey) continue;
    if (isStopping()) break;
    const heard = observer.until(
      (event) => event.event === 'refused' && (reasons as readonly string[]).includes(event.reason),
      LIE_MS_MAX,
    );
    told++;
    try {
      const shown = new Promise((resolve) => setTimeout(resolve, shownMs));
      observer.show({ event: 'lie', title });
      await Promise.all([heard, shown, node.lie(name)]);
      refused++;
    } catch (error) {
      observer.say(`${name}: ${messageOf(error)}`);
    }
  }
  await node.lie(null);
  observer.show({ event: 'lie', title: null });
  return { told, refused };
}
