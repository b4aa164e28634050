import { fileURLToPath } from 'node:url';
import { TARGETS } from './catalogue.js';
import { entryOf, inputsOf, readCorpus } from './corpus.js';
import { type FuzzResult, fuzz, judgeInput } from './fuzzer.js';
import { StepCounter } from './step-counter.js';
import type { Target } from './target.js';

export interface SessionOptions {
  readonly seed: number;
  readonly executions: number;
  /** Names of targets; all where absent. */
  readonly target?: readonly string[];
  /** Only what was found before. */
  readonly replay: boolean;
  readonly json: boolean;
}

const CORPUS = fileURLToPath(new URL('../../../tests/vectors/fuzz/finds.json', import.meta.url));

/**
 * Fuzzes, and prints what came of it. To be imported once the loader counts.
 * @param say - takes lines of progress
 * @returns the exit code
 */
export function play(options: SessionOptions, say: (line: string) => void): number {
  const names = TARGETS.map(({ name }) => name);
  const unknown = (options.target ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    say(`no target ${unknown.join(', ')}; there are ${names.join(', ')}`);
    return 2;
  }
  const targets = TARGETS.filter(({ name }) => options.target?.includes(name) ?? true);
  const counter = new StepCounter();
  const result = options.replay ? replay(targets, counter) : run(targets, counter, options, say);
  process.stdout.write(
    options.json ? `${JSON.stringify(toJson(result, options))}\n` : format(result, options),
  );
  return result.finds.length === 0 ? 0 : 1;
}

function run(
  targets: readonly Target[],
  counter: StepCounter,
  { seed, executions }: SessionOptions,
  say: (line: string) => void,
): FuzzResult {
  const every = Math.max(1_000, Math.floor(executions / 20_000) * 1_000);
  return fuzz({
    targets,
    counter,
    seed,
    executions,
    corpus: inputsOf(readCorpus(CORPUS)),
    onProgress: (done) => {
      if (done % every === 0) say(`${done} of ${executions} executions`);
    },
  });
}

/** Runs what was found once, and no more. */
function replay(targets: readonly Target[], counter: StepCounter): FuzzResult {
  const inputs = inputsOf(readCorpus(CORPUS));
  let executions = 0;
  const finds = targets.flatMap((target) =>
    (inputs.get(target.name) ?? []).flatMap((input) => {
      executions++;
      const what = judgeInput(target, input, counter);
      return what === undefined ? [] : [{ target: target.name, what, input }];
    }),
  );
  return { executions, placesReached: 0, targets: [], finds };
}

function toJson({ finds, ...result }: FuzzResult, { seed }: SessionOptions): object {
  return { seed, ...result, finds: finds.map(({ target, input, what }) => entryOf(target, input, what)) };
}

function format({ executions, placesReached, targets, finds }: FuzzResult, { seed }: SessionOptions): string {
  const rows = targets.map(
    ({ name, executions: count, kept, stepsMax, boundUsed }) =>
      `${name.padEnd(16)}${String(count).padStart(10)}${String(kept).padStart(7)}${String(stepsMax).padStart(10)}${`${Math.round(100 * boundUsed)} %`.padStart(8)}\n`,
  );
  const head = `${'target'.padEnd(16)}executions   kept     steps   bound\n`;
  const found = finds.map(
    ({ target, what, input }) => `${target}: ${what}\n  ${JSON.stringify(entryOf(target, input, what))}\n`,
  );
  return `${rows.length > 0 ? head : ''}${rows.join('')}${found.join('')}seed ${seed}: ${executions} executions, ${placesReached} places reached, ${finds.length} finds\n`;
}
