import { verifyReport } from '../../../firmware/crypto/report.js';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { decodeSign1 } from '../../../firmware/protocol/cose.js';
import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import { REPORT_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { decodeReportPayload, encodeReportPayload, readReport } from '../../../firmware/protocol/report.js';
import { attempt, expect, type Target } from '../target.js';
import { createCountingEngine } from './counting-engine.js';
import { CBOR_REFUSALS } from './refusals.js';
import { sampleReports } from './report-samples.js';
import { linear } from './seed-bytes.js';

const REFUSALS: readonly DecodeErrorCode[] = [...CBOR_REFUSALS, 'unknown', 'missing', 'algorithm'];
const counting = createCountingEngine();

/** Signed reports: one form each, and a signature of nobody else's making is refused with two curve operations. */
export const reportTarget: Target = {
  name: 'report',
  shape: { kind: 'cbor' },
  share: 40,
  bytesMax: 1_200,
  seeds: () => [...sampleReports(), ...sampleReports().map((cose) => decodeSign1(cose).payload)],
  run: (input: Uint8Array) => {
    const payload = attempt(() => decodeReportPayload(input), [...CBOR_REFUSALS, 'unknown', 'missing']);
    if (payload !== undefined) {
      expect(equalBytes(encodeReportPayload(payload.value), input), 'a report comes back as other bytes');
    }
    const read = attempt(() => readReport(input), REFUSALS);
    if (read === undefined) return;
    expect(input.length <= REPORT_BYTES_MAX, 'longer than a report may be');
    const before = counting.work.curve;
    const verified = attempt(
      () => verifyReport(counting.engine, input),
      [...REFUSALS, 'high-s', 'signature-range', 'signature'],
    );
    expect(counting.work.curve - before <= 2, `${counting.work.curve - before} operations on the curve`);
    if (verified !== undefined) {
      expect(
        sampleReports().some((sample) => equalBytes(sample, input)),
        'a report that nobody signed is believed',
      );
    }
  },
  stepsMax: linear(4_000, 24),
};
