import {
  GRANT_AGE_SECONDS_MAX,
  GRANT_AHEAD_SECONDS_MAX,
  ORDER_AHEAD_SECONDS_MAX,
} from '../protocol/limits.js';
import { MODE } from '../protocol/mode.js';
import { ACTION, type Order } from '../protocol/order.js';
import { RIGHT, type Terms } from '../protocol/terms.js';
import { localTime, type TimeZone } from '../protocol/time-zone.js';
import type { AccessEntry, AccessList } from './access-list.js';
import type { Authority } from './authority.js';
import type { Time } from './clock.js';
import type { Domain, ExaminedCommand } from './examiner.js';
import type { Guard } from './guard.js';
import { obeyingWarrant, openingWarrant, type Warrant } from './warrant.js';

/** What a second look goes by: read from the lock's own parts anew, not from what the first judgement was given. */
export interface SecondView {
  readonly pinned: Domain;
  readonly time: Time;
  readonly challenge16: Uint8Array;
  /** An opening needs no challenge: flash is certainly not rolled back, or the owner does not mind. */
  readonly isTrusting: boolean;
  readonly isFree: (guest: AccessEntry) => boolean;
  readonly zone: TimeZone | undefined;
  /** Unix seconds of authenticated time at which guests' rights are suspended. */
  readonly leaseEndSeconds: number;
  readonly hasHeardAll: boolean;
}

/** One bit for each thing that must hold. */
const FACT = Object.freeze({
  addressee: 0x0001,
  epoch: 0x0002,
  signer: 0x0004,
  /** It was not obeyed before. */
  fresh: 0x0008,
  /** What the first judgement made of the authority keeps it from being obeyed again, and gives nobody else more. */
  kept: 0x0010,
  action: 0x0020,
  notOver: 0x0040,
  notAhead: 0x0080,
  challenge: 0x0100,
  /** Whoever signed may ask for this. */
  right: 0x0200,
  term: 0x0400,
  hours: 0x0800,
  uses: 0x1000,
  barrier: 0x2000,
  modes: 0x4000,
  /** Nothing that the owner has said is known to be missing, nor was the lock out of contact, nor the guest locked out. */
  contact: 0x8000,
} as const);

const ALL = 0xffff;
/** What a command that draws no bolt need not show. */
const OPENINGS_ONLY = FACT.hours | FACT.uses | FACT.barrier | FACT.modes | FACT.contact;
const ADDRESS_BYTES = 20;
const DAY_MINUTES = 1_440;
const EVERY_DAY = 0x7f;

/**
 * Judges an accepted command again, the other way round than `judge`: nothing is allowed at first, each fact that holds
 * sets its bit, and only all bits together make a warrant. So no one branch that goes wrong, here or there, is enough
 * to open. Takes the signer as it was recovered and the fields as they were decoded; does not compute them again.
 * @param before - the authority that the first judgement was made on
 * @param after - what it made of that
 */
export function secondLook(
  before: Authority,
  after: Authority,
  signed: ExaminedCommand,
  view: SecondView,
): Warrant {
  const held = isAddressed(signed.addressee, view.pinned) ? FACT.addressee : 0;
  const { command } = signed;
  switch (command.kind) {
    case 'order': {
      const missing = ALL & ~(held | orderFacts(before, after, signed, command.order, view));
      switch (command.order.action) {
        case ACTION.unlock:
        case ACTION.unlockThenRelock:
          return openingWarrant(missing);
        default:
          return obeyingWarrant(missing & ~OPENINGS_ONLY);
      }
    }
    case 'grant': {
      const shown = held | ownerFacts(before, signed) | grantFacts(before, after, command, view.time);
      return obeyingWarrant(ALL & ~OPENINGS_ONLY & ~shown);
    }
    case 'handover': {
      const shown = held | ownerFacts(before, signed) | handoverFacts(before, after, command, view.time);
      return obeyingWarrant(ALL & ~OPENINGS_ONLY & ~shown);
    }
  }
}

