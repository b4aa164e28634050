import { type CborMap, type CborValue, decodeCbor, encodeCbor } from './cbor.js';
import {
  asArray,
  asBigUint,
  asBytes,
  asMap,
  asUint,
  expectBytes,
  expectMap,
  expectOnlyKeys,
  expectUint,
} from './cbor-fields.js';
import { decodeProtectedHeader, decodeSign1, sigStructure } from './cose.js';
import { EAT_CLAIM, eatClaimsFromMap, eatClaimsToMap } from './eat.js';
import { DecodeError, InvariantError } from './errors.js';
import { REPORT_BYTES_MAX } from './limits.js';
import { MODE } from './mode.js';
import { REFUSAL_REASONS, type RefusalReason, refusalCode, refusalFromCode } from './refusal.js';

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
  'outside-button',
  'adoption', // the owner of an adopted lock has changed
] as const);
export type ReportCause = (typeof REPORT_CAUSES)[number];

/** Numbers of what was commanded, as reports carry them: 1 to 9 are the actions of an order. */
export const GRANT_COMMAND = 128;
export const HANDOVER_COMMAND = 129;

/** The last command of a known principal, and what became of it. */
export interface LastCommand {
  /** 20-byte address of who signed it. */
  readonly by: Uint8Array;
  /** 1 to 9, or GRANT_COMMAND or HANDOVER_COMMAND. */
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
  /** Bits of MODE; absent in normal mode. */
  readonly modes?: number;
  /** Who asks to become the owner, while the pinned owner can still refuse. */
  readonly adoption?: AdoptionClaim;
}

/** An adoption that waits. */
export interface AdoptionClaim {
  /** 20-byte address of who would be the owner. */
  readonly owner: Uint8Array;
  readonly epoch: number;
  /** What a veto names. */
  readonly challenge16: Uint8Array;
  /** Seconds with acknowledged reports that are left. */
  readonly waitSeconds: number;
}

/** Bits of the alarms claim. */
export const ALARM = Object.freeze({
  jammed: 1,
  clockUnsynchronised: 2,
  storage: 4,
  reportsWaiting: 8,
  recordRefused: 16,
  /** The door was opened while the bolt was locked. */
  forcedOpen: 32,
  ajar: 64,
  tamper: 128,
  wrongAttempts: 256,
  lowBattery: 512,
  firmwareRolledBack: 1024,
  /** A guest who opens under duress has opened. */
  duress: 2048,
  /** Somebody asks to become the owner. */
  adoption: 4096,
} as const);

/** The bolt's numbers on the wire; zero is not `locked`, so nothing forgotten reads as secure. Append only. */
export const BOLT_NUMBERS: readonly Bolt[] = Object.freeze([
  'unknown',
  'locked',
  'unlocked',
  'moving',
  'jammed',
]);
/** The door's numbers on the wire. Append only. */
export const DOOR_NUMBERS: readonly Door[] = Object.freeze(['unknown', 'open', 'closed']);

/** The private claim that holds all that EAT has no claim for. @see RFC 8392 section 9.1 (below -65536: private use) */
export const LOCK_CLAIM = -65537;
/** Keys inside LOCK_CLAIM. Append only. */
export const LOCK_KEY = Object.freeze({
  seq: 1,
  bolt: 2,
  door: 3,
  batteryMilliVolts: 4,
  blockHeight: 5,
  lastCommand: 6,
  policyVersion: 7,
  previousHash: 8,
  alarms: 9,
  owner: 10,
  epoch: 11,
  accessDigest: 12,
  domainDigest: 13,
  cause: 14,
  strangersRefused: 15,
  lastDurableSeq: 16,
  modes: 17,
  adoption: 18,
} as const);

/** A report as any verifier receives it: parsed, not yet believed. */
export interface SignedReport {
  /** Whose signature it claims to carry: the address in the protected header. */
  readonly lock20: Uint8Array;
  readonly signature64: Uint8Array;
  /** The bytes that were signed. */
  readonly sigStructure: Uint8Array;
  readonly report: Report;
}

/**
 * Encodes what a report says; absent fields are left out.
 * @throws InvariantError where a field is outside its range: our own bug, never signed
 */
export function encodeReportPayload(report: Report): Uint8Array {
  const claims = eatClaimsToMap(report);
  claims.set(LOCK_CLAIM, lockClaimOf(report));
  try {
    reportFromClaims(claims);
  } catch (error) {
    if (error instanceof DecodeError) throw new InvariantError(`encodeReportPayload: ${error.message}`);
    throw error;
  }
  return encodeCbor(claims);
}

