import type { RefusalReason } from './refusal.js';

/** What the lock says of its bolt. Never `locked` unless the sensor says so. */
export type Bolt = 'locked' | 'unlocked' | 'moving' | 'jammed' | 'unknown';
/** What the bolt's sensor says. */
export type SensedBolt = 'locked' | 'unlocked' | 'between' | 'unknown';
export type Door = 'open' | 'closed' | 'unknown';

/** Why a report was made. The position is the number on the wire: append only. */
export const REPORT_CAUSES = Object.freeze([
  'boot',
  'heartbeat',
  'command', // an order, grant, revocation or handover was accepted, and the bolt has done what it will do
  'refusal', // of a known principal
  'button',
  'thumb-turn',
  'relock',
  'alarm',
  'pairing',
] as const);
export type ReportCause = (typeof REPORT_CAUSES)[number];

/** Numbers of what was commanded, as reports carry them: 1 to 5 are the actions of an order. */
export const GRANT_COMMAND = 128;
export const HANDOVER_COMMAND = 129;

/** The last command of a known principal, and what became of it. */
export interface LastCommand {
  /** 20-byte address of who signed it. */
  readonly by: Uint8Array;
  /** 1 to 5, or GRANT_COMMAND or HANDOVER_COMMAND. */
  readonly command: number;
  /** The sender's transaction nonce. */
  readonly nonce: bigint;
  readonly notAfterSeconds: number;
  /** `none`: accepted. */
  readonly reason: RefusalReason;
}

/** Everything that one signed report says. @see PROTOCOL.md section 5, lock.cddl */
export interface Report {
  readonly cause: ReportCause;
  /** Unix seconds; absent while the clock is not synchronised. */
  readonly issuedAtSeconds?: number;
  /** A verifier's nonce when one was asked for, else the current 16-byte challenge. */
  readonly nonce: Uint8Array;
  /** 0x01 and the first 16 bytes of SHA-256 over the 33-byte public key. */
  readonly ueid: Uint8Array;
  readonly uptimeSeconds: number;
  readonly bootCount: number;
  readonly firmwareVersion: string;
  readonly seq: number;
  readonly bolt: Bolt;
  readonly door: Door;
  readonly batteryMilliVolts?: number;
  /** Highest block that an RPC node told of; believed for nothing. */
  readonly blockHeight: number;
  readonly lastCommand?: LastCommand;
  readonly policyVersion: number;
  /** First 16 bytes of SHA-256 over the Sig_structure of the report before; zeros in the first. */
  readonly previousHash16: Uint8Array;
  /** Bits of ALARM. */
  readonly alarms: number;
  /** 20-byte address; absent while unpaired. */
  readonly owner?: Uint8Array;
  readonly epoch: number;
  readonly accessDigest16: Uint8Array;
  readonly domainDigest8: Uint8Array;
  /** Refusals of unknown senders and of nodes since the heartbeat before. */
  readonly strangersRefused?: number;
  /** In boot reports: the last number that flash holds, whose hash is `previousHash16`. */
  readonly lastDurableSeq?: number;
}

/** Bits of the alarms claim. */
export const ALARM = Object.freeze({
  jammed: 1,
  clockUnsynchronised: 2,
  storage: 4,
  reportsWaiting: 8,
  recordRefused: 16,
} as const);
