import assert from 'node:assert/strict';
import type { LastCommand, Report } from '../../../../firmware/protocol/report.js';
import { readReport } from '../../../../firmware/protocol/report.js';
import { isReceiptOf } from '../../../../tools/latchkey/await-receipt.js';
import type { SentCall } from '../../../../tools/latchkey/send-call.js';
import { ReportSigner } from './signed-reports.js';

const SENT: SentCall = {
  hash: `0x${'11'.repeat(32)}`,
  from: `0x${'22'.repeat(20)}`,
  nonce: 5,
  notAfterSeconds: 1_000,
  sentUnixMs: 0,
  replaced: undefined,
};
const UNLOCK = 2;
const COMMAND: LastCommand = {
  by: new Uint8Array(20).fill(0x22),
  command: UNLOCK,
  nonce: 5n,
  notAfterSeconds: 1_000,
  reason: 'none',
};

function report(change: Partial<Report>): Report {
  return readReport(new ReportSigner().next({ cause: 'command', lastCommand: COMMAND, ...change })).report;
}

describe('isReceiptOf', () => {
  it('knows the report of an order that was obeyed, and of one that was refused', () => {
    assert.ok(isReceiptOf(report({}), SENT, UNLOCK));
    const refused = report({ cause: 'refusal', lastCommand: { ...COMMAND, reason: 'privacy' } });
    assert.ok(isReceiptOf(refused, SENT, UNLOCK));
  });

  for (const [what, change] of [
    ['another sender', { by: new Uint8Array(20).fill(0x33) }],
    ['another action', { command: 1 }],
    ['the order before', { nonce: 4n }],
    ['what it replaced', { notAfterSeconds: 999 }],
  ] as const) {
    it(`is not the report of ${what}`, () => {
      assert.equal(isReceiptOf(report({ lastCommand: { ...COMMAND, ...change } }), SENT, UNLOCK), false);
    });
  }

  for (const cause of ['heartbeat', 'boot', 'thumb-turn'] as const) {
    it(`is not a later report of a ${cause}, which repeats the last command`, () => {
      assert.equal(isReceiptOf(report({ cause }), SENT, UNLOCK), false);
    });
  }

  it('asks for no notAfter where the call has none of its own', () => {
    assert.ok(isReceiptOf(report({}), { ...SENT, notAfterSeconds: undefined }, UNLOCK));
  });
});
