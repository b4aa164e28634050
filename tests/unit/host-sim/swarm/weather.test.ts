import assert from 'node:assert/strict';
import { checkSettings } from '../../../../firmware/protocol/setting.js';
import { drawWeather } from '../../../../host-sim/swarm/weather.js';
import { Prng } from '../../../../host-sim/world/prng.js';

const WEATHERS = Array.from({ length: 300 }, (_, seed) => drawWeather(new Prng(seed, 'weather')));

describe('drawWeather', () => {
  it('draws the same from the same seed', () => {
    assert.deepEqual(drawWeather(new Prng(7, 'weather')), WEATHERS[7]);
    assert.notDeepEqual(WEATHERS[8], WEATHERS[7]);
  });

  it('draws calm worlds, and each misfortune in some', () => {
    const isCalm = WEATHERS.map(
      ({ network, nodes, flash, power }) =>
        network.loss + nodes.moodsPerHour + flash.rotPerHour + power.cutsPerHour === 0,
    );
    assert.ok(isCalm.filter((calm) => calm).length > 50);
    for (const part of ['network', 'nodes', 'chain', 'flash', 'power', 'room', 'sink', 'people'] as const)
      for (const name of Object.keys(WEATHERS[0]?.[part] ?? {})) {
        const has = WEATHERS.some((weather) => Number(Reflect.get(weather[part], name)) > 0);
        assert.ok(has, `${part} ${name}`);
      }
    assert.ok(WEATHERS.some(({ rng }) => rng.isStuck));
  });

  it('draws settings that a lock can read', () => {
    for (const { texts } of WEATHERS) assert.doesNotThrow(() => checkSettings(texts));
  });

  it('lets a flash that is put back have a strict lock, whose chance is not stuck as well', () => {
    for (const { flash, texts, rng } of WEATHERS.filter(({ flash }) => flash.rollbacksPerHour > 0)) {
      assert.equal(texts.get('strict-after-boot'), 'on', String(flash.rollbacksPerHour));
      assert.equal(rng.isStuck, false);
    }
  });

  it('draws worlds in which every node lies, a guest floods the lock, or all nodes but one are away', () => {
    assert.ok(WEATHERS.some(({ nodes }) => nodes.isAllByzantine));
    assert.ok(WEATHERS.some(({ people }) => (people.floodsPerHour ?? 0) > 0 && people.guests > 0));
    assert.ok(WEATHERS.some(({ nodes }) => (nodes.blackoutsPerHour ?? 0) > 0 && nodes.count >= 3));
  });
});
