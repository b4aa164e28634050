import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hunt, type WorldSeed } from '../../host-sim/sabotages/hunt.js';
import { applyEdits, type Sabotage } from '../../host-sim/sabotages/sabotage.js';
import { SABOTAGES } from '../../host-sim/sabotages/sabotage-list.js';
import { runWorld } from '../../host-sim/swarm/run-world.js';

interface CommittedCatch extends WorldSeed {
  readonly checker: string;
}

const CATCHES = JSON.parse(
  readFileSync(new URL('../../../host-sim/sabotages/catches.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, CommittedCatch>>;
const LANES = 2;
const SABOTAGES_MIN = 25;

describe('SABOTAGES', function () {
  this.timeout(600_000);
  /** The checkers that found each of them out. */
  const found = new Map<string, readonly string[]>();

  before(async () => {
    const queue = [...SABOTAGES];
    const lane = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        found.set(next.name, await checkersOf(next));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });

  it('are at least as many as were promised, each with its name and its world', () => {
    const names = SABOTAGES.map(({ name }) => name);
    assert.ok(names.length >= SABOTAGES_MIN, `${names.length}`);
    assert.deepEqual(Object.keys(CATCHES), names, 'npm run sabotage -- --write');
    assert.equal(new Set(names).size, names.length);
  });

  it('leave nothing to be found where the firmware is the true one', () => {
    const worlds = new Map(Object.values(CATCHES).map((world) => [`${world.seed} ${world.hours}`, world]));
    for (const { seed, hours } of worlds.values())
      assert.deepEqual(runWorld({ seed, hours }).violations, [], `seed ${seed}, ${hours} hours`);
  });

  for (const { name, says } of SABOTAGES) {
    it(`finds out ${name}: ${says}`, () => {
      const { checker, seed, hours } = CATCHES[name] ?? { checker: '', seed: 0, hours: 0 };
      const line = `npm run sabotage -- --names ${name} --write finds another world than seed ${seed}, ${hours} hours`;
      assert.ok(
        found.get(name)?.includes(checker),
        `${found.get(name)?.join(', ')}, and not ${checker}: ${line}`,
      );
    });
  }
});

/** Those that find this sabotage out in its world. */
async function checkersOf(sabotage: Sabotage): Promise<readonly string[]> {
  const world = CATCHES[sabotage.name];
  if (world === undefined) return [];
  const { seed, hours, checker: until } = world;
  const { caught } = await hunt({ sabotage, worlds: [{ seed, hours }], isTrueHonest: true, until });
  return caught?.checkers ?? [];
}

describe('applyEdits', () => {
  const edit = { file: 'a.js', from: 'if (x)', to: 'if (true)' };

  it('changes what stands there once', () => {
    assert.equal(applyEdits('if (x) y();', [edit]), 'if (true) y();');
    assert.equal(applyEdits('if (x) y();', [edit, { ...edit, from: 'y()', to: '$&' }]), 'if (true) $&;');
  });

  it('refuses what is not there, or there twice', () => {
    for (const text of ['if (z) y();', 'if (x) if (x)'])
      assert.throws(() => applyEdits(text, [edit]), { name: 'StaleSabotage' });
  });
});
