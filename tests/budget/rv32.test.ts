import assert from 'node:assert/strict';
import { type Budget, figuresOf, overBudget, readBudget } from '../../tools/rv32/budget.js';
import { runImage } from '../../tools/rv32/emulator.js';
import { buildImage, missingTools } from '../../tools/rv32/image.js';
import { measureRv32 } from '../../tools/rv32/measure.js';
import type { Rv32Result } from '../../tools/rv32/result.js';
import { writeStory } from '../../tools/rv32/story.js';

/** The first build of XS on a slow machine, and a run of each engine. */
const BUILD_AND_RUN_MS = 300_000;

describe("the device's own numbers on rv32imc", function () {
  this.timeout(BUILD_AND_RUN_MS);
  let result: Rv32Result;

  before(async function () {
    const missing = missingTools();
    if (missing === undefined) {
      result = await measureRv32(() => {});
      return;
    }
    process.stderr.write(`rv32 budgets skipped: ${missing} not found\n`);
    this.skip();
  });

  it('are inside the committed budgets', () => {
    const budget = readBudget();
    if (budget.compiler !== result.compiler) {
      process.stderr.write(
        `rv32: ${result.compiler} is held to the limits alone, the budget is of ${budget.compiler}\n`,
      );
    }
    assert.deepEqual(overBudget(result, budget), []);
  });

  it('are the same in every run', async () => {
    const { spans } = await runImage(await buildImage(() => {}), 'native', await writeStory());
    for (const [name, { instructions }] of Object.entries(spans)) {
      assert.equal(instructions, result.engines.native[name as keyof typeof spans], name);
    }
  });

  it('tell all of the live heap by its parts, and what collections add', () => {
    for (const { parts, live, slots, chunks, peak } of Object.values(result.heap)) {
      assert.equal(live, slots + chunks);
      assert.equal(
        Object.values(parts).reduce((sum, bytes) => sum + bytes, 0),
        live,
      );
      for (const [part, bytes] of Object.entries(parts)) assert.ok(bytes > 0, part);
      assert.ok(peak > live);
    }
    for (const [span, instructions] of Object.entries(result.collecting.typescript)) {
      assert.ok(
        instructions > result.engines.typescript[span as keyof typeof result.engines.typescript],
        span,
      );
    }
  });

  it('leave the engines in TypeScript and in C apart only where cryptography is', () => {
    const { native, typescript } = result.engines;
    // The same modules on the same story: what differs are a few instructions of the allocator.
    assert.ok(Math.abs(native.poll - typescript.poll) < native.poll / 100);
    assert.ok(typescript.command > 2 * native.command);
  });
});

describe('overBudget', () => {
  const figures = (command: number, extra: Partial<Rv32Result['engines']['native']> = {}): Rv32Result =>
    resultWith({ command, forged: 1, report: 1, poll: 1, ...extra });
  const budget = (command: number): Budget => ({
    reasons: ['r'],
    compiler: 'gcc 1',
    figures: figuresOf(figures(command)),
  });

  it('lets a rise of five in a hundred pass, and no more', () => {
    assert.deepEqual(overBudget(figures(105), budget(100)), []);
    assert.equal(overBudget(figures(106), budget(100)).length, 2);
  });

  it('lets anything fall', () => {
    assert.deepEqual(overBudget(figures(1), budget(100)), []);
  });

  it('holds the limit whatever the budget says', () => {
    assert.deepEqual(overBudget(figures(15_000_000), budget(15_000_000)), []);
    assert.match(
      overBudget(figures(15_000_001), budget(15_000_001)).join(),
      /^native command: 15000001, over/,
    );
  });

  it('holds the limit of a step with the collections in it', () => {
    const result = figures(100);
    const { native } = result.collecting;
    const slow = { ...result, collecting: { ...result.collecting, native: { ...native, poll: 3_000_001 } } };
    assert.deepEqual(overBudget(slow, budget(100)), ['native poll: 3000001, over the limit of 3000000']);
  });

  it("holds another compiler's code to the limits alone", () => {
    const other = { ...budget(1), compiler: 'gcc 2' };
    assert.deepEqual(overBudget(figures(100), other), []);
    assert.equal(overBudget(figures(15_000_001), other).length, 1);
  });

  it('refuses a figure that is in no budget', () => {
    assert.ok(
      overBudget(figures(1), { reasons: [], compiler: 'gcc 1', figures: {} }).includes(
        'native command: 1, in no budget',
      ),
    );
  });
});

describe('the budget file', () => {
  it('says why, and for which compiler', () => {
    const { reasons, compiler, figures } = readBudget();
    assert.match(compiler, /^gcc \d+\.\d+\.\d+$/);
    assert.ok(reasons.length > 0 && reasons.every((reason) => reason.trim().length > 10));
    assert.ok(Object.values(figures).every((figure) => Number.isSafeInteger(figure) && figure > 0));
  });
});

function resultWith(spans: Rv32Result['engines']['native']): Rv32Result {
  const none = { command: 1, forged: 1, report: 1, poll: 1 };
  const parts = { engine: 1, code: 1, modules: 1, data: 1, harness: 1 };
  const heap = { slots: 3, chunks: 2, stack: 1, live: 5, peak: 6, parts };
  const profile = { engineUse: { command: {}, forged: {}, report: {}, poll: {} }, functions: {} };
  return {
    compiler: 'gcc 1',
    engines: { native: spans, typescript: spans },
    heap: { native: heap, typescript: heap },
    flash: { xs: 1, nativeEngine: 1, host: 1, library: 1, modules: { native: 1, typescript: 1 } },
    collecting: { native: spans, typescript: spans },
    staticRam: { xs: 1, nativeEngine: 1, host: 1, library: 1 },
    allocated: { native: none, typescript: none },
    boot: { native: 1, typescript: 1 },
    collection: { native: 1, typescript: 1 },
    profile: { native: profile, typescript: profile },
  };
}
