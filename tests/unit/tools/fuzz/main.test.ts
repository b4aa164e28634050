import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TARGETS } from '../../../../tools/fuzz/catalogue.js';
import { readCorpus } from '../../../../tools/fuzz/corpus.js';
import { judgeInput } from '../../../../tools/fuzz/fuzzer.js';
import { StepCounter } from '../../../../tools/fuzz/step-counter.js';

const PROGRAM = fileURLToPath(new URL('../../../../tools/fuzz/main.js', import.meta.url));
const FINDS = fileURLToPath(new URL('../../../../../tests/vectors/fuzz/finds.json', import.meta.url));
const EXECUTIONS = 25_000;

interface Outcome {
  readonly executions: number;
  readonly placesReached: number;
  readonly targets: readonly {
    readonly name: string;
    readonly executions: number;
    readonly stepsMax: number;
  }[];
  readonly finds: readonly unknown[];
}

function run(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8' });
  return { status, stderr, outcome: () => JSON.parse(stdout) as Outcome };
}

describe('npm run fuzz', function () {
  this.timeout(120_000);

  it('finds nothing in a short run over every target, with every firmware module counted', () => {
    const { status, outcome } = run('--executions', `${EXECUTIONS}`, '--seed', '1', '--json');
    const { executions, placesReached, targets, finds } = outcome();
    assert.deepEqual(finds, []);
    assert.equal(status, 0);
    assert.equal(executions, EXECUTIONS);
    assert.deepEqual(
      targets.map(({ name }) => name),
      TARGETS.map(({ name }) => name),
    );
    for (const target of targets) assert.ok(target.executions > 0 && target.stepsMax > 0, target.name);
    assert.ok(placesReached > 1_000, `${placesReached} places`);
  });

  it('replays what was found before', () => {
    const { status, outcome } = run('--replay', '--json');
    assert.deepEqual(outcome().finds, []);
    assert.equal(outcome().executions, readCorpus(FINDS).length);
    assert.equal(status, 0);
  });

  it('says which targets there are', () => {
    const { status, stderr } = run('--target', 'nothing');
    assert.equal(status, 2);
    assert.match(stderr, /no target nothing; there are hex, .*device/);
    assert.equal(run('--executions', 'many').status, 2);
  });
});

describe('what was found before', () => {
  for (const { target: name, hex, found } of readCorpus(FINDS)) {
    it(`is mended: ${name} ${found}`, () => {
      const target = TARGETS.find((each) => each.name === name) ?? assert.fail(name);
      const input = Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));
      assert.equal(judgeInput(target, input, new StepCounter()), undefined);
    });
  }
});
