import assert from 'node:assert/strict';
import { SCENARIOS } from '../../host-sim/scenarios/all-scenarios.js';
import { type Exhausted, exhaust, exhaustAll } from '../../host-sim/scenarios/exhaust.js';
import type { Scenario } from '../../host-sim/scenarios/scenario.js';
import { tellScenario } from '../../host-sim/scenarios/tell-scenario.js';
import { FaultPlan, faultsOf, formatFault } from '../../host-sim/world/fault-plan.js';

const JOBS = 2;
const STORY = SCENARIOS[0] as Scenario;

describe('named scenarios', function () {
  this.timeout(900_000);
  const results: Exhausted[] = [];

  before(() => exhaustAll(SCENARIOS, JOBS, (result) => results.push(result), true));

  it('hold every invariant and what they promise, whatever single thing goes wrong', () => {
    const found = results.flatMap(({ failures }) =>
      failures.map(({ name, fault, violations }) => {
        const which = fault === undefined ? '' : ` --fault ${formatFault(fault)}`;
        const [first] = violations;
        return `npm run scenarios -- --name ${name}${which} --trace: ${first?.checker}: ${first?.found}`;
      }),
    );
    assert.deepEqual(found, []);
  });

  it('are told once for each fault that they have an occasion for', () => {
    assert.deepEqual(results.map(({ name }) => name).sort(), SCENARIOS.map(({ name }) => name).sort());
    for (const { name, occasions, runs } of results) {
      const { writes, outputs, messages } = occasions;
      assert.ok(writes > 5 && outputs > 20 && messages > 20, name);
      const { quickStep = 1 } = SCENARIOS.find((scenario) => scenario.name === name) ?? {};
      const faults = 3 * writes + 2 * outputs + 3 * messages;
      assert.equal(runs, 1 + Math.ceil(faults / quickStep), name);
    }
  });
});

describe('exhaust', () => {
  it('finds what holds only while nothing goes wrong', () => {
    // An owner who never signs again.
    const hasty: Scenario = {
      ...STORY,
      name: 'hasty',
      *play(people) {
        yield { until: () => people.reports.length > 0, withinMs: 1_000 };
        people.sign(people.parts.owner.signer, people.order(2));
        yield { until: () => people.isBolt('unlocked'), withinMs: 20_000 };
        people.expect(people.isBolt('unlocked'), 'the bolt was wished unlocked once, and is not');
      },
    };
    const { failures } = exhaust(hasty);
    const found = failures.map(({ fault }) => fault && formatFault(fault));
    assert.ok(found.includes('write:1:after'), found.join());
    assert.ok(!found.includes(undefined));
  });

  it('finds a checker that objects, and a fault that never comes or comes twice', () => {
    const objects = exhaust(STORY, { first: 0, step: 1_000 }, (scenario, fault) =>
      tellScenario(scenario, fault, undefined, {
        objects: (_scene, fail) => ({
          says: 'Nothing ever boots twice.',
          boot: () => fault && fail('it boots'),
        }),
      }),
    );
    assert.ok(objects.failures.length > 0);
    for (const hits of [0, 2]) {
      const { failures } = exhaust(STORY, { first: 0, step: 1_000 }, (scenario, fault) => ({
        ...tellScenario(scenario),
        fault,
        hits: fault === undefined ? 0 : hits,
      }));
      assert.deepEqual(
        failures.map(({ violations }) => violations[0]?.found),
        [`the fault came ${hits} times`],
      );
    }
  });

  it('tells each so-many-th of a long life’s faults where it is to be quick, and all of them else', () => {
    const occasions = { writes: 3, outputs: 4, messages: 5 };
    const all = faultsOf(occasions).map(formatFault);
    const told = (quickStep: number | undefined, isQuick: boolean) => {
      const faults: string[] = [];
      const scenario = { ...STORY, ...(quickStep !== undefined && { quickStep }) };
      const { runs } = exhaust(scenario, { first: 0, step: 1, isQuick }, (_, fault) => {
        if (fault !== undefined) faults.push(formatFault(fault));
        return { fault, occasions, hits: fault === undefined ? 0 : 1, violations: [], digest: '' };
      });
      assert.equal(runs, faults.length + 1);
      return faults;
    };
    assert.deepEqual(told(7, false), all);
    assert.deepEqual(told(undefined, true), all);
    assert.deepEqual(
      told(7, true),
      [0, 7, 14, 21, 28].map((i) => all[i]),
    );
  });

  it('gives each worker its part of the faults, and nobody the same', () => {
    const told: string[] = [];
    const tell = (scenario: Scenario, fault?: Parameters<typeof formatFault>[0]) => {
      if (fault !== undefined) told.push(formatFault(fault));
      const occasions = { writes: 3, outputs: 4, messages: 5 };
      return { fault, occasions, hits: fault === undefined ? 0 : 1, violations: [], digest: scenario.name };
    };
    const runs = [0, 1, 2].map((first) => exhaust(STORY, { first, step: 3 }, tell).runs);
    const all = faultsOf({ writes: 3, outputs: 4, messages: 5 }).map(formatFault);
    assert.deepEqual(told.toSorted(), all.toSorted());
    assert.equal(
      runs.reduce((sum, count) => sum + count, 0),
      all.length + 1,
    );
  });
});

describe('tellScenario', () => {
  it('comes out the same again, and otherwise with a fault', () => {
    const [one, other] = [tellScenario(STORY), tellScenario(STORY)];
    assert.deepEqual(one, other);
    const lines: string[] = [];
    assert.equal(tellScenario(STORY, undefined, (line) => lines.push(line)).digest, one.digest);
    assert.ok(lines.some((line) => line.includes('the play is over')));
    assert.notEqual(tellScenario(STORY, { on: 'write', at: 1, how: 'torn' }).digest, one.digest);
  });

  it('counts what the lock writes, and nothing before the plan is armed', () => {
    const lines: string[] = [];
    const { occasions } = tellScenario(STORY, undefined, (line) => lines.push(line));
    const written = lines.filter((line) => line >= '00:00:30' && line.includes(' write ')).length;
    assert.equal(occasions.writes, written);
    const plan = new FaultPlan({ on: 'output', at: 1, how: 'before' });
    assert.equal(plan.output(), undefined);
    plan.arm();
    assert.equal(plan.output(), 'before');
    assert.equal(plan.output(), undefined);
    assert.deepEqual([plan.outputs, plan.hits], [2, 1]);
    const later = new FaultPlan({ on: 'output', at: 1, how: 'before' }, 2);
    later.arm();
    assert.equal(later.output(), undefined);
    later.arm();
    assert.equal(later.output(), 'before');
  });
});
