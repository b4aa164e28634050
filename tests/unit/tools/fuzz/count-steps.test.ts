import assert from 'node:assert/strict';
import { countSteps } from '../../../../tools/fuzz/count-steps.js';
import { countersOfThisProcess, PlaceMemory, StepCounter } from '../../../../tools/fuzz/step-counter.js';

/** As `tsc` writes it: one statement a line, four spaces, no braces that the source has not. */
const SOURCE = `
/** A comment (that) looks like code() {
 * if (x)
 */
export function sum(list) {
    let all = 0;
    for (const one of list)
        all += one;
    for (let i = 0; i < list.length; i++)
        if (list[i] > 100)
            all -= list[i];
    while (all < 0)
        all++;
    switch (list.length) {
        case 0:
            return 0;
        default:
            if (all > 5) {
                return all;
            }
            else {
                return -all;
            }
    }
}
export class Box {
    #held = { a: 1 };
    get(name) {
        const read = (key) => {
            return this.#held[key];
        };
        return read(name);
    }
}
`;

interface Module {
  sum(list: readonly number[]): number;
  readonly Box: new () => { get(name: string): number | undefined };
}

async function moduleOf(source: string): Promise<Module> {
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  return (await import(url)) as Module;
}

describe('countSteps', () => {
  it('leaves a module doing what it did, on the same lines', async () => {
    countersOfThisProcess();
    const { source } = countSteps(SOURCE, 0);
    assert.equal(source.split('\n').length, SOURCE.split('\n').length);
    const plain = await moduleOf(SOURCE);
    const counted = await moduleOf(source);
    for (const list of [[], [1, 2, 3], [200, 1], [-3, 1]]) assert.equal(counted.sum(list), plain.sum(list));
    assert.equal(new counted.Box().get('a'), 1);
  });

  it('counts every turn of every loop, and every branch', async () => {
    const { source, places } = countSteps(SOURCE, 100);
    const { sum } = await moduleOf(source);
    const counter = new StepCounter();
    const memory = new PlaceMemory();
    counter.reset();
    sum([1, 2, 3]);
    // The function, three turns and three turns, the default, and the branch.
    assert.deepEqual(counter.take(memory), { count: 9, isNew: true });
    sum([1, 2, 3]);
    assert.equal(counter.take(memory).isNew, false);
    sum(Array.from({ length: 40 }, () => 1));
    assert.deepEqual(counter.take(memory), { count: 83, isNew: true });
    assert.ok(memory.reached.every((place) => place >= 100 && place < 100 + places));
  });
});
