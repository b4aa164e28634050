import assert from 'node:assert/strict';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import type { PairingWeather } from '../../../../host-sim/swarm/pairing-weather.js';
import { Visitors } from '../../../../host-sim/swarm/visitors.js';
import type { Weather } from '../../../../host-sim/swarm/weather.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';
import { liveWith } from './short-life.js';

const NOBODY: PairingWeather = {
  ownersVisitsPerHour: 0,
  strangersPerHour: 0,
  insidersPerHour: 0,
  salesPerHour: 0,
  regrets: 0,
  resetsPerHour: 0,
  isPairedAnew: true,
};
/** A visit that has begun before the calm, and the guesses after it. */
const LEAVING_MS = 180_000;
const moveIn = (parts: Neighbourhood) => new Visitors(parts);

function liveBy(change: Partial<PairingWeather> | undefined, seed = 1) {
  const pairing = change && { ...NOBODY, ...change };
  const weather: Weather = { ...FAIR_WEATHER, pairing };
  return liveWith(seed, weather, moveIn);
}

describe('Visitors', () => {
  it('are the owner, strangers and insiders, who leave the lock to its owner', () => {
    const { seen, result } = liveBy({ ownersVisitsPerHour: 12, strangersPerHour: 12, insidersPerHour: 12 });
    const names = Object.keys(result.faults);
    for (const who of [/^owner at the port$/, /^stranger at the port: /, /^insider: /])
      assert.ok(
        names.some((name) => who.test(name)),
        `${who} in ${names}`,
      );
    const { owner, owners } = seen.parts;
    assert.deepEqual(owner.told?.owner, owners[0]?.address20);
    assert.equal(owner.told?.epoch, 1);
  });

  it('leave in the calm', () => {
    const { seen } = liveBy({ ownersVisitsPerHour: 12, strangersPerHour: 12 });
    const talks = seen.outputs.filter(({ kind }) => kind === 'pairing-send');
    assert.ok(talks.some(({ atMs }) => atMs < seen.calmMs));
    assert.ok(talks.every(({ atMs }) => atMs < seen.calmMs + LEAVING_MS));
  });

  it('come to no world in which nobody does', () => {
    const { seen, result } = liveBy(undefined);
    assert.deepEqual(result.faults, {});
    assert.equal(seen.outputs.filter(({ kind, atMs }) => kind === 'pairing-send' && atMs > 60_000).length, 0);
  });

  it('buy the lock, and have it in the end', () => {
    const { seen, result } = liveBy({ salesPerHour: 6 });
    const { owner, owners } = seen.parts;
    assert.ok((result.faults['sale'] ?? 0) > 0, JSON.stringify(result.faults));
    assert.notEqual(owner.signer, owners[0]);
    assert.deepEqual(owner.told?.owner, owner.signer.address20);
    assert.equal(owner.told?.epoch, owner.chainEpoch);
  });

  it('reset it, after which the owner has another lock, or leaves it alone', () => {
    for (const isPairedAnew of [true, false]) {
      const { seen, result } = liveBy({ resetsPerHour: 3, isPairedAnew });
      assert.ok((result.faults['factory reset'] ?? 0) > 0);
      const { owner, owners, archive } = seen.parts;
      assert.equal(formatHex(archive.lock20) !== seen.firstLock, isPairedAnew);
      if (isPairedAnew) assert.deepEqual(owner.told?.owner, owners[0]?.address20);
      else assert.equal(result.faults['paired anew'], undefined);
    }
  });
});
