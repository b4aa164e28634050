import { equalBytes } from '../../../firmware/protocol/bytes.js';
import {
  decodeProtectedHeader,
  decodeSign1,
  encodeProtectedHeader,
  encodeSign1,
} from '../../../firmware/protocol/cose.js';
import { attempt, expect, type Target } from '../target.js';
import { CBOR_REFUSALS } from './refusals.js';
import { sampleReports } from './report-samples.js';
import { linear } from './seed-bytes.js';

/** COSE_Sign1 and its protected header: one form each. */
export const coseTarget: Target = {
  name: 'cose',
  shape: { kind: 'cbor' },
  share: 40,
  bytesMax: 2_048,
  seeds: () => [...sampleReports(), ...sampleReports().map((cose) => decodeSign1(cose).protectedHeader)],
  run: (input: Uint8Array) => {
    const header = attempt(
      () => decodeProtectedHeader(input),
      [...CBOR_REFUSALS, 'algorithm', 'unknown', 'missing'],
    );
    if (header !== undefined) {
      expect(equalBytes(encodeProtectedHeader(header.value), input), 'a header comes back as other bytes');
    }
    const message = attempt(() => decodeSign1(input), [...CBOR_REFUSALS, 'unknown']);
    if (message === undefined) return;
    expect(equalBytes(encodeSign1(message.value), input), 'a message comes back as other bytes');
  },
  stepsMax: linear(150, 14),
};
