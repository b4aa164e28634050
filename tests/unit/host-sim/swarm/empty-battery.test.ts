import assert from 'node:assert/strict';
import { EmptyBattery } from '../../../../host-sim/swarm/empty-battery.js';
import type { NeighbourFactory } from '../../../../host-sim/swarm/neighbour.js';
import { runWorld } from '../../../../host-sim/swarm/run-world.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';

const SEEDS = 30;

/** The power fails again and again. */
const cutting: NeighbourFactory = ({ queue, lock }) => {
  const cut = () => {
    lock.cut();
    queue.after(1_000, () => lock.boot());
    queue.after(300_000, cut);
  };
  return { start: cut, calm: () => {} };
};

/** In how many of some fair worlds with power cuts the clock began on the day it was made. */
function wrongClocks(kind: 'true' | 'none'): number {
  const weather = {
    ...FAIR_WEATHER,
    clock: { ...FAIR_WEATHER.clock, kind },
    power: { ...FAIR_WEATHER.power, cutsPerHour: 1 },
  };
  const neighbours: readonly NeighbourFactory[] = [cutting, (parts) => new EmptyBattery(parts)];
  let count = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { faults, violations } = runWorld({ seed, hours: 0.5, weather, neighbours });
    assert.deepEqual(violations, [], `seed ${seed}`);
    if ((faults['clock of the day it was made'] ?? 0) > 0) count++;
  }
  return count;
}

describe('EmptyBattery', function () {
  this.timeout(60_000);

  it('begins on the day it was made in a few of the worlds whose clock is true, and the lock bears it', () => {
    const count = wrongClocks('true');
    assert.ok(count > 0 && count < SEEDS / 2, `${count} of ${SEEDS}`);
  });

  it('is in no world that has another clock', () => {
    assert.equal(wrongClocks('none'), 0);
  });
});
