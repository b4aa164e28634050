import { addressOf } from '../crypto/address.js';
import type { CryptoEngine } from '../crypto/engine.js';
import { fromEvmSignature65 } from '../crypto/signature.js';
import { equalBytes, isZeroBytes } from '../protocol/bytes.js';
import type { CborValue } from '../protocol/cbor.js';
import { asArray, asBytes, asUint } from '../protocol/cbor-fields.js';
import { adoptDigest, refuseDigest } from '../protocol/eip712.js';
import { DecodeError } from '../protocol/errors.js';
import { parseHex } from '../protocol/hex.js';
import { parseJson } from '../protocol/json-rpc.js';
import { expectObject, requiredField } from '../protocol/json-value.js';
import { ADOPTION_HOURS, PAIRING_FRAME_BYTES_MAX } from '../protocol/limits.js';
import type { PairingFrame } from '../protocol/pairing.js';
import { type RefusalReason, refusalOf } from '../protocol/refusal.js';
import type { Authority } from './authority.js';
import { type Domain, examineTransaction } from './examiner.js';
import type { LockState } from './lock-state.js';

/** Somebody who asks to become the owner, while the pinned owner can still refuse. */
export interface Adoption {
  /** 20-byte address. */
  readonly owner: Uint8Array;
  readonly epoch: number;
  /** What a veto names: 16 bytes. */
  readonly challenge16: Uint8Array;
  /** The epoch that the lock was in: an adoption of an epoch that is over is over too. */
  readonly fromEpoch: number;
  /** No veto can stand in a block before this one. */
  readonly sinceBlock: number;
  /** Whole hours with acknowledged reports that have passed. */
  readonly hours: number;
}

/** What the new owner sent, and the challenge that the lock gave for it. */
export interface AdoptRequest extends Omit<Extract<PairingFrame, { kind: 'adopt' }>, 'kind'> {
  readonly challenge16: Uint8Array;
}

export type AdoptVerdict =
  /** `now`: the pinned owner has agreed by signature; `known`: it waits already. */
  | { readonly ok: true; readonly when: 'now' | 'later' | 'known' }
  | { readonly ok: false; readonly reason: RefusalReason };

/** The adoption that waits in this state, if there is one. */
export function waitingAdoption({
  adoption,
  authority,
}: Pick<LockState, 'adoption' | 'authority'>): Adoption | undefined {
  return adoption !== undefined && adoption.fromEpoch === authority?.epoch ? adoption : undefined;
}

/** Seconds with acknowledged reports that are left. */
export function waitSecondsOf({ hours }: Pick<Adoption, 'hours'>): number {
  return Math.max(0, ADOPTION_HOURS - hours) * SECONDS_PER_HOUR;
}

/**
 * Decides what becomes of a new owner's request. Does not check who stands at the lock, nor whether the challenge is
 * this session's: the pairing desk has done that. No node is asked, so nobody's word about the token counts.
 * @see PROTOCOL.md section 1.2
 */
export function judgeAdopt(
  engine: CryptoEngine,
  domain: Domain,
  request: AdoptRequest,
  { authority, waiting }: { readonly authority: Authority; readonly waiting: Adoption | undefined },
): AdoptVerdict {
  const { owner, epoch, challenge16, signature65, handover } = request;
  if (isZeroBytes(owner) || epoch <= authority.epoch) return { ok: false, reason: 'adoption' };
  const digest32 = adoptDigest(engine.keccak256, domain, { lock: domain.lock20, owner, epoch, challenge16 });
  if (!isSignedBy(engine, digest32, signature65, owner)) return { ok: false, reason: 'adoption' };
  if (handover !== undefined) {
    const reason = refusalOfHandover(engine, domain, handover, owner, authority);
    return reason === undefined ? { ok: true, when: 'now' } : { ok: false, reason };
  }
  // The pinned owner in a later epoch, as after a sale and its return: that signature is the authority itself.
  if (equalBytes(owner, authority.owner)) return { ok: true, when: 'now' };
  if (waiting === undefined) return { ok: true, when: 'later' };
  const isSame = equalBytes(waiting.owner, owner) && waiting.epoch === epoch;
  return isSame ? { ok: true, when: 'known' } : { ok: false, reason: 'adoption' };
}

