import { equalBytes } from '../protocol/bytes.js';
import { encodeProtectedHeader, encodeSign1, sigStructure } from '../protocol/cose.js';
import { DecodeError } from '../protocol/errors.js';
import { encodeReportPayload, type Report, readReport } from '../protocol/report.js';
import { reportHash16 } from '../protocol/report-digests.js';
import { addressOf } from './address.js';
import type { CryptoEngine } from './engine.js';

export interface SignedReport {
  /** COSE_Sign1, tagged, at most REPORT_BYTES_MAX bytes. */
  readonly cose: Uint8Array;
  /** What the next report names as the one before: 16 bytes. */
  readonly hash16: Uint8Array;
}

/**
 * Signs a report with the device key.
 * @param lock20 - the device key's address, which the protected header names
 * @throws InvariantError where the signature does not verify after signing
 * @see RFC 9052 section 4.4, RFC 8812 section 3.2
 */
export function signReport(
  engine: CryptoEngine,
  secretKey32: Uint8Array,
  lock20: Uint8Array,
  report: Report,
  extraEntropy32?: Uint8Array,
): SignedReport {
  const protectedHeader = encodeProtectedHeader(lock20);
  const payload = encodeReportPayload(report);
  const toSign = sigStructure(protectedHeader, payload);
  const digest32 = engine.sha256(toSign);
  const { signature64 } = engine.signRecoverable(digest32, secretKey32, extraEntropy32);
  return {
    cose: encodeSign1({ protectedHeader, payload, signature64 }),
    // The link is over the bytes that were signed: hashing them again costs a device five percent of a report.
    hash16: reportHash16(() => digest32, toSign),
  };
}

export interface VerifiedReport {
  readonly report: Report;
  /** 20-byte address of the lock that signed. */
  readonly lock20: Uint8Array;
  readonly hash16: Uint8Array;
}

/**
 * Verifies one report: its form, and that the key behind the lock address in its header signed it.
 * Does not check that this is the lock that you mean, its place in the chain of reports, nor how old it is.
 * @throws DecodeError as `readReport`, and `high-s` | `signature-range` | `signature`
 */
export function verifyReport(engine: CryptoEngine, cose: Uint8Array): VerifiedReport {
  const { lock20, signature64, sigStructure: signed, report } = readReport(cose);
  const digest32 = engine.sha256(signed);
  // COSE carries no recovery id, and the header names an address: one of the two keys must have it.
  for (const recoveryId of [0, 1] as const) {
    const address = tryAddress(engine, digest32, signature64, recoveryId);
    if (address !== undefined && equalBytes(address, lock20)) {
      return { report, lock20, hash16: reportHash16(() => digest32, signed) };
    }
  }
  throw new DecodeError('signature', 'the report is not signed by the lock that it names');
}

function tryAddress(
  engine: CryptoEngine,
  digest32: Uint8Array,
  signature64: Uint8Array,
  recoveryId: 0 | 1,
): Uint8Array | undefined {
  try {
    return addressOf(engine, engine.recover(digest32, signature64, recoveryId));
  } catch (error) {
    // For one of the two ids there may be no point; range and high-S are the same for both.
    if (error instanceof DecodeError && error.code === 'signature') return undefined;
    throw error;
  }
}
