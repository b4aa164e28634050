import assert from 'node:assert/strict';
import { TRANSACTIONS_PER_ROUND_MAX } from '../../../../firmware/protocol/limits.js';
import { DarkHour } from '../../../../host-sim/swarm/dark-hour.js';
import { runWorld } from '../../../../host-sim/swarm/run-world.js';

/** Worlds of three hours with nobody but the dark hour in them. */
function live(seed: number) {
  let boots = 0;
  const result = runWorld(
    { seed, hours: 3, neighbours: [(neighbourhood) => new DarkHour(neighbourhood)] },
    {
      boots: () => ({
        says: 'counts boots',
        boot: () => {
          boots++;
        },
      }),
    },
  );
  return { result, boots, darkHours: result.faults['dark hour'] ?? 0 };
}

describe('DarkHour', () => {
  let lives: ReturnType<typeof live>[] = [];

  before(() => {
    lives = [13, 33, 55, 2, 3].map(live);
  });

  it('comes once at most, to some worlds', () => {
    const counts = lives.map(({ darkHours }) => darkHours);
    assert.deepEqual([...new Set(counts)].toSorted(), [0, 1]);
  });

  it('cuts the power, and has the owner sign one order more than a round asks for', () => {
    for (const { result, boots, darkHours } of lives) {
      assert.equal(boots, 1 + darkHours);
      // Privacy is ended, and a last wish said, at least once each.
      const others = result.commands - darkHours * (TRANSACTIONS_PER_ROUND_MAX + 1);
      assert.ok(others >= 2 && others < 10, `${result.commands} commands`);
    }
  });
});
