import type { Report } from '../../../firmware/protocol/report.js';

/** A boot report of an owned lock. */
export function reportOf(seq: number): Report {
  return {
    cause: 'boot',
    nonce: new Uint8Array(16),
    ueid: Uint8Array.of(1, ...new Uint8Array(16)),
    uptimeSeconds: 1,
    bootCount: 1,
    firmwareVersion: '0.1.0',
    seq,
    bolt: 'locked',
    door: 'closed',
    blockHeight: 0,
    policyVersion: 0,
    previousHash16: new Uint8Array(16),
    alarms: 0,
    epoch: 1,
    accessDigest16: new Uint8Array(16),
    domainDigest8: new Uint8Array(8),
  };
}
