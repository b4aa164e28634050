import assert from 'node:assert/strict';
import { CHECKERS } from '../../../../host-sim/checkers/all-checkers.js';
import type { SimResult } from '../../../../host-sim/swarm/sim-result.js';
import { addResult, EMPTY_TALLY } from '../../../../host-sim/swarm/tally.js';

function resultOf(checkers: readonly string[], faults: Readonly<Record<string, number>> = {}): SimResult {
  const violations = checkers.map((checker) => ({ checker, atMs: 1, found: 'something' }));
  const counts = { commands: 2, openings: 3, reports: 4, polls: 5, flashWrites: 6 };
  return { seed: 1, violations, digest: '', lockHours: 1.5, ...counts, faults };
}

describe('addResult', () => {
  it('adds up what worlds come to, fault by fault', () => {
    const tally = [resultOf([], { loss: 1 }), resultOf([], { loss: 2, drip: 1 })].reduce(
      addResult,
      EMPTY_TALLY,
    );
    assert.deepEqual(tally, {
      ...EMPTY_TALLY,
      worlds: 2,
      lockHours: 3,
      commands: 4,
      openings: 6,
      reports: 8,
      polls: 10,
      flashWrites: 12,
      faults: { loss: 3, drip: 1 },
    });
  });

  it('counts the violations that are a door that opened, among all', () => {
    const { violations, unauthorisedOpenings } = addResult(
      EMPTY_TALLY,
      resultOf(['authenticity', 'wear', 'barrier']),
    );
    assert.deepEqual([violations, unauthorisedOpenings], [3, 2]);
    // By the names that checkers have.
    const all = addResult(EMPTY_TALLY, resultOf(Object.keys(CHECKERS)));
    assert.equal(all.unauthorisedOpenings, 9);
  });
});
