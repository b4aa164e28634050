import assert from 'node:assert/strict';
import { addressOf } from '../../../../firmware/crypto/address.js';
import { guardEngine } from '../../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../../firmware/crypto/noble-engine.js';
import { type SignedReport, signReport } from '../../../../firmware/crypto/report.js';
import type { Report } from '../../../../firmware/protocol/report.js';
import { annotateReports, type LogLine } from '../../../../tools/latchkey/report-log.js';
import { reportOfTest } from './signed-reports.js';

const engine = guardEngine(createNobleEngine());
const key = new Uint8Array(32).fill(7);
const otherKey = new Uint8Array(32).fill(8);
const lockOf = (secretKey: Uint8Array) => addressOf(engine, engine.publicKey(secretKey));
const lock20 = lockOf(key);

function sign(change: Partial<Report>, secretKey = key, lock = lock20): SignedReport {
  return signReport(engine, secretKey, lock, reportOfTest({ epoch: 0, ...change }));
}

/** Reports 1 to `count`, each on the one before. */
function chainOf(count: number): readonly SignedReport[] {
  const reports: SignedReport[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const before = reports[seq - 2];
    reports.push(sign({ seq, ...(before && { previousHash16: before.hash16 }) }));
  }
  return reports;
}

const logOf = (...reports: readonly (SignedReport | Uint8Array | undefined)[]) =>
  annotateReports(
    engine,
    lock20,
    reports.map((report) => (report instanceof Uint8Array ? report : (report?.cose ?? assert.fail()))),
  );

/** `1 2! gap(2,4) 4` */
function story(lines: readonly LogLine[]): string {
  return lines
    .map((line) => {
      if (line.kind === 'gap') return `gap(${line.afterSeq ?? ''},${line.beforeSeq})`;
      if (line.kind === 'unverifiable') return `bad(${line.index})`;
      const problems = line.problems.map((problem) =>
        problem.kind === 'rollback' ? `rollback(${problem.passedOver})` : problem.kind,
      );
      return [line.report.seq, ...problems].join('!');
    })
    .join(' ');
}

describe('annotateReports', () => {
  const [one, two, three, four] = chainOf(4);

  it('finds a chain from the genesis whole', () => {
    const log = logOf(one, two, three, four);
    assert.equal(story(log.lines), '1 2 3 4');
    assert.deepEqual([log.isWhole, log.verifiedCount, log.duplicateCount, log.otherCount], [true, 4, 0, 0]);
  });

  it('knows an empty log as whole, and one that begins later as not', () => {
    assert.deepEqual([logOf().isWhole, logOf().lines], [true, []]);
    const log = logOf(three, four);
    assert.equal(story(log.lines), 'gap(,3) 3 4');
    assert.equal(log.isWhole, false);
  });

  it('puts what came late in its place', () => {
    const log = logOf(three, one, four, two);
    assert.equal(story(log.lines), '1 2 3 4');
    assert.equal(log.isWhole, true);
  });

  it('counts what came twice, and shows it once', () => {
    const log = logOf(one, two, two, one, three);
    assert.equal(story(log.lines), '1 2 3');
    assert.deepEqual([log.duplicateCount, log.isWhole], [2, true]);
  });

  it('shows where reports were dropped', () => {
    assert.equal(story(logOf(one, four).lines), '1 gap(1,4) 4');
    assert.equal(story(logOf(one, three, four).lines), '1 gap(1,3) 3 4');
  });

  it('misses no heartbeat, which nobody names', () => {
    const beat = sign({ seq: 3, cause: 'heartbeat', previousHash16: two?.hash16 ?? assert.fail() });
    const next = sign({ seq: 9, previousHash16: two?.hash16 ?? assert.fail() });
    assert.equal(story(logOf(one, two, beat, next).lines), '1 2 3 9');
    assert.equal(story(logOf(one, two, next).lines), '1 2 9');
  });

  it('shows once that a report is missing which two name', () => {
    const lost = sign({ seq: 3, previousHash16: two?.hash16 ?? assert.fail() });
    const beat = sign({ seq: 4, cause: 'heartbeat', previousHash16: lost.hash16 });
    const next = sign({ seq: 5, previousHash16: lost.hash16 });
    assert.equal(story(logOf(one, two, beat, next).lines), '1 2 gap(2,4) 4 5');
    const back = sign({ seq: 6, previousHash16: two?.hash16 ?? assert.fail() });
    assert.equal(story(logOf(one, two, beat, back).lines), '1 2 gap(2,4) 4 6!rollback()');
  });

  it('shows both halves of a fork, and takes up either', () => {
    const twin = sign({ seq: 3, bolt: 'unlocked', previousHash16: two?.hash16 ?? assert.fail() });
    assert.equal(story(logOf(one, two, three, twin, four).lines), '1 2 3!fork 3!fork 4');
    const onTwin = sign({ seq: 4, previousHash16: twin.hash16 });
    assert.equal(story(logOf(one, two, three, twin, onTwin).lines), '1 2 3!fork 3!fork 4');
  });

  it('shows a memory that went back', () => {
    const back = sign({ seq: 7, previousHash16: one?.hash16 ?? assert.fail() });
    assert.equal(story(logOf(one, two, three, back).lines), '1 2 3 7!rollback(2,3)');
    const anew = sign({ seq: 8 });
    assert.equal(story(logOf(one, two, anew).lines), '1 2 8!rollback(1,2)');
  });

  it('shows boots that fell', () => {
    const late = sign({ seq: 2, bootCount: 5, previousHash16: one?.hash16 ?? assert.fail() });
    const fell = sign({ seq: 3, bootCount: 4, previousHash16: late.hash16 });
    assert.equal(story(logOf(one, late, fell).lines), '1 2 3!boots-fell');
  });

  it('shows what no key vouches for where it came', () => {
    const forged = sign({ seq: 3 }, otherKey);
    const torn = three?.cose.slice(0, 40) ?? assert.fail();
    const log = logOf(one, two, forged, torn, three);
    assert.equal(story(log.lines), '1 2 bad(2) bad(3) 3');
    assert.equal(log.isWhole, false);
  });

  it('counts reports of other locks', () => {
    const log = logOf(one, sign({}, otherKey, lockOf(otherKey)), two);
    assert.deepEqual([story(log.lines), log.otherCount, log.isWhole], ['1 2', 1, true]);
  });
});
