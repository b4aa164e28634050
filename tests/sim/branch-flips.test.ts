import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { branchesOf, type NumberedBranch, urlOf, VERDICT_MODULES } from './flips/flip-modules.js';
import { flippable } from './flips/flip-source.js';
import type { FlipErrand, FlipFindings } from './flips/flip-worker.js';
import { FLIPS_NAME, Flips } from './flips/flips.js';

const WORKERS = 2;
/**
 * What a guest's opening depends on and is read once, as SECURITY.md says: how long the lease is, and whether a node has
 * told all. The rest of these modules is flipped all the same; nobody but a guest with a grant gets in by it.
 */
const READ_ONCE: readonly string[] = ['lock/guest-settings', 'lock/lease'];
const BY_A_GUEST = /^a guest's unlock/;

describe('each branch between a node’s answer and the motor, inverted alone', function () {
  this.timeout(600_000);
  const branches = branchesOf(VERDICT_MODULES);
  let findings: readonly FlipFindings[] = [];

  before(async () => {
    const shares = Array.from({ length: WORKERS }, (_, share) =>
      branches.map(({ number }) => number).filter((number) => number % WORKERS === share),
    );
    findings = await Promise.all(shares.map((numbers) => flipAll(branches, numbers)));
  });

  it('are many, and most of them are decided in the stories', () => {
    const [first] = findings;
    assert.ok(first !== undefined);
    assert.ok(branches.length >= 600, `${branches.length} branches`);
    assert.ok(first.reached.length >= branches.length * 0.7, `${first.reached.length} reached`);
  });

  it('draw the bolt for true orders alone, as long as none is inverted', () => {
    for (const { untouched } of findings)
      assert.deepEqual(untouched, ['a true unlock of the owner', 'a true unlock of a guest']);
  });

  it('draw it for nothing that is forged, strange, late, repeated or meant for another lock', () => {
    const opened = findings.flatMap((found) =>
      found.opened.flatMap(({ number, story }) => {
        const branch = branches[number];
        assert.ok(branch !== undefined);
        const isReadOnce = READ_ONCE.includes(branch.module) && BY_A_GUEST.test(story);
        return isReadOnce ? [] : [`${branch.module}.js:${branch.line} (${branch.text}): ${story}`];
      }),
    );
    assert.deepEqual(opened, []);
  });
});

function flipAll(branches: readonly NumberedBranch[], numbers: readonly number[]): Promise<FlipFindings> {
  const firstNumbers = new Map<string, number>();
  for (const { module, number } of branches) {
    const url = urlOf(module);
    if (!firstNumbers.has(url)) firstNumbers.set(url, number);
  }
  const errand: FlipErrand = { firstNumbers, numbers };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./flips/flip-worker.js', import.meta.url), { workerData: errand });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('flippable', () => {
  const flips = new Flips();
  const cases: readonly (readonly [source: string, straight: unknown, inverted: unknown])[] = [
    ['x => { if (x === 1) return 2; return 3; }', 2, 3],
    ['x => { let y = 1; if (x) y = 2; else y = 3; return y; }', 2, 3],
    ['x => (x ? 4 : 5)', 4, 5],
    ['x => x && 6', 6, false],
    ['x => x || 7', 1, 7],
    ['x => x ?? 8', 1, 8],
    ['x => (x) ?? (9)', 1, 9],
    ['x => undefined ?? x', 1, undefined],
    ['x => { let y; y ??= x; return y; }', 1, undefined],
    ['x => { let y = 2; y ??= x; return y; }', 2, 1],
  ];
  for (const [source, straight, inverted] of cases)
    it(`inverts the branch of ${source}, and leaves it be until then`, () => {
      const made = flippable(`const run = ${source};`, 0);
      assert.equal(made.branches.length, 1);
      const run = new Function(FLIPS_NAME, `${made.source.replace('globalThis.', '')} return run(1);`);
      const outcomes = [-1, 0].map((chosen) => {
        flips.choose(chosen);
        flips.allow(10);
        flips.turn(true);
        return run(flips) as unknown;
      });
      assert.deepEqual(outcomes, [straight, inverted]);
    });

  it('numbers every branch of one expression, and keeps lines', () => {
    const { source, branches } = flippable(
      'const f = (a, b, c) =>\n  a && (b ?? c) ? a || b : (c ?? a) ?? b;',
      7,
    );
    assert.equal(branches.length, 6);
    assert.deepEqual(new Set(branches.map(({ line }) => line)), new Set([2]));
    assert.equal(source.split('\n').length, 2);
    for (let number = 7; number < 13; number++) assert.ok(source.includes(`(${number}, `), `${number}`);
  });
});
