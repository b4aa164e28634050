import type { CryptoEngine } from '../crypto/engine.js';
import { signReport } from '../crypto/report.js';
import { writeUint } from '../protocol/bytes.js';
import type { LastCommand, Report, ReportCause } from '../protocol/report.js';

/** Who signs: the device's key and the names that follow from it. */
export interface DeviceIdentity {
  readonly secretKey32: Uint8Array;
  readonly lock20: Uint8Array;
  readonly ueid: Uint8Array;
}

/** Everything a report says that the reporter does not know itself. */
export type ReportFacts = Omit<
  Report,
  'seq' | 'previousHash16' | 'ueid' | 'bootCount' | 'firmwareVersion' | 'cause'
>;

export interface NumberedReport {
  readonly seq: number;
  readonly cose: Uint8Array;
}

/**
 * Numbers, links and signs reports. Each names the hash of the one before; after a boot the chain goes on
 * from the last report that flash holds, above every number that a heartbeat may have used.
 */
export class Reporter {
  readonly #engine: CryptoEngine;
  readonly #identity: DeviceIdentity;
  readonly #firmwareVersion: string;
  readonly #bootCount: number;
  readonly #entropy32: Uint8Array;
  #seq: number;
  #hash16: Uint8Array;
  #lastCommand: LastCommand | undefined;

  constructor(options: {
    readonly engine: CryptoEngine;
    readonly identity: DeviceIdentity;
    readonly firmwareVersion: string;
    readonly bootCount: number;
    readonly entropy32: Uint8Array;
    /** The highest number that may have been used. */
    readonly lastSeq: number;
    /** Hash of the last report that flash holds. */
    readonly lastHash16: Uint8Array;
  }) {
    this.#engine = options.engine;
    this.#identity = options.identity;
    this.#firmwareVersion = options.firmwareVersion;
    this.#bootCount = options.bootCount;
    this.#entropy32 = options.entropy32;
    this.#seq = options.lastSeq;
    this.#hash16 = options.lastHash16;
  }

  get lastSeq(): number {
    return this.#seq;
  }

  get lastHash16(): Uint8Array {
    return this.#hash16;
  }

  /** What the next reports say of the last command of a known principal. */
  note(command: LastCommand): void {
    this.#lastCommand = command;
  }

  /** Makes the next report of the chain. */
  make(cause: ReportCause, facts: ReportFacts): NumberedReport {
    const seq = this.#seq + 1;
    const report: Report = {
      ...facts,
      cause,
      seq,
      ueid: this.#identity.ueid,
      bootCount: this.#bootCount,
      firmwareVersion: this.#firmwareVersion,
      previousHash16: this.#hash16,
      ...(this.#lastCommand === undefined ? {} : { lastCommand: this.#lastCommand }),
    };
    const { secretKey32, lock20 } = this.#identity;
    // Deterministic nonces (RFC 6979) with this boot's entropy mixed in: safe with a stuck RNG, and against glitches.
    const extraEntropy32 = this.#engine.hmacSha256(this.#entropy32, writeUint(seq, 4));
    const { cose, hash16 } = signReport(this.#engine, secretKey32, lock20, report, extraEntropy32);
    this.#seq = seq;
    // A heartbeat lives in RAM: it names the report before it, and no other names it.
    if (cause !== 'heartbeat') this.#hash16 = hash16;
    return { seq, cose };
  }
}
