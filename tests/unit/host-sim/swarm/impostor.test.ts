import assert from 'node:assert/strict';
import { Impostor } from '../../../../host-sim/swarm/impostor.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';
import { liveWith, seedWhere } from './short-life.js';

const MOODY = { ...FAIR_WEATHER, nodes: { ...FAIR_WEATHER.nodes, moodsPerHour: 1 } };
const HERE = seedWhere('impostor', 0.4, true);
const moveIn = (parts: Neighbourhood) => new Impostor(parts);

describe('Impostor', () => {
  it('has nodes tell what was never signed for this lock, and opens nothing by it', () => {
    const { seen, result } = liveWith(HERE, MOODY, moveIn);
    const names = Object.keys(result.faults);
    assert.ok(names.length > 1 && names.every((name) => name.startsWith('trick ')), names.join());
    const tricks = Object.values(result.faults).reduce((sum, count) => sum + count, 0);
    assert.equal(seen.whispers.length, tricks);
    const { archive } = seen.parts;
    for (const { rumour } of seen.whispers)
      assert.equal(archive.find(rumour.hash), undefined, `${rumour.topic} ${rumour.hash}`);
    assert.equal(
      seen.outputs.some(({ atMs, kind }) => kind === 'drive-bolt' && atMs < seen.calmMs),
      false,
    );
  });

  it('is silent in the calm, as are the nodes', () => {
    const { seen } = liveWith(HERE, MOODY, moveIn);
    assert.ok(seen.whispers.length > 0 && seen.whispers.every(({ atMs }) => atMs < seen.calmMs));
    assert.equal(seen.tellingCount, 0);
  });

  it('comes to no world whose nodes are honest, and not to all others', () => {
    const honest = liveWith(HERE, FAIR_WEATHER, moveIn);
    const away = liveWith(seedWhere('impostor', 0.4, false), MOODY, moveIn);
    for (const { seen, result } of [honest, away]) assert.deepEqual([seen.whispers, result.faults], [[], {}]);
  });
});
