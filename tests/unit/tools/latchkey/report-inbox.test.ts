import assert from 'node:assert/strict';
import { addressOf } from '../../../../firmware/crypto/address.js';
import { guardEngine } from '../../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../../firmware/crypto/noble-engine.js';
import { signReport } from '../../../../firmware/crypto/report.js';
import type { Report } from '../../../../firmware/protocol/report.js';
import { ReportInbox } from '../../../../tools/latchkey/owner/report-inbox.js';
import { reportOfTest } from './signed-reports.js';

const engine = guardEngine(createNobleEngine());
const key = new Uint8Array(32).fill(7);
const lock20 = addressOf(engine, engine.publicKey(key));

function sign(change: Partial<Report>, secretKey = key, lock = lock20) {
  return signReport(engine, secretKey, lock, reportOfTest({ epoch: 0, ...change }));
}

describe('ReportInbox', () => {
  let seqs: number[];
  let inbox: ReportInbox;
  beforeEach(() => {
    seqs = [];
    inbox = new ReportInbox({ engine, lock20, onVerified: ({ seq }) => seqs.push(seq) });
  });
  const verdictOf = (cose: Uint8Array) => inbox.receive(cose).verdict;

  it('follows a chain, and knows a retry', () => {
    const one = sign({});
    const two = sign({ seq: 2, previousHash16: one.hash16 });
    assert.deepEqual(
      [one, two, two].map(({ cose }) => verdictOf(cose)),
      ['verified', 'verified', 'duplicate'],
    );
    assert.equal(inbox.verifiedCount, 2);
    assert.equal(inbox.last?.seq, 2);
  });

  it('refuses another lock, a changed byte, and no report at all', () => {
    const other = new Uint8Array(32).fill(8);
    const foreign = sign({}, other, addressOf(engine, engine.publicKey(other)));
    assert.deepEqual(inbox.receive(foreign.cose), { verdict: 'bad', problem: 'signed by another lock' });
    assert.equal(verdictOf(sign({}, other).cose), 'bad');
    const changed = sign({}).cose.slice();
    changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
    assert.equal(verdictOf(changed), 'bad');
    assert.equal(verdictOf(new Uint8Array(0)), 'bad');
    assert.equal(inbox.verifiedCount, 0);
  });

  it('refuses a second report of one number, and one that comes late', () => {
    const one = sign({ seq: 5 });
    const two = sign({ seq: 6, previousHash16: one.hash16 });
    verdictOf(one.cose);
    verdictOf(two.cose);
    assert.equal(verdictOf(sign({ seq: 6, previousHash16: one.hash16, bolt: 'unlocked' }).cose), 'bad');
    assert.equal(verdictOf(sign({ seq: 4 }).cose), 'bad');
    assert.deepEqual(seqs, [5, 6]);
  });

  it('lets a report wait for the one before it', () => {
    const one = sign({});
    const two = sign({ seq: 2, previousHash16: one.hash16 });
    const three = sign({ seq: 3, previousHash16: two.hash16 });
    assert.deepEqual(
      [one, three, two].map(({ cose }) => verdictOf(cose)),
      ['verified', 'waiting', 'verified'],
    );
    assert.deepEqual(seqs, [1, 2, 3]);
  });

  it('lets heartbeats be leaves: one that is lost leaves no hole, and nothing may hang on one', () => {
    const one = sign({});
    const heartbeat = sign({ seq: 2, cause: 'heartbeat', previousHash16: one.hash16 });
    const lost = sign({ seq: 3, cause: 'heartbeat', previousHash16: one.hash16 });
    const command = sign({ seq: 4, cause: 'command', previousHash16: one.hash16 });
    const late = sign({ seq: 5, cause: 'heartbeat', previousHash16: command.hash16 });
    for (const { cose } of [one, heartbeat, command, late]) assert.equal(verdictOf(cose), 'verified');
    assert.equal(verdictOf(lost.cose), 'bad', 'it came after a later one');
    assert.equal(verdictOf(sign({ seq: 6, previousHash16: late.hash16 }).cose), 'bad');
    assert.deepEqual(seqs, [1, 2, 4, 5]);
  });

  it('tells a rollback: a report that passes over one that was shown', () => {
    const one = sign({});
    const two = sign({ seq: 2, cause: 'command', previousHash16: one.hash16 });
    verdictOf(one.cose);
    verdictOf(two.cose);
    const link = { seq: 17, cause: 'boot', previousHash16: one.hash16, lastDurableSeq: 1 } as const;
    assert.deepEqual(inbox.receive(sign(link).cose), {
      verdict: 'bad',
      problem: 'report 17 passes over one that the lock has shown',
    });
    assert.equal(verdictOf(sign({ ...link, previousHash16: new Uint8Array(16) }).cose), 'bad');
    assert.equal(
      verdictOf(sign({ ...link, previousHash16: two.hash16, lastDurableSeq: 2 }).cose),
      'verified',
    );
  });
});