/**
 * Decodes what a report says. Every claim is known and in its range, or nothing is returned.
 * @param bytes - untrusted, at most REPORT_BYTES_MAX
 * @throws DecodeError `unknown` | `missing` | `type` | `range` | `size`, and all of `decodeCbor`
 */
export function decodeReportPayload(bytes: Uint8Array): Report {
  expectReportSize(bytes);
  return reportFromClaims(asMap(decodeCbor(bytes)));
}

/**
 * Takes a signed report apart. Does not check the signature, nor that the lock is one that anybody knows.
 * @param bytes - untrusted COSE_Sign1, at most REPORT_BYTES_MAX
 * @throws DecodeError all of `decodeSign1`, `decodeProtectedHeader` and `decodeReportPayload`
 */
export function readReport(bytes: Uint8Array): SignedReport {
  expectReportSize(bytes);
  const { protectedHeader, payload, signature64 } = decodeSign1(bytes);
  return {
    lock20: decodeProtectedHeader(protectedHeader),
    signature64,
    sigStructure: sigStructure(protectedHeader, payload),
    report: decodeReportPayload(payload),
  };
}

function lockClaimOf(report: Report): CborMap {
  const claim = new Map<number, CborValue>();
  const set = (key: number, value: CborValue | undefined) => {
    if (value !== undefined) claim.set(key, value);
  };
  set(LOCK_KEY.seq, report.seq);
  set(LOCK_KEY.bolt, BOLT_NUMBERS.indexOf(report.bolt));
  set(LOCK_KEY.door, DOOR_NUMBERS.indexOf(report.door));
  set(LOCK_KEY.batteryMilliVolts, report.batteryMilliVolts);
  set(LOCK_KEY.blockHeight, report.blockHeight);
  if (report.lastCommand !== undefined) {
    const { by, command, nonce, notAfterSeconds, reason } = report.lastCommand;
    set(LOCK_KEY.lastCommand, [by, command, nonce, notAfterSeconds, refusalCode(reason)]);
  }
  set(LOCK_KEY.policyVersion, report.policyVersion);
  set(LOCK_KEY.previousHash, report.previousHash16);
  set(LOCK_KEY.alarms, report.alarms);
  set(LOCK_KEY.owner, report.owner);
  set(LOCK_KEY.epoch, report.epoch);
  set(LOCK_KEY.accessDigest, report.accessDigest16);
  set(LOCK_KEY.domainDigest, report.domainDigest8);
  set(LOCK_KEY.cause, REPORT_CAUSES.indexOf(report.cause));
  set(LOCK_KEY.strangersRefused, report.strangersRefused);
  set(LOCK_KEY.lastDurableSeq, report.lastDurableSeq);
  set(LOCK_KEY.modes, report.modes);
  if (report.adoption !== undefined) {
    const { owner, epoch, challenge16, waitSeconds } = report.adoption;
    set(LOCK_KEY.adoption, [owner, epoch, challenge16, waitSeconds]);
  }
  return claim;
}