function orderFacts(
  before: Authority,
  after: Authority,
  signed: ExaminedCommand,
  order: Order,
  view: SecondView,
): number {
  let held = formFacts(order, view);
  if (order.epoch === before.epoch && after.epoch === before.epoch) held |= FACT.epoch;
  if (difference(after.owner, before.owner) !== 0) return held;
  const guard: Guard = { nonce: signed.nonce, notAfterSeconds: order.notAfterSeconds };
  if ((before.modes & MODE.privacy) === 0) held |= FACT.modes;
  if (difference(signed.by, before.owner) === 0)
    return held | ownersOrderFacts(before, after, guard, order, view.time);
  const guest = liveEntry(before.access, signed.by);
  const left = liveEntry(after.access, signed.by);
  if (guest === undefined || left === undefined) return held;
  if (order.action > ACTION.unlockThenRelock) return held;
  if ((before.modes & MODE.vacation) !== 0) held &= ~FACT.modes;
  held |= FACT.signer | guestFacts(guest, order, view);
  if (order.notAfterSeconds > before.barrierSeconds) held |= FACT.barrier;
  if (position(guard) > position(guest.guard)) held |= FACT.fresh;
  const uses = left.used - guest.used;
  const isCounted = order.action === ACTION.lock ? uses === 0 : uses === 1;
  if (isCounted && position(left.guard) === position(guard)) held |= FACT.kept;
  return held;
}

/** What is asked of everybody's order alike. */
function formFacts(order: Order, { time, challenge16, isTrusting }: SecondView): number {
  const { floorSeconds, nowSeconds } = time;
  let held = 0;
  if (ACTION.lock <= order.action && order.action <= ACTION.passageOff) held |= FACT.action;
  if (floorSeconds <= order.notAfterSeconds) held |= FACT.notOver;
  const given = wordOf(order.challenge4);
  const isAnswered = given !== 0 && given === wordOf(challenge16);
  const isHarmless = order.action === ACTION.lock || order.action > ACTION.unlockThenRelock;
  if (isAnswered || (given === 0 && (isTrusting || isHarmless))) held |= FACT.challenge;
  if (nowSeconds === undefined)
    return isAnswered || order.action === ACTION.lock ? held | FACT.notAhead : held;
  if (order.notAfterSeconds - nowSeconds <= ORDER_AHEAD_SECONDS_MAX) held |= FACT.notAhead;
  return held;
}

function ownersOrderFacts(
  before: Authority,
  after: Authority,
  guard: Guard,
  order: Order,
  { nowSeconds }: Time,
): number {
  // Guests' own terms bind no owner.
  let held = FACT.signer | FACT.right | FACT.term | FACT.hours | FACT.uses | FACT.barrier | FACT.contact;
  const isBolt = order.action <= ACTION.unlockThenRelock;
  const last = isBolt ? before.boltGuard : before.modeGuard;
  const next = isBolt ? after.boltGuard : after.modeGuard;
  if (position(guard) > position(last)) held |= FACT.fresh;
  const least = order.action === ACTION.lock && nowSeconds !== undefined ? order.notAfterSeconds : 0;
  const isBarred = after.barrierSeconds >= Math.max(before.barrierSeconds, least);
  if (isBarred && position(next) === position(guard)) held |= FACT.kept;
  return held;
}

function guestFacts(guest: AccessEntry, order: Order, view: SecondView): number {
  const { terms, used } = guest;
  const { floorSeconds, nowSeconds } = view.time;
  const right = order.action === ACTION.lock ? RIGHT.lock : RIGHT.unlock;
  let held = (terms.rights & right) === right ? FACT.right : 0;
  if (nowSeconds === undefined) {
    // Without a clock a guest can only lock.
    return floorSeconds <= terms.notAfterSeconds && right === RIGHT.lock ? held | FACT.term : held;
  }
  if (terms.notBeforeSeconds <= nowSeconds && floorSeconds <= terms.notAfterSeconds) held |= FACT.term;
  if (isWithin(terms, view.zone, nowSeconds)) held |= FACT.hours;
  if (terms.uses === 0 || used < terms.uses) held |= FACT.uses;
  if (view.hasHeardAll && nowSeconds <= view.leaseEndSeconds && view.isFree(guest)) held |= FACT.contact;
  return held;
}

/** By minutes since the last start, and the day on which that was. */
function isWithin(terms: Terms, zone: TimeZone | undefined, nowSeconds: number): boolean {
  const minutes = (terms.dayEndMinutes - terms.dayStartMinutes + DAY_MINUTES) % DAY_MINUTES;
  const isAnyDay = terms.weekdays % EVERY_DAY === 0;
  if (minutes === 0 && isAnyDay) return true;
  if (zone === undefined) return false;
  const { weekday, minuteOfDay } = localTime(zone, nowSeconds);
  const start = minutes === 0 ? 0 : terms.dayStartMinutes;
  const since = (minuteOfDay - start + DAY_MINUTES) % DAY_MINUTES;
  const startDay = since > minuteOfDay ? (weekday + 6) % 7 : weekday;
  const isDay = isAnyDay || ((terms.weekdays >> startDay) & 1) === 1;
  return isDay && since < (minutes === 0 ? DAY_MINUTES : minutes);
}

