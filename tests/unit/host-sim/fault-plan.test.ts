import assert from 'node:assert/strict';
import { FaultPlan, faultsOf, formatFault, parseFault } from '../../../host-sim/world/fault-plan.js';

describe('FaultPlan', () => {
  it('counts each kind apart, and hits one of them once', () => {
    const plan = new FaultPlan({ on: 'message', at: 2, how: 'doubled' });
    plan.arm();
    assert.deepEqual([plan.write(), plan.write(), plan.output(), plan.output()], Array(4).fill(undefined));
    assert.deepEqual([plan.message(), plan.message(), plan.message()], [undefined, 'doubled', undefined]);
    assert.deepEqual([plan.writes, plan.outputs, plan.messages, plan.hits], [2, 2, 3, 1]);
  });

  it('counts nothing before it is armed', () => {
    const plan = new FaultPlan({ on: 'write', at: 1, how: 'torn' });
    assert.equal(plan.write(), undefined);
    plan.arm();
    assert.equal(plan.write(), 'torn');
  });
});

describe('faultsOf', () => {
  it('has each occasion in each way, once, and each can be read back', () => {
    const faults = faultsOf({ writes: 2, outputs: 3, messages: 1 });
    const texts = faults.map(formatFault);
    assert.equal(new Set(texts).size, 2 * 3 + 3 * 2 + 1 * 3);
    assert.deepEqual(texts.map(parseFault), faults);
  });
});

describe('parseFault', () => {
  it('refuses what is no fault', () => {
    for (const text of [
      '',
      'write',
      'write:0:torn',
      'write:1:dropped',
      'output:1:torn',
      'message:1:before',
      'x:1:torn',
    ])
      assert.equal(parseFault(text), undefined, text);
  });
});
