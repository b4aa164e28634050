import { equalBytes, isZeroBytes } from '../protocol/bytes.js';
import type { Command } from '../protocol/command.js';
import { ORDER_AHEAD_SECONDS_MAX } from '../protocol/limits.js';
import { MODE } from '../protocol/mode.js';
import { ACTION, isOpening, type Order } from '../protocol/order.js';
import type { RefusalReason } from '../protocol/refusal.js';
import type { Terms } from '../protocol/terms.js';
import type { TimeZone } from '../protocol/time-zone.js';
import { type AccessEntry, applyGrant, findGuest, replaceEntry } from './access-list.js';
import { type Authority, freshAuthority } from './authority.js';
import type { Time } from './clock.js';
import { type Guard, isAfterGuard } from './guard.js';
import { isOwnDoing, refusalOfTerms } from './guest-terms.js';

/** A command whose signature was verified: the bytes say it, and this key said them. */
export interface SignedCommand {
  /** 20-byte address of who signed. */
  readonly by: Uint8Array;
  /** The sender's transaction nonce. */
  readonly nonce: bigint;
  readonly command: Command;
}

/** What an accepted order asks of the bolt. */
export type Wish = 'lock' | 'unlock' | 'unlock-then-relock';

export type Verdict =
  | {
      readonly ok: true;
      readonly authority: Authority;
      readonly wish: Wish | undefined;
      /** The order carried the lock's current challenge. */
      readonly challenged: boolean;
    }
  | {
      readonly ok: false;
      readonly reason: RefusalReason;
      /** Signed by the owner or a guest: the refusal is reported, a stranger's is only counted. */
      readonly known: boolean;
      /** Nothing speaks against it, but what the owner said later may not have been read yet. */
      readonly waits?: true;
      /** A guest's own doing, whoever showed it: it counts towards a lockout. */
      readonly isOwnDoing?: true;
    };

export interface Circumstances {
  readonly time: Time;
  /** The lock's current challenge; an order carries its first 4 bytes. */
  readonly challenge16: Uint8Array;
  /** Flash may have been rolled back: an unlock needs the challenge of this boot. */
  readonly isStrict: boolean;
  /** Takes one of a guest's turns. Asked once a guest's fresh order, before anything is written. */
  readonly takeTurn: (guest: Uint8Array) => boolean;
  readonly isLockedOut: (guest: AccessEntry) => boolean;
  /** The lock's own; undefined where its setting cannot be read. */
  readonly zone: TimeZone | undefined;
  /** The lock was out of contact for longer than guests' rights are leased. */
  readonly isLeaseOver: boolean;
  /** All that the owner has said was read where this was shown; guests' openings wait for that. */
  readonly isCaughtUp: boolean;
}

/**
 * Decides whether a signed command is obeyed: who, which epoch, when, never twice, within which terms.
 * Does not check the signature, the chain, the registry or the lock: `examine` has done that.
 * @returns the authority as it is after the command, to be persisted before the bolt is driven, or a refusal
 * @see PROTOCOL.md section 3
 */
export function judge(authority: Authority, signed: SignedCommand, circumstances: Circumstances): Verdict {
  const isOwner = equalBytes(signed.by, authority.owner);
  const guest = isOwner ? undefined : findGuest(authority.access, signed.by);
  if (!isOwner && guest === undefined) return { ok: false, reason: 'unknown-sender', known: false };
  const { command } = signed;
  switch (command.kind) {
    case 'order':
      return guest === undefined
        ? judgeOwnersOrder(authority, signed, command.order, circumstances)
        : judgeGuestsOrder(authority, guest, signed, command.order, circumstances);
    case 'grant':
      if (!isOwner) return refuse('not-owner');
      return judgeGrant(authority, command.guest, command.terms, circumstances.time);
    case 'handover':
      if (!isOwner) return refuse('not-owner');
      return judgeHandover(authority, command, circumstances.time);
  }
}

function judgeOwnersOrder(
  authority: Authority,
  signed: SignedCommand,
  order: Order,
  circumstances: Circumstances,
): Verdict {
  const { time } = circumstances;
  const isMode = order.action >= ACTION.privacyOn;
  const guard: Guard = { nonce: signed.nonce, notAfterSeconds: order.notAfterSeconds };
  const reason =
    refusalOfForm(authority, order, circumstances) ??
    (isAfterGuard(isMode ? authority.modeGuard : authority.boltGuard, guard) ? undefined : 'replayed') ??
    (opens(order) && isOn(authority, MODE.privacy) ? 'privacy' : undefined);
  if (reason !== undefined) return refuse(reason);
  const guarded: Authority = isMode ? { ...authority, modeGuard: guard } : { ...authority, boltGuard: guard };
  return accept(afterOwnersOrder(guarded, order, time), order);
}

function afterOwnersOrder(authority: Authority, order: Order, time: Time): Authority {
  switch (order.action) {
    case ACTION.lock:
      // Without authenticated time a far notAfter was not refused, and as a barrier it would shut guests out.
      if (time.nowSeconds === undefined) return authority;
      return { ...authority, barrierSeconds: Math.max(authority.barrierSeconds, order.notAfterSeconds) };
    case ACTION.privacyOn:
      return { ...authority, modes: authority.modes | MODE.privacy };
    case ACTION.privacyOff:
      return { ...authority, modes: authority.modes & ~MODE.privacy };
    case ACTION.vacationOn:
      return { ...authority, modes: authority.modes | MODE.vacation };
    case ACTION.vacationOff:
      return { ...authority, modes: authority.modes & ~MODE.vacation };
    case ACTION.passageOn:
      return { ...authority, modes: authority.modes | MODE.passage };
    case ACTION.passageOff:
      return { ...authority, modes: authority.modes & ~MODE.passage };
    default:
      return authority;
  }
}

