import { compareBytes, equalBytes } from '../protocol/bytes.js';
import {
  GRANT_AGE_SECONDS_MAX,
  GRANT_AHEAD_SECONDS_MAX,
  GUESTS_MAX,
  TOMBSTONES_MAX,
} from '../protocol/limits.js';
import type { RefusalReason } from '../protocol/refusal.js';
import type { Terms } from '../protocol/terms.js';
import type { Time } from './clock.js';
import type { Guard } from './guard.js';

/** One guest as the lock knows them. `rights` 0 is a tombstone: it only remembers the serial. */
export interface AccessEntry {
  /** 20-byte address. */
  readonly guest: Uint8Array;
  readonly terms: Terms;
  /** Openings counted against `terms.uses`. */
  readonly used: number;
  /** The last order of this guest that was obeyed. */
  readonly guard: Guard | undefined;
}

/** Who besides the owner may command, sorted by address, and the floor that new grants must exceed. */
export interface AccessList {
  readonly entries: readonly AccessEntry[];
  /** Serials at or below this are refused to new grants; revocations are never measured by it. */
  readonly serialFloor: number;
}

export const EMPTY_ACCESS_LIST: AccessList = Object.freeze({ entries: Object.freeze([]), serialFloor: 0 });

/** Finds a guest or tombstone by address. */
export function findEntry(list: AccessList, address: Uint8Array): AccessEntry | undefined {
  return list.entries.find((entry) => equalBytes(entry.guest, address));
}

/** Finds a guest who holds any right; does not check window, rights or uses. */
export function findGuest(list: AccessList, address: Uint8Array): AccessEntry | undefined {
  const entry = findEntry(list, address);
  return entry !== undefined && entry.terms.rights !== 0 ? entry : undefined;
}

/** Puts an entry in its place. */
export function replaceEntry(list: AccessList, entry: AccessEntry): AccessList {
  const others = list.entries.filter((other) => !equalBytes(other.guest, entry.guest));
  const entries = [...others, entry].sort((a, b) => compareBytes(a.guest, b.guest));
  return { entries, serialFloor: list.serialFloor };
}

export type AccessChange =
  | { readonly ok: true; readonly list: AccessList }
  | { readonly ok: false; readonly reason: RefusalReason };

/**
 * Applies a grant or revocation that the owner signed. For each guest apart the highest serial wins,
 * a revocation also at equal serial. Does not check who signed, nor the epoch.
 */
export function applyGrant(list: AccessList, guest: Uint8Array, terms: Terms, time: Time): AccessChange {
  return terms.rights === 0 ? revoke(list, guest, terms, time) : admit(list, guest, terms, time);
}

function revoke(list: AccessList, guest: Uint8Array, terms: Terms, time: Time): AccessChange {
  const known = findEntry(list, guest);
  if (known === undefined) {
    // A grant as old as this would be refused for its age anyway, so nothing needs to be remembered.
    if (terms.serial < time.floorSeconds - GRANT_AGE_SECONDS_MAX) return { ok: false, reason: 'serial-age' };
  } else {
    if (terms.serial < known.terms.serial) return { ok: false, reason: 'serial' };
    if (terms.serial === known.terms.serial && known.terms.rights === 0)
      return { ok: false, reason: 'serial' };
  }
  // The guard stays: an order obeyed before the revocation must not be obeyed again after a new grant.
  const tombstone: AccessEntry = { guest, terms, used: 0, guard: known?.guard };
  return { ok: true, list: tidyTombstones(replaceEntry(list, tombstone), time) };
}

function admit(list: AccessList, guest: Uint8Array, terms: Terms, time: Time): AccessChange {
  const { nowSeconds } = time;
  if (nowSeconds === undefined) return { ok: false, reason: 'clock' };
  const known = findEntry(list, guest);
  if (terms.serial <= (known?.terms.serial ?? 0)) return { ok: false, reason: 'serial' };
  if (terms.serial <= list.serialFloor) return { ok: false, reason: 'serial' };
  if (
    // By the floor, as tombstones go: a clock behind it must not admit what they have forgotten.
    terms.serial < time.floorSeconds - GRANT_AGE_SECONDS_MAX ||
    terms.serial > nowSeconds + GRANT_AHEAD_SECONDS_MAX
  ) {
    return { ok: false, reason: 'serial-age' };
  }
  // The guard outlives a change of terms: an order that was obeyed stays obeyed.
  const entry: AccessEntry = { guest, terms, used: 0, guard: known?.guard };
  let next = replaceEntry(list, entry);
  if (countGuests(next) > GUESTS_MAX) next = retireOver(next, nowSeconds);
  if (countGuests(next) > GUESTS_MAX) return { ok: false, reason: 'guests-full' };
  return { ok: true, list: tidyTombstones(next, time) };
}

function countGuests(list: AccessList): number {
  return list.entries.reduce((count, entry) => count + (entry.terms.rights === 0 ? 0 : 1), 0);
}

/** Grants that authenticated time has ended become tombstones: their serials still bar what is older. */
function retireOver(list: AccessList, nowSeconds: number): AccessList {
  const entries = list.entries.map((entry) =>
    entry.terms.rights !== 0 && entry.terms.notAfterSeconds < nowSeconds
      ? { ...entry, terms: { ...entry.terms, rights: 0 }, used: 0 }
      : entry,
  );
  return { entries, serialFloor: list.serialFloor };
}

/**
 * Tombstones older than a grant may be go freely; if too many are left, those with the lowest serials become the floor,
 * and before them those whose guest's last order can still be shown are spared.
 */
function tidyTombstones(list: AccessList, time: Time): AccessList {
  const oldest = time.floorSeconds - GRANT_AGE_SECONDS_MAX;
  const kept = list.entries.filter(
    ({ terms, guard }) =>
      terms.rights !== 0 ||
      terms.serial >= oldest ||
      // The order that was obeyed last could be shown again to a guest who is granted anew.
      isLive(guard, time),
  );
  const tombstones = kept.filter((entry) => entry.terms.rights === 0);
  if (tombstones.length <= TOMBSTONES_MAX) return { entries: kept, serialFloor: list.serialFloor };
  const rank = ({ guard }: AccessEntry) => (isLive(guard, time) ? 1 : 0);
  tombstones.sort((a, b) => rank(a) - rank(b) || a.terms.serial - b.terms.serial);
  const dropped = tombstones.slice(0, tombstones.length - TOMBSTONES_MAX);
  let serialFloor = list.serialFloor;
  // A revocation may carry any serial; the floor follows it no further than a grant may be ahead. Without a clock
  // nobody knows how far that is, and a floor too low would let back in whom the lock has just forgotten.
  const highest = time.nowSeconds === undefined ? Infinity : time.nowSeconds + GRANT_AHEAD_SECONDS_MAX;
  for (const { terms } of dropped) serialFloor = Math.max(serialFloor, Math.min(terms.serial, highest));
  return { entries: kept.filter((entry) => !dropped.includes(entry)), serialFloor };
}

/** Whether an order that was obeyed could be shown again. */
function isLive(guard: Guard | undefined, { floorSeconds }: Time): boolean {
  return guard !== undefined && guard.notAfterSeconds >= floorSeconds;
}