/** What only the owner may say needs no terms, no challenge and no window of an order. */
function ownerFacts({ owner }: Authority, { by }: ExaminedCommand): number {
  if (difference(by, owner) !== 0) return 0;
  return FACT.signer | FACT.right | FACT.action | FACT.challenge | FACT.notAhead | FACT.term;
}

function grantFacts(
  before: Authority,
  after: Authority,
  { guest, terms }: { readonly guest: Uint8Array; readonly terms: Terms },
  time: Time,
): number {
  let held = terms.epoch === before.epoch && after.epoch === before.epoch ? FACT.epoch : 0;
  const known = entryOf(before.access, guest);
  const left = liveEntry(after.access, guest);
  const isSameOwner = difference(after.owner, before.owner) === 0;
  // Reversed: a revocation leaves nobody, a grant leaves these terms or nobody.
  if (isSameOwner && (left === undefined || (left.terms === terms && terms.rights > 0))) held |= FACT.kept;
  if (terms.rights === 0) {
    const isLive = known !== undefined && known.terms.rights > 0;
    const least = (known?.terms.serial ?? 0) + (known === undefined || isLive ? 0 : 1);
    if (terms.serial >= least) held |= FACT.fresh;
    if (known !== undefined || isOfLate(terms, time)) held |= FACT.notOver;
    return held;
  }
  if (terms.serial > Math.max(known?.terms.serial ?? 0, before.access.serialFloor)) held |= FACT.fresh;
  if (time.nowSeconds === undefined) return held;
  if (isOfLate(terms, time) && terms.serial - time.nowSeconds <= GRANT_AHEAD_SECONDS_MAX)
    held |= FACT.notOver;
  return held;
}

function handoverFacts(
  before: Authority,
  after: Authority,
  word: {
    readonly to: Uint8Array;
    readonly epoch: number;
    readonly newEpoch: number;
    readonly notAfterSeconds: number;
  },
  { floorSeconds }: Time,
): number {
  let held = word.epoch === before.epoch ? FACT.epoch : 0;
  if (before.epoch < word.newEpoch) held |= FACT.fresh;
  if (floorSeconds <= word.notAfterSeconds) held |= FACT.notOver;
  let anyByte = 0;
  for (const byte of word.to) anyByte |= byte;
  const isSomebody = anyByte !== 0 && difference(after.owner, word.to) === 0;
  if (isSomebody && after.epoch === word.newEpoch && after.access.entries.length === 0) held |= FACT.kept;
  return held;
}

function isOfLate({ serial }: Terms, { floorSeconds }: Time): boolean {
  return floorSeconds - serial <= GRANT_AGE_SECONDS_MAX;
}

function isAddressed(found: Domain, pinned: Domain): boolean {
  const bytes = difference(found.registry20, pinned.registry20) | difference(found.lock20, pinned.lock20);
  return bytes === 0 && found.chainId - pinned.chainId === 0n;
}

/** The last one by that address, whether it has rights or not. */
function entryOf({ entries }: AccessList, address: Uint8Array): AccessEntry | undefined {
  let found: AccessEntry | undefined;
  for (const entry of entries) {
    if (difference(entry.guest, address) === 0) found = entry;
  }
  return found;
}

function liveEntry(list: AccessList, address: Uint8Array): AccessEntry | undefined {
  const entry = entryOf(list, address);
  if (entry === undefined) return undefined;
  return entry.terms.rights > 0 ? entry : undefined;
}

/** @returns 0 where both are the same 20 bytes */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let found = (a.length ^ ADDRESS_BYTES) | (b.length ^ ADDRESS_BYTES);
  for (let i = 0; i < ADDRESS_BYTES; i++) found |= (a[i] as number) ^ (b[i] as number);
  return found;
}

/** One number in place of two that are compared one after the other. */
function position(guard: Guard | undefined): bigint {
  return guard === undefined ? -1n : (guard.nonce << 40n) | BigInt(guard.notAfterSeconds);
}

/** The first 4 bytes; 0 is no challenge. */
function wordOf(bytes: Uint8Array): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word = word * 256 + (bytes[i] as number);
  return word;
}
