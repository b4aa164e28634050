import assert from 'node:assert/strict';
import { addressOf } from '../../../../firmware/crypto/address.js';
import { guardEngine } from '../../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../../firmware/crypto/noble-engine.js';
import { signReport } from '../../../../firmware/crypto/report.js';
import type { SignedCommand } from '../../../../firmware/lock/authorizer.js';
import { MODE } from '../../../../firmware/protocol/mode.js';
import { ACTION } from '../../../../firmware/protocol/order.js';
import type { Report } from '../../../../firmware/protocol/report.js';
import { UTC } from '../../../../firmware/protocol/time-zone.js';
import { startOf } from '../../../../tools/latchkey/access-history.js';
import { epochOf, judgeAt, reportOf, subjectOf } from '../../../../tools/latchkey/explanation.js';
import { reportOfTest } from './signed-reports.js';

const engine = guardEngine(createNobleEngine());
const NOW = 1_800_000_000;
const key = new Uint8Array(32).fill(7);
const lock20 = addressOf(engine, engine.publicKey(key));
const owner = new Uint8Array(20).fill(1);

function order(action: number, challenge = 0): SignedCommand {
  const challenge4 = new Uint8Array(4).fill(challenge);
  const fields = { lock: lock20, challenge4, epoch: 1, notAfterSeconds: NOW + 300, action };
  return { by: owner, nonce: 5n, command: { kind: 'order', order: fields } };
}

function report(change: Partial<Report> = {}): Report {
  return reportOfTest({ cause: 'heartbeat', nonce: new Uint8Array(16).fill(9), owner, ...change });
}

describe('judgeAt', () => {
  const start = startOf(owner, 1);
  const privacy = { signed: order(ACTION.privacyOn), tx: new Uint8Array(32), atSeconds: NOW };
  const reasonOf = (signed: SignedCommand, known: Report | undefined, before = [privacy]) => {
    const { verdict } = judgeAt(engine, signed, {
      start,
      before,
      atSeconds: NOW,
      report: known,
      zone: UTC,
    });
    return verdict.ok ? 'none' : verdict.reason;
  };

  it('plays what came before', () => {
    assert.equal(reasonOf(order(ACTION.unlock), undefined), 'privacy');
    assert.equal(reasonOf(order(ACTION.unlock), undefined, []), 'none');
    assert.equal(reasonOf(order(ACTION.privacyOn), undefined), 'replayed');
  });

  it("believes the lock's report of its modes, which a button may have ended, in its epoch alone", () => {
    assert.equal(reasonOf(order(ACTION.unlock), report()), 'none');
    assert.equal(reasonOf(order(ACTION.unlock), report({ modes: MODE.privacy }), []), 'privacy');
    assert.equal(reasonOf(order(ACTION.unlock), report({ epoch: 2 })), 'privacy');
  });

  it("compares a challenge with the report's", () => {
    assert.equal(reasonOf(order(ACTION.unlock, 9), report()), 'none');
    assert.equal(reasonOf(order(ACTION.unlock, 8), report()), 'challenge');
    assert.equal(reasonOf(order(ACTION.lock, 8), undefined), 'none');
  });

  it('says whose checks apply, and for which epoch it was signed', () => {
    assert.equal(subjectOf(order(1), start), 'owners-order');
    assert.equal(subjectOf({ ...order(1), by: lock20 }, start), 'guests-order');
    assert.equal(epochOf(order(1)), 1);
  });
});

describe('reportOf', () => {
  const signed = order(ACTION.unlock);
  const lastCommand = {
    by: owner,
    command: ACTION.unlock,
    nonce: 5n,
    notAfterSeconds: NOW + 300,
    reason: 'none',
  } as const;
  const cose = (change: Partial<Report>, secretKey = key) =>
    signReport(engine, secretKey, lock20, report({ cause: 'command', lastCommand, ...change })).cose;
  const found = (...coses: readonly Uint8Array[]) => reportOf(engine, lock20, signed, coses)?.seq;

  it('finds the receipt, and no later report that repeats it', () => {
    assert.equal(found(cose({ seq: 3, cause: 'button' }), cose({ seq: 4 })), 4);
    assert.equal(found(cose({ seq: 3, cause: 'button' })), undefined);
  });

  it('finds none of another order, and none that the lock did not sign', () => {
    assert.equal(found(cose({ lastCommand: { ...lastCommand, nonce: 6n } })), undefined);
    assert.equal(found(cose({ lastCommand: { ...lastCommand, by: lock20 } })), undefined);
    assert.equal(found(cose({ seq: 3 }, new Uint8Array(32).fill(8)), new Uint8Array(3)), undefined);
  });
});
