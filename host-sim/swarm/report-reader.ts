import { addressOf } from '../../firmware/crypto/address.js';
import { compressPublicKey } from '../../firmware/crypto/curve.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { type VerifiedReport, verifyReport } from '../../firmware/crypto/report.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { readReport } from '../../firmware/protocol/report.js';
import { reportHash16 } from '../../firmware/protocol/report-digests.js';

interface KnownLock {
  readonly lock20: Uint8Array;
  readonly publicKey33: Uint8Array;
}

/**
 * Verifies reports as `verifyReport` does. The key of the lock that was read last is known, so its next report is
 * verified by it, in place of recovering the one or two keys that may have signed.
 */
export class ReportReader {
  readonly #engine: CryptoEngine;
  #known: KnownLock | undefined;

  /** @param engine - whose `verify` refuses signatures that are not low-S, as all engines here do */
  constructor(engine: CryptoEngine) {
    this.#engine = engine;
  }

  /** @throws DecodeError as `verifyReport` */
  read(cose: Uint8Array): VerifiedReport {
    const engine = this.#engine;
    const { lock20, signature64, sigStructure, report } = readReport(cose);
    const digest32 = engine.sha256(sigStructure);
    const known = this.#known;
    if (
      known !== undefined &&
      equalBytes(lock20, known.lock20) &&
      engine.verify(digest32, signature64, known.publicKey33)
    )
      return { report, lock20, hash16: reportHash16(() => digest32, sigStructure) };
    const verified = verifyReport(engine, cose);
    this.#learn(lock20, digest32, signature64);
    return verified;
  }

  #learn(lock20: Uint8Array, digest32: Uint8Array, signature64: Uint8Array): void {
    for (const recoveryId of [0, 1]) {
      const publicKey65 = this.#recover(digest32, signature64, recoveryId);
      if (publicKey65 === undefined || !equalBytes(addressOf(this.#engine, publicKey65), lock20)) continue;
      this.#known = { lock20, publicKey33: compressPublicKey(publicKey65) };
      return;
    }
  }

  #recover(digest32: Uint8Array, signature64: Uint8Array, recoveryId: number): Uint8Array | undefined {
    try {
      return this.#engine.recover(digest32, signature64, recoveryId);
    } catch (error) {
      // For one of the two ids there may be no point.
      if (!(error instanceof DecodeError)) throw error;
      return undefined;
    }
  }
}
