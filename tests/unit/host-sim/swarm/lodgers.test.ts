import assert from 'node:assert/strict';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import { Lodgers } from '../../../../host-sim/swarm/lodgers.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';
import { liveWith, seedWhere } from './short-life.js';

const WEATHER = { ...FAIR_WEATHER, people: { ...FAIR_WEATHER.people, guests: 2 } };
const moveIn = (parts: Neighbourhood) => new Lodgers(parts);

describe('Lodgers', () => {
  it('are given keys of all kinds, and come in time and out of it', () => {
    const { seen, result } = liveWith(seedWhere('lodgers', 0.3, true), WEATHER, moveIn);
    const { archive, guests } = seen.parts;
    assert.deepEqual(result.faults, { lodgers: 1 });
    const living = archive.all.filter(({ signedMs }) => signedMs < seen.calmMs);
    const grants = living.flatMap(({ command }) => (command.kind === 'grant' ? [command] : []));
    for (const { address20 } of guests)
      assert.ok(grants.some(({ guest }) => formatHex(guest) === formatHex(address20)));
    const names = guests.map(({ address20 }) => formatHex(address20) as string);
    assert.ok(living.some(({ by, command }) => command.kind === 'order' && names.includes(by)));
    assert.ok(seen.whispers.length > 0);
    // Receipts name the end of a grant: no two have the same.
    assert.equal(new Set(grants.map(({ terms }) => terms.notAfterSeconds)).size, grants.length);
  });

  it('are gone in the calm, when no node tells of them any more', () => {
    const { seen } = liveWith(seedWhere('lodgers', 0.3, true), WEATHER, moveIn);
    const owner = formatHex(seen.parts.owner.signer.address20);
    const late = seen.parts.archive.all.filter(({ signedMs }) => signedMs >= seen.calmMs);
    assert.ok(late.every(({ by, command }) => by === owner && command.kind === 'order'));
    assert.ok(seen.whispers.every(({ atMs }) => atMs < seen.calmMs));
    assert.equal(seen.tellingCount, 0);
  });

  it('do not come to every house, nor to one without guests', () => {
    const away = liveWith(seedWhere('lodgers', 0.3, false), WEATHER, moveIn);
    const none = { ...WEATHER, people: { ...WEATHER.people, guests: 0 } };
    const alone = liveWith(seedWhere('lodgers', 0.3, true), none, moveIn);
    for (const { seen, result } of [away, alone]) {
      assert.deepEqual(result.faults, {});
      assert.ok(seen.parts.archive.all.every(({ signedMs }) => signedMs >= seen.calmMs));
    }
  });
});
