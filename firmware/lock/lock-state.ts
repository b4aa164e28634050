import { compareBytes, readUint, writeUint } from '../protocol/bytes.js';
import { type CborValue, decodeCbor, encodeCbor } from '../protocol/cbor.js';
import { asArray, asBigUint, asBoolean, asBytes, asText, asUint } from '../protocol/cbor-fields.js';
import { DecodeError } from '../protocol/errors.js';
import { UNIX_SECONDS_MAX, VERSION_CHARS_MAX } from '../protocol/limits.js';
import { MODE } from '../protocol/mode.js';
import { isCommand } from '../protocol/report.js';
import { decodeTerms, encodeTerms } from '../protocol/terms.js';
import type { AccessEntry } from './access-list.js';
import { type Adoption, adoptionFromCbor, adoptionToCbor } from './adoption.js';
import type { Authority } from './authority.js';
import type { Guard } from './guard.js';

/** An accepted command whose report is owed. */
export interface Receipt {
  /** 20-byte address of who signed. */
  readonly by: Uint8Array;
  /** As in a report's `LastCommand`. */
  readonly command: number;
  readonly nonce: bigint;
  readonly notAfterSeconds: number;
  /** 32-byte hash of the transaction. */
  readonly tx: Uint8Array;
}

/** When the bolt is still to be locked: not at all, at once, after the relock time, or after the auto-relock time. */
export type OwedLock = 'no' | 'now' | 'later' | 'auto';

/**
 * All that must outlive a power cut besides the device's identity and its reports: one record, so that guards,
 * owed receipts and the bolt's owed movement change together, before anything moves.
 */
export interface LockState {
  readonly bootCount: number;
  readonly floorSeconds: number;
  readonly synchronisedBefore: boolean;
  readonly authority: Authority | undefined;
  readonly owed: readonly Receipt[];
  readonly owedLock: OwedLock;
  /** Number and hash of the last durable report when this was written; what flash holds beyond it is newer. */
  readonly headSeq: number;
  readonly headHash16: Uint8Array;
  /** Heartbeats may have used numbers up to this one. */
  readonly leasedSeq: number;
  /** Reports that were ever written to flash, the one of `headSeq` last; and those of them that were taken. */
  readonly keptCount: number;
  readonly takenCount: number;
  /** Hashes of known principals' transactions that were judged, newest last. */
  readonly judged: readonly Uint8Array[];
  /** The last block that was read from each endpoint, in the order of the settings. */
  readonly cursors: readonly number[];
  /** The newest version of the firmware that has run here; 0 before the first boot. */
  readonly newestFirmware: string;
  /** Bits of the alarms that stand on over a power cut. */
  readonly keptAlarms: number;
  /** When the lock was last in contact: the end of guests' lease is counted from here. Unix seconds, 0 for never. */
  readonly contactSeconds: number;
  /** Who asks to become the owner; it may be over (`waitingAdoption`). */
  readonly adoption: Adoption | undefined;
  /** The record of who owns the lock was lost: nobody is paired before a factory reset. */
  readonly ownerLost: boolean;
}

export const FIRST_STATE: LockState = Object.freeze({
  bootCount: 0,
  floorSeconds: 0,
  synchronisedBefore: false,
  authority: undefined,
  owed: Object.freeze([]),
  owedLock: 'no',
  headSeq: 0,
  headHash16: new Uint8Array(16),
  leasedSeq: 0,
  keptCount: 0,
  takenCount: 0,
  judged: Object.freeze([]),
  cursors: Object.freeze([]),
  newestFirmware: '0',
  keptAlarms: 0,
  contactSeconds: 0,
  adoption: undefined,
  ownerLost: false,
});

/** Privacy has ended: somebody inside has pressed the button. */
export function withoutPrivacy({ authority }: LockState): Partial<LockState> {
  if (authority === undefined) return {};
  return { authority: { ...authority, modes: authority.modes & ~MODE.privacy } };
}

const OWED_LOCKS: readonly OwedLock[] = Object.freeze(['no', 'now', 'later', 'auto']);

/** Encodes the state as one deterministic CBOR array; the order of fields is the record's version 1. */
export function encodeLockState(state: LockState): Uint8Array {
  return encodeCbor([
    state.bootCount,
    state.floorSeconds,
    state.synchronisedBefore,
    state.authority === undefined ? null : authorityToCbor(state.authority),
    state.owed.map(({ by, command, nonce, notAfterSeconds, tx }) => [
      by,
      command,
      nonce,
      notAfterSeconds,
      tx,
    ]),
    OWED_LOCKS.indexOf(state.owedLock),
    state.headSeq,
    state.headHash16,
    state.leasedSeq,
    state.keptCount,
    state.takenCount,
    state.judged,
    state.cursors,
    state.newestFirmware,
    state.keptAlarms,
    state.contactSeconds,
    state.adoption === undefined ? null : adoptionToCbor(state.adoption),
    state.ownerLost,
  ]);
}