function judgeGuestsOrder(
  authority: Authority,
  guest: AccessEntry,
  signed: SignedCommand,
  order: Order,
  circumstances: Circumstances,
): Verdict {
  const { time, zone } = circumstances;
  const guard: Guard = { nonce: signed.nonce, notAfterSeconds: order.notAfterSeconds };
  const isFresh = isAfterGuard(guest.guard, guard);
  // What is over may be shown by anybody, again and again: it takes no turn, or a liar could use them all up.
  const isDead = !isFresh || order.epoch !== authority.epoch || order.notAfterSeconds < time.floorSeconds;
  // Before all else: beyond the rate nothing is written, whatever the order says.
  if (!isDead && !circumstances.takeTurn(guest.guest)) return { ok: false, reason: 'rate', known: false };
  const early =
    refusalOfForm(authority, order, circumstances) ??
    (opens(order) && circumstances.isLockedOut(guest) ? 'lockout' : undefined);
  if (early !== undefined) return refuse(early);
  const ofTerms = refusalOfTerms(guest, order, time, zone);
  if (ofTerms !== undefined) {
    const isOwn = isOwnDoing(guest, guard, ofTerms, time, zone);
    return { ok: false, reason: ofTerms, known: true, ...(isOwn ? { isOwnDoing: true } : {}) };
  }
  const reason =
    (isFresh ? undefined : 'replayed') ?? (opens(order) ? refusalOfOpening(authority, order) : undefined);
  if (reason !== undefined) return refuse(reason);
  if (opens(order) && !circumstances.isCaughtUp)
    return { ok: false, reason: 'lease', known: true, waits: true };
  if (opens(order) && circumstances.isLeaseOver) return refuse('lease');
  const entry: AccessEntry = { ...guest, guard, used: guest.used + (opens(order) ? 1 : 0) };
  return accept({ ...authority, access: replaceEntry(authority.access, entry) }, order);
}

/** What the owner's other words have against an opening by a guest whose terms allow it. */
function refusalOfOpening(authority: Authority, order: Order): RefusalReason | undefined {
  if (order.notAfterSeconds <= authority.barrierSeconds) return 'barrier';
  if (isOn(authority, MODE.vacation)) return 'vacation';
  if (isOn(authority, MODE.privacy)) return 'privacy';
  return undefined;
}

/** What is checked alike for everyone: epoch, action, challenge and time. */
function refusalOfForm(
  authority: Authority,
  order: Order,
  { time, challenge16, isStrict }: Circumstances,
): RefusalReason | undefined {
  if (order.epoch !== authority.epoch) return 'epoch';
  if (order.action < ACTION.lock || order.action > ACTION.passageOff) return 'action';
  const challenged = !isZeroBytes(order.challenge4);
  if (challenged && !equalBytes(order.challenge4, challenge16.subarray(0, 4))) return 'challenge';
  if (isStrict && !challenged && opens(order)) return 'challenge';
  if (order.notAfterSeconds < time.floorSeconds) return 'expired';
  if (time.nowSeconds === undefined) return challenged || order.action === ACTION.lock ? undefined : 'clock';
  if (order.notAfterSeconds > time.nowSeconds + ORDER_AHEAD_SECONDS_MAX) return 'too-far-ahead';
  return undefined;
}

function judgeGrant(authority: Authority, guest: Uint8Array, terms: Terms, time: Time): Verdict {
  if (terms.epoch !== authority.epoch) return refuse('epoch');
  if (isZeroBytes(guest)) return refuse('terms');
  const change = applyGrant(authority.access, guest, terms, time);
  if (!change.ok) return refuse(change.reason);
  return { ok: true, authority: { ...authority, access: change.list }, wish: undefined, challenged: false };
}

function judgeHandover(
  authority: Authority,
  handover: Extract<Command, { kind: 'handover' }>,
  time: Time,
): Verdict {
  if (handover.epoch !== authority.epoch) return refuse('epoch');
  if (handover.newEpoch <= authority.epoch || isZeroBytes(handover.to)) return refuse('handover');
  if (handover.notAfterSeconds < time.floorSeconds) return refuse('expired');
  const next = freshAuthority(handover.to, handover.newEpoch);
  return { ok: true, authority: next, wish: undefined, challenged: false };
}

function accept(authority: Authority, order: Order): Verdict {
  return { ok: true, authority, wish: wishOf(order), challenged: !isZeroBytes(order.challenge4) };
}

function wishOf(order: Order): Wish | undefined {
  switch (order.action) {
    case ACTION.lock:
      return 'lock';
    case ACTION.unlock:
      return 'unlock';
    case ACTION.unlockThenRelock:
      return 'unlock-then-relock';
    default:
      return undefined;
  }
}

function isOn({ modes }: Authority, mode: number): boolean {
  return (modes & mode) !== 0;
}

function opens(order: Order): boolean {
  return isOpening(order.action);
}

function refuse(reason: RefusalReason): Verdict {
  return { ok: false, reason, known: true };
}