/**
 * Whether this is the pinned owner's veto of an adoption, whoever carried it.
 * @param signature65 - r, s, v over EIP-712 Refuse, untrusted, any length
 */
export function isVeto(
  engine: CryptoEngine,
  domain: Domain,
  { challenge16 }: Pick<Adoption, 'challenge16'>,
  signature65: Uint8Array,
  owner20: Uint8Array,
): boolean {
  const digest32 = refuseDigest(engine.keccak256, domain, { lock: domain.lock20, challenge16 });
  return isSignedBy(engine, digest32, signature65, owner20);
}

/**
 * Counts hours in which the world has taken a report: an hour of uptime counts where a report that was made in it was
 * also acknowledged in it. No clock can hasten that, and a power cut costs the hour that has begun.
 */
export class AdoptionHours {
  #dueMs: number;
  #lastSeqBefore: number;
  #isAcknowledged = false;

  /** @param lastSeq - number of the last report that was made before */
  constructor(lastSeq: number, uptimeMs: number) {
    this.#lastSeqBefore = lastSeq;
    this.#dueMs = uptimeMs + MS_PER_HOUR;
  }

  /** The uptime at which the hour is over. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** The sink has taken this report. */
  taken(seq: number, uptimeMs: number): void {
    if (seq > this.#lastSeqBefore && uptimeMs < this.#dueMs) this.#isAcknowledged = true;
  }

  /** Begins the next hour once this one is over; late ticks count one. @returns whether an hour counts */
  tick(lastSeq: number, uptimeMs: number): boolean {
    if (uptimeMs < this.#dueMs) return false;
    const counts = this.#isAcknowledged;
    this.#isAcknowledged = false;
    this.#lastSeqBefore = lastSeq;
    this.#dueMs = uptimeMs + MS_PER_HOUR;
    return counts;
  }
}

export function adoptionToCbor(adoption: Adoption): CborValue {
  const { owner, epoch, challenge16, fromEpoch, sinceBlock, hours } = adoption;
  return [owner, epoch, challenge16, fromEpoch, sinceBlock, hours];
}

/** Decodes what `adoptionToCbor` made. @throws DecodeError `type` | `range` | `size` */
export function adoptionFromCbor(value: CborValue | undefined): Adoption {
  const [owner, epoch, challenge16, fromEpoch, sinceBlock, hours] = asArray(value, 6);
  return {
    owner: asBytes(owner, 20),
    epoch: asUint(epoch, 0xffff),
    challenge16: asBytes(challenge16, 16),
    fromEpoch: asUint(fromEpoch, 0xffff),
    sinceBlock: asUint(sinceBlock, 2 ** 48),
    hours: asUint(hours, ADOPTION_HOURS),
  };
}

/** Expired or not: the seller has named this buyer, and only that matters here. */
function refusalOfHandover(
  engine: CryptoEngine,
  domain: Domain,
  bytes: Uint8Array,
  owner: Uint8Array,
  authority: Authority,
): RefusalReason | undefined {
  let asked: Uint8Array;
  let json: unknown;
  try {
    json = parseJson(bytes, PAIRING_FRAME_BYTES_MAX);
    asked = parseHex(requiredField(expectObject(json, 'a transaction'), 'hash'), 32);
  } catch (error) {
    if (error instanceof DecodeError) return refusalOf(error.code);
    throw error;
  }
  const examination = examineTransaction(engine, domain, asked, json);
  if (!examination.ok) return examination.reason;
  const { by, command } = examination.signed;
  if (command.kind !== 'handover' || !equalBytes(command.to, owner)) return 'adoption';
  if (!equalBytes(by, authority.owner)) return 'unknown-sender';
  if (command.epoch !== authority.epoch) return 'epoch';
  return command.newEpoch > authority.epoch ? undefined : 'handover';
}

function isSignedBy(
  engine: CryptoEngine,
  digest32: Uint8Array,
  signature65: Uint8Array,
  address20: Uint8Array,
): boolean {
  try {
    const { signature64, recoveryId } = fromEvmSignature65(signature65);
    return equalBytes(addressOf(engine, engine.recover(digest32, signature64, recoveryId)), address20);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

const SECONDS_PER_HOUR = 3_600;
const MS_PER_HOUR = 3_600_000;
