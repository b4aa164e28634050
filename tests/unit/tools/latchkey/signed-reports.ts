import { addressOf } from '../../../../firmware/crypto/address.js';
import { guardEngine } from '../../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../../firmware/crypto/noble-engine.js';
import { signReport } from '../../../../firmware/crypto/report.js';
import type { Report } from '../../../../firmware/protocol/report.js';

const engine = guardEngine(createNobleEngine());

/** A key that signs a chain of reports. */
export class ReportSigner {
  readonly lock20: Uint8Array;
  readonly #key: Uint8Array;
  #previousHash16: Uint8Array = new Uint8Array(16);
  #seq = 0;

  constructor(seed = 7) {
    this.#key = new Uint8Array(32).fill(seed);
    this.lock20 = addressOf(engine, engine.publicKey(this.#key));
  }

  /** The next report of the chain. */
  next(change: Partial<Report> = {}): Uint8Array {
    const report = reportOfTest({ seq: ++this.#seq, previousHash16: this.#previousHash16, ...change });
    const { cose, hash16 } = signReport(engine, this.#key, this.lock20, report);
    if (report.cause !== 'heartbeat') this.#previousHash16 = hash16;
    return cose;
  }

  /** So many of them. */
  take(count: number): readonly Uint8Array[] {
    return Array.from({ length: count }, () => this.next());
  }
}

/** A report of which nothing matters but what is said. */
export function reportOfTest(change: Partial<Report> = {}): Report {
  return {
    cause: 'button',
    nonce: new Uint8Array(16),
    ueid: Uint8Array.of(1, ...new Uint8Array(16)),
    uptimeSeconds: 1,
    bootCount: 1,
    firmwareVersion: '0.1.0',
    seq: 1,
    bolt: 'locked',
    door: 'closed',
    blockHeight: 0,
    policyVersion: 0,
    previousHash16: new Uint8Array(16),
    alarms: 0,
    epoch: 1,
    accessDigest16: new Uint8Array(16),
    domainDigest8: new Uint8Array(8),
    ...change,
  };
}
