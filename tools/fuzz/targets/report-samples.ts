import { addressOf } from '../../../firmware/crypto/address.js';
import { signReport } from '../../../firmware/crypto/report.js';
import { ALARM, type Report } from '../../../firmware/protocol/report.js';
import { engine, GUEST, OWNER } from './people.js';

/** The key of the lock that signs; public. */
export const LOCK_KEY32 = new Uint8Array(32).fill(0x42);
export const LOCK20 = addressOf(engine, engine.publicKey(LOCK_KEY32));

const SMALL: Report = Object.freeze({
  cause: 'boot',
  nonce: new Uint8Array(16).fill(1),
  ueid: Uint8Array.of(1, ...new Uint8Array(16).fill(2)),
  uptimeSeconds: 0,
  bootCount: 1,
  firmwareVersion: '0.1.0',
  seq: 1,
  bolt: 'unknown',
  door: 'unknown',
  blockHeight: 0,
  policyVersion: 1,
  previousHash16: new Uint8Array(16),
  alarms: 0,
  epoch: 0,
  accessDigest16: new Uint8Array(16),
  domainDigest8: new Uint8Array(8),
});

/** Signed reports, the smallest and one with everything in it. */
export function sampleReports(): readonly Uint8Array[] {
  const full: Report = {
    ...SMALL,
    cause: 'command',
    issuedAtSeconds: 1_790_000_000,
    seq: 70_000,
    bolt: 'locked',
    door: 'closed',
    batteryMilliVolts: 5_800,
    blockHeight: 20_000_000,
    lastCommand: {
      by: GUEST.address20,
      command: 1,
      nonce: 2n ** 63n,
      notAfterSeconds: 1_790_000_300,
      reason: 'none',
    },
    alarms: ALARM.lowBattery | ALARM.ajar,
    owner: OWNER.address20,
    epoch: 3,
    strangersRefused: 4,
    lastDurableSeq: 69_999,
    modes: 2,
    adoption: {
      owner: GUEST.address20,
      epoch: 4,
      challenge16: new Uint8Array(16).fill(9),
      waitSeconds: 3_600,
    },
  };
  return [SMALL, full].map((report) => signReport(engine, LOCK_KEY32, LOCK20, report).cose);
}
