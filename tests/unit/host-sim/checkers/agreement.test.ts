import assert from 'node:assert/strict';
import type { RefusalReason } from '../../../../firmware/protocol/refusal.js';
import { agreement } from '../../../../host-sim/checkers/agreement.js';
import { HandMadeScene } from './scene.js';

const refused = (reason: RefusalReason) =>
  new HandMadeScene(agreement).output({ kind: 'notice', notice: { event: 'refused', reason } }).found;

describe('agreement', () => {
  it('lets a command be refused for any other reason', () => {
    assert.deepEqual([...refused('replayed'), ...refused('not-owner')], []);
  });

  it('finds two judgements that differ', () => {
    assert.match(refused('disagreement').join(), /accepted by one judgement and not by the other/);
  });
});
