import assert from 'node:assert/strict';
import { formatHex } from '../../firmware/protocol/hex.js';
import type { LockWorld } from '../unit/lock/fixture.js';

/** The hashes of the transactions for which the bolt was driven towards unlocked; fails where it was for none. */
export function drawnFor({ outputs }: LockWorld): readonly string[] {
  return outputs.flatMap((output, i) => {
    if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return [];
    const next = outputs[i + 1];
    assert.ok(next?.kind === 'notice' && next.notice.event === 'bolt');
    return [formatHex(next.notice.tx ?? assert.fail('the bolt was drawn for no order'))];
  });
}
