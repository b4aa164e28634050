import assert from 'node:assert/strict';
import { runWorld } from '../../host-sim/swarm/run-world.js';
import { runSwarm } from '../../host-sim/swarm/swarm.js';
import { addResult, EMPTY_TALLY, type Tally } from '../../host-sim/swarm/tally.js';
import { LIE_NAMES } from '../../host-sim/world/lies.js';

const WORLDS = 300;
const HOURS = 6;
const JOBS = 2;

describe('worlds on a seed', function () {
  this.timeout(900_000);
  let tally: Tally = EMPTY_TALLY;
  const violations: string[] = [];

  before(async () => {
    await runSwarm({ seeds: [1, WORLDS], hours: HOURS, jobs: JOBS }, (result) => {
      tally = addResult(tally, result);
      for (const { checker, found } of result.violations)
        violations.push(
          `npm run sim -- --seed ${result.seed} --hours ${HOURS} --trace: ${checker}: ${found}`,
        );
    });
  });

  it('are all lived through', () => {
    assert.equal(tally.worlds, WORLDS);
    assert.equal(tally.lockHours, WORLDS * HOURS);
  });

  it('hold every invariant', () => {
    assert.deepEqual(violations, []);
  });

  it('have openings, reports and every kind of misfortune', () => {
    assert.ok(tally.openings > WORLDS, `${tally.openings} openings`);
    assert.ok(tally.reports > 10 * WORLDS, `${tally.reports} reports`);
    const faults = Object.keys(tally.faults);
    for (const fault of [
      'power cut',
      'rollback',
      'flash refuses',
      'bit rot',
      'clock step',
      'sensor fault',
      'replay',
      'every node lies',
      'flood of orders',
      'blackout',
    ])
      assert.ok(faults.includes(fault), fault);
    for (const kind of ['keep', 'reorder', 'delay', 'drop'])
      assert.ok(faults.includes(`reorganisation ${kind}`), kind);
  });

  it('tell every lie that needs no key of the owner', () => {
    const told = LIE_NAMES.filter((name) => tally.faults[`lie ${name}`] === undefined);
    // Told by other means: the owner of a world signs odd orders, and nodes show again what was signed.
    assert.deepEqual(told, ['replay', 'expired', 'too-far-ahead', 'other-epoch', 'unknown-action']);
  });
});

describe('runWorld', () => {
  it('comes out the same again from the same seed', () => {
    const [one, other] = [runWorld({ seed: 4, hours: 1 }), runWorld({ seed: 4, hours: 1 })];
    assert.equal(one.digest, other.digest);
    assert.deepEqual(one, other);
    assert.notEqual(runWorld({ seed: 5, hours: 1 }).digest, one.digest);
  });

  it('tells a timeline that changes nothing', () => {
    const lines: string[] = [];
    const told = runWorld({ seed: 4, hours: 1, onLine: (line) => lines.push(line) });
    assert.equal(told.digest, runWorld({ seed: 4, hours: 1 }).digest);
    assert.ok(lines.some((line) => /report 1 boot/.test(line)));
  });
});
