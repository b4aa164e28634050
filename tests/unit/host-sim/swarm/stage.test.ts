import assert from 'node:assert/strict';
import { addressOf } from '../../../../firmware/crypto/address.js';
import { signReport } from '../../../../firmware/crypto/report.js';
import type { Checker } from '../../../../host-sim/checkers/checker.js';
import { Stage } from '../../../../host-sim/swarm/stage.js';
import { Trace } from '../../../../host-sim/swarm/trace.js';
import { HandMadeScene, OWNER } from '../checkers/scene.js';
import { reportOf } from '../report-of.js';
import { ENGINE, signer } from '../world/people.js';

const LOCK = signer(4);

const coseOf = (seq: number) =>
  signReport(ENGINE, LOCK.key32, addressOf(ENGINE, ENGINE.publicKey(LOCK.key32)), reportOf(seq)).cose;

/** A stage with one checker that notes what it sees, and fails at a press. */
function play() {
  const seen: string[] = [];
  const note =
    (what: string) =>
    (detail?: unknown): void => {
      const kind = (detail as { kind?: string } | undefined)?.kind;
      seen.push(kind === undefined ? what : `${what} ${kind}`);
    };
  const scene = new HandMadeScene(() => ({ says: 'nothing' }));
  const stage = new Stage(ENGINE, scene, new Trace(() => 0), {
    noter: (_, fail): Checker => ({
      says: 'It notes.',
      boot: note('boot'),
      cut: note('cut'),
      input(input) {
        note('input')(input);
        if (input.kind === 'button-pressed') fail('somebody pressed');
      },
      output: note('output'),
      report: note('report'),
      shown: note('shown'),
      rolledBack: note('rolled back'),
      end: note('end'),
    }),
    // Sees nothing at all.
    blind: () => ({ says: 'It sees nothing.' }),
  });
  return { stage, scene, seen };
}

describe('Stage', () => {
  it('shows checkers all that can be seen', () => {
    const { stage, scene, seen } = play();
    stage.booted();
    stage.input({ kind: 'tick' });
    stage.output({ kind: 'stop-bolt' });
    stage.shown(scene.signOrder(OWNER, 1));
    stage.cut();
    stage.rolledBack(new Map());
    stage.end();
    const expected = ['boot', 'input tick', 'output stop-bolt', 'shown', 'cut', 'rolled back', 'end'];
    assert.deepEqual(seen, expected);
  });

  it('keeps what was found, by whom and when, and how often the machine threw', () => {
    const { stage, scene } = play();
    scene.nowMs = 7;
    stage.input({ kind: 'button-pressed' });
    stage.crashed(new TypeError('oh'));
    assert.deepEqual(stage.violations, [
      { checker: 'noter', atMs: 7, found: 'somebody pressed' },
      { checker: 'no-crash', atMs: 7, found: 'the machine threw TypeError: oh' },
    ]);
    for (let i = 0; i < 40; i++) stage.input({ kind: 'button-pressed' });
    assert.equal(stage.violations.length, 20);
  });

  it('shows a report once, however often it is on the wire, and finds it again', () => {
    const { stage, seen } = play();
    const cose = coseOf(1);
    for (let i = 0; i < 3; i++) stage.output({ kind: 'publish', seq: 1, cose });
    assert.equal(seen.filter((each) => each === 'report').length, 1);
    assert.equal(stage.reportOf(1, cose)?.report.seq, 1);
    assert.equal(stage.reportOf(2, cose), undefined);
    assert.deepEqual(stage.violations, []);
  });

  it('finds a report that does not verify, and one under another number', () => {
    const { stage } = play();
    const broken = coseOf(1);
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    stage.output({ kind: 'publish', seq: 1, cose: broken });
    stage.output({ kind: 'publish', seq: 3, cose: coseOf(2) });
    assert.match(
      stage.violations.map(({ found }) => found).join(),
      /does not verify.*report 2 published as 3/,
    );
  });
});