function reportFromClaims(claims: CborMap): Report {
  expectOnlyKeys(claims, PAYLOAD_KEYS);
  const claim = expectMap(claims, LOCK_CLAIM);
  expectOnlyKeys(claim, LOCK_KEYS);
  const battery = claim.get(LOCK_KEY.batteryMilliVolts);
  const lastCommand = claim.get(LOCK_KEY.lastCommand);
  const owner = claim.get(LOCK_KEY.owner);
  const strangers = claim.get(LOCK_KEY.strangersRefused);
  const lastDurable = claim.get(LOCK_KEY.lastDurableSeq);
  const modes = claim.get(LOCK_KEY.modes);
  const adoption = claim.get(LOCK_KEY.adoption);
  const alarms = expectUint(claim, LOCK_KEY.alarms, UINT32_MAX);
  if ((alarms & ~ALARMS_KNOWN) !== 0) throw new DecodeError('unknown', `the alarm bits ${alarms}`);
  return {
    ...eatClaimsFromMap(claims),
    cause: expectNamed(claim, LOCK_KEY.cause, REPORT_CAUSES),
    seq: expectUint(claim, LOCK_KEY.seq, UINT32_MAX),
    bolt: expectNamed(claim, LOCK_KEY.bolt, BOLT_NUMBERS),
    door: expectNamed(claim, LOCK_KEY.door, DOOR_NUMBERS),
    ...(battery === undefined ? {} : { batteryMilliVolts: asUint(battery, UINT16_MAX) }),
    blockHeight: expectUint(claim, LOCK_KEY.blockHeight, Number.MAX_SAFE_INTEGER),
    ...(lastCommand === undefined ? {} : { lastCommand: lastCommandFrom(lastCommand) }),
    policyVersion: expectUint(claim, LOCK_KEY.policyVersion, UINT32_MAX),
    previousHash16: expectBytes(claim, LOCK_KEY.previousHash, 16),
    alarms,
    ...(owner === undefined ? {} : { owner: asBytes(owner, 20) }),
    epoch: expectUint(claim, LOCK_KEY.epoch, UINT16_MAX),
    accessDigest16: expectBytes(claim, LOCK_KEY.accessDigest, 16),
    domainDigest8: expectBytes(claim, LOCK_KEY.domainDigest, 8),
    ...(strangers === undefined ? {} : { strangersRefused: asUint(strangers, UINT32_MAX) }),
    ...(lastDurable === undefined ? {} : { lastDurableSeq: asUint(lastDurable, UINT32_MAX) }),
    ...(modes === undefined ? {} : { modes: modesFrom(modes) }),
    ...(adoption === undefined ? {} : { adoption: adoptionFrom(adoption) }),
  };
}

/** Normal mode has one form: nothing is said of it. */
function modesFrom(value: CborValue): number {
  const modes = asUint(value, MODES_KNOWN);
  if (modes === 0) throw new DecodeError('range', 'expected a mode, or no such key');
  return modes;
}

function adoptionFrom(value: CborValue): AdoptionClaim {
  const [owner, epoch, challenge16, waitSeconds] = asArray(value, 4);
  return {
    owner: asBytes(owner, 20),
    epoch: asUint(epoch, UINT16_MAX),
    challenge16: asBytes(challenge16, 16),
    waitSeconds: asUint(waitSeconds, UINT32_MAX),
  };
}

function lastCommandFrom(value: CborValue): LastCommand {
  const [by, command, nonce, notAfter, code] = asArray(value, 5) as LastCommandFields;
  const reason = refusalFromCode(asUint(code, UINT16_MAX));
  if (reason === undefined)
    throw new DecodeError('unknown', `expected a reason below ${REFUSAL_REASONS.length}`);
  const number = asUint(command, UINT8_MAX);
  // A refused order may have named an action that nobody knows; an accepted one cannot.
  if (reason === 'none' && !isCommand(number))
    throw new DecodeError('unknown', `the accepted command ${number}`);
  return {
    by: asBytes(by, 20),
    command: number,
    nonce: asBigUint(nonce, 64),
    notAfterSeconds: asUint(notAfter, UINT40_MAX),
    reason,
  };
}

/** @returns whether an accepted command may have this number in a report */
export function isCommand(number: number): boolean {
  return (number >= 1 && number <= ACTION_MAX) || number === GRANT_COMMAND || number === HANDOVER_COMMAND;
}

function expectNamed<Name extends string>(map: CborMap, key: number, names: readonly Name[]): Name {
  const name = names[expectUint(map, key, UINT32_MAX)];
  if (name === undefined)
    throw new DecodeError('unknown', `expected under the key ${key} a number below ${names.length}`);
  return name;
}

function expectReportSize(bytes: Uint8Array): void {
  if (bytes.length > REPORT_BYTES_MAX) {
    throw new DecodeError(
      'size',
      `expected at most ${REPORT_BYTES_MAX} bytes of report, found ${bytes.length}`,
    );
  }
}

type LastCommandFields = readonly [CborValue, CborValue, CborValue, CborValue, CborValue];

/** The highest action of an order. @see PROTOCOL.md section 2 */
const ACTION_MAX = 9;
const UINT8_MAX = 0xff;
const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;
const UINT40_MAX = 0xff_ffff_ffff;
const ALARMS_KNOWN = 2 * ALARM.adoption - 1;
const MODES_KNOWN = MODE.privacy | MODE.vacation | MODE.passage;
const LOCK_KEYS: readonly number[] = Object.freeze(Object.values(LOCK_KEY));
const PAYLOAD_KEYS: readonly number[] = Object.freeze([...Object.values(EAT_CLAIM), LOCK_CLAIM]);
