import assert from 'node:assert/strict';
import { type VerifiedReport, verifyReport } from '../../../firmware/crypto/report.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { engine, type Person } from './signer.js';

/**
 * Verifies what a sink received over any number of boots: each number stands for one report, and each report
 * names the one before.
 * @param published - in the order of arrival, repetitions included
 * @returns each report once, in the order of their numbers
 */
export function linkedReports(
  published: readonly { readonly seq: number; readonly cose: Uint8Array }[],
): readonly VerifiedReport[] {
  const bySeq = new Map<number, Uint8Array>();
  for (const { seq, cose } of published) {
    const before = bySeq.get(seq);
    if (before === undefined) {
      const highest = Math.max(0, ...bySeq.keys());
      assert.ok(seq > highest, `report ${seq} after ${highest}`);
      bySeq.set(seq, cose);
    } else assert.equal(formatHex(cose), formatHex(before), `two reports have the number ${seq}`);
  }
  let previous = new Uint8Array(16);
  return [...bySeq].map(([seq, cose]) => {
    const verified = verifyReport(engine, cose);
    assert.equal(verified.report.seq, seq);
    assert.equal(
      formatHex(verified.report.previousHash16),
      formatHex(previous),
      `report ${seq} does not name the one before`,
    );
    // Heartbeats are leaves: they name the report before them, and none names them.
    if (verified.report.cause !== 'heartbeat') previous = Uint8Array.from(verified.hash16);
    return verified;
  });
}

/** The reports that are receipts of this person's command. */
export function receiptsOf(
  reports: readonly VerifiedReport[],
  by: Person,
  command: number,
  nonce: number,
): readonly VerifiedReport[] {
  return reports.filter(({ report: { cause, lastCommand } }) => {
    if (cause !== 'command' || lastCommand === undefined) return false;
    const { by: signer, command: number, nonce: used } = lastCommand;
    return formatHex(signer) === formatHex(by.address) && number === command && used === BigInt(nonce);
  });
}