/**
 * Decodes what `encodeLockState` wrote. Nothing passes that a report could not say afterwards: a lock with such a
 * record would stop at every boot.
 * @throws DecodeError `type` | `range` | `size` | `unknown` | `terms` | `padding`, and the codes of `decodeCbor`
 */
export function decodeLockState(bytes: Uint8Array): LockState {
  const fields = asArray(decodeCbor(bytes), 18);
  return {
    bootCount: asUint(fields[0], COUNT_MAX),
    floorSeconds: asUint(fields[1], UNIX_SECONDS_MAX),
    synchronisedBefore: asBoolean(fields[2]),
    authority: fields[3] === null ? undefined : authorityFromCbor(fields[3]),
    owed: asArray(fields[4]).map(receiptFromCbor),
    owedLock: owedLockFromCbor(fields[5]),
    headSeq: asUint(fields[6], COUNT_MAX),
    headHash16: asBytes(fields[7], 16),
    leasedSeq: asUint(fields[8], COUNT_MAX),
    keptCount: asUint(fields[9], COUNT_MAX),
    takenCount: asUint(fields[10], COUNT_MAX),
    judged: asArray(fields[11]).map((hash) => asBytes(hash, 32)),
    cursors: asArray(fields[12]).map((block) => asUint(block, BLOCK_MAX)),
    newestFirmware: asText(fields[13], VERSION_CHARS_MAX),
    keptAlarms: asUint(fields[14], 0xffff_ffff),
    contactSeconds: asUint(fields[15], UNIX_SECONDS_MAX),
    adoption: fields[16] === null ? undefined : adoptionFromCbor(fields[16]),
    ownerLost: asBoolean(fields[17]),
  };
}

function authorityToCbor(authority: Authority): CborValue {
  return [
    authority.owner,
    authority.epoch,
    guardToCbor(authority.boltGuard),
    guardToCbor(authority.modeGuard),
    authority.barrierSeconds,
    authority.modes,
    authority.access.serialFloor,
    authority.access.entries.map((entry) => [
      entry.guest,
      writeUint(encodeTerms(entry.terms), 32),
      entry.used,
      guardToCbor(entry.guard),
    ]),
  ];
}

function authorityFromCbor(value: CborValue | undefined): Authority {
  const fields = asArray(value, 8);
  return {
    owner: asBytes(fields[0], 20),
    epoch: asUint(fields[1], UINT16_MAX),
    boltGuard: guardFromCbor(fields[2]),
    modeGuard: guardFromCbor(fields[3]),
    barrierSeconds: asUint(fields[4], UNIX_SECONDS_MAX),
    modes: asUint(fields[5], MODES_KNOWN),
    access: {
      serialFloor: asUint(fields[6], UINT32_MAX),
      entries: entriesFromCbor(fields[7]),
    },
  };
}

/** In the order of the guests, each once. */
function entriesFromCbor(value: CborValue | undefined): readonly AccessEntry[] {
  const entries = asArray(value).map(entryFromCbor);
  for (let i = 1; i < entries.length; i++) {
    if (compareBytes((entries[i - 1] as AccessEntry).guest, (entries[i] as AccessEntry).guest) >= 0) {
      throw new DecodeError('duplicate', 'expected guests in their order, each once');
    }
  }
  return entries;
}

function owedLockFromCbor(value: CborValue | undefined): OwedLock {
  const owedLock = OWED_LOCKS[asUint(value, UINT8_MAX)];
  if (owedLock === undefined) throw new DecodeError('unknown', 'expected a kind of owed lock');
  return owedLock;
}

function entryFromCbor(value: CborValue): AccessEntry {
  const fields = asArray(value, 4);
  return {
    guest: asBytes(fields[0], 20),
    terms: decodeTerms(readUint(asBytes(fields[1], 32))),
    used: asUint(fields[2], UINT32_MAX),
    guard: guardFromCbor(fields[3]),
  };
}

function receiptFromCbor(value: CborValue): Receipt {
  const fields = asArray(value, 5);
  const command = asUint(fields[1], UINT8_MAX);
  if (!isCommand(command)) throw new DecodeError('unknown', `the owed command ${command}`);
  return {
    by: asBytes(fields[0], 20),
    command,
    nonce: asBigUint(fields[2], 64),
    notAfterSeconds: asUint(fields[3], UNIX_SECONDS_MAX),
    tx: asBytes(fields[4], 32),
  };
}

function guardToCbor(guard: Guard | undefined): CborValue {
  return guard === undefined ? null : [guard.nonce, guard.notAfterSeconds];
}

function guardFromCbor(value: CborValue | undefined): Guard | undefined {
  if (value === null) return undefined;
  const fields = asArray(value, 2);
  return { nonce: asBigUint(fields[0], 64), notAfterSeconds: asUint(fields[1], UNIX_SECONDS_MAX) };
}

/** Half of what a report's numbers hold: more than a lock counts in its life, with room to count on. */
const COUNT_MAX = 2 ** 31;
/** One block more than a node's highest: cursors may lie behind it. */
const BLOCK_MAX = 2 ** 48;
const MODES_KNOWN = MODE.privacy | MODE.vacation | MODE.passage;
const UINT8_MAX = 0xff;
const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;
