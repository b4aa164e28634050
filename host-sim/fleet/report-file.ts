import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { type VerifiedReport, verifyReport } from '../../firmware/crypto/report.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';

/** What an owner's sink keeps of one lock: enough to tell whether the next report is the next one. */
export class ReportFile {
  readonly #engine: CryptoEngine;
  #lock20: Uint8Array | undefined;
  #lastSeq = 0;
  #previousHash16: Uint8Array = new Uint8Array(16);

  /** The first report says whose file this is. */
  constructor(engine: CryptoEngine) {
    this.#engine = engine;
  }

  /** The lock's 20-byte address; undefined before the first report. */
  get lock20(): Uint8Array | undefined {
    return this.#lock20;
  }

  /**
   * Verifies one report: signature, lock, a number that rises, and that it names the one before.
   * @throws DecodeError as `verifyReport`; Error where it does not follow
   */
  take(cose: Uint8Array): VerifiedReport['report'] {
    const { report, lock20, hash16 } = verifyReport(this.#engine, cose);
    const { seq, cause, previousHash16 } = report;
    this.#lock20 ??= lock20.slice();
    if (!equalBytes(lock20, this.#lock20)) throw new Error(`report ${seq} is another lock's`);
    if (seq <= this.#lastSeq) throw new Error(`report ${seq} comes after report ${this.#lastSeq}`);
    if (!equalBytes(previousHash16, this.#previousHash16))
      throw new Error(`report ${seq} does not name the one before it`);
    this.#lastSeq = seq;
    // Heartbeats are leaves: no report names one.
    if (cause !== 'heartbeat') this.#previousHash16 = hash16.slice();
    return report;
  }
}
