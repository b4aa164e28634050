import assert from 'node:assert/strict';
import { drawPairingWeather } from '../../../../host-sim/swarm/pairing-weather.js';
import { Prng } from '../../../../host-sim/world/prng.js';

const SEEDS = Array.from({ length: 400 }, (_, i) => i + 1);
const drawn = (hasRollbacks: boolean) =>
  SEEDS.map((seed) => drawPairingWeather(new Prng(seed, 'pairing weather'), hasRollbacks));

describe('drawPairingWeather', () => {
  it('lets people come to three worlds of ten', () => {
    const some = drawn(false).filter((weather) => weather !== undefined);
    assert.ok(some.length > 90 && some.length < 150, `${some.length}`);
    const rates = (
      ['ownersVisitsPerHour', 'strangersPerHour', 'insidersPerHour', 'salesPerHour'] as const
    ).map((name) => some.filter((weather) => weather[name] > 0).length / some.length);
    for (const rate of rates) assert.ok(rate > 0.4 && rate < 0.8, rates.join());
    assert.ok(
      some.some(({ isPairedAnew }) => isPairedAnew) && some.some(({ isPairedAnew }) => !isPairedAnew),
    );
  });

  it('lets nobody come where flash is rolled back, which would bring back what was vetoed', () => {
    assert.ok(drawn(true).every((weather) => weather === undefined));
  });

  it('draws as much in either case, so that it moves nothing that is drawn after it', () => {
    const next = [false, true].map((hasRollbacks) => {
      const prng = new Prng(7, 'pairing weather');
      drawPairingWeather(prng, hasRollbacks);
      return prng.uint32();
    });
    assert.equal(next[0], next[1]);
  });
});
