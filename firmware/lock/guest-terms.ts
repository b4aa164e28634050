import { ORDER_AHEAD_SECONDS_MAX } from '../protocol/limits.js';
import { ACTION, type Order } from '../protocol/order.js';
import type { RefusalReason } from '../protocol/refusal.js';
import { RIGHT, type Terms } from '../protocol/terms.js';
import type { TimeZone } from '../protocol/time-zone.js';
import type { AccessEntry } from './access-list.js';
import type { Time } from './clock.js';
import { type Guard, isAfterGuard } from './guard.js';
import { isInSchedule } from './schedule.js';

/**
 * What a guest's own terms have against an order. To lock is held to rights and window alone: it is safe at any hour,
 * and where no clock says whether the grant has begun. Does not check who signed, nor whether it was obeyed before.
 * @see PROTOCOL.md section 3.3
 */
export function refusalOfTerms(
  { terms, used }: AccessEntry,
  { action }: Order,
  time: Time,
  zone: TimeZone | undefined,
): RefusalReason | undefined {
  if (action > ACTION.unlockThenRelock) return 'not-owner';
  const isLock = action === ACTION.lock;
  if ((terms.rights & (isLock ? RIGHT.lock : RIGHT.unlock)) === 0) return 'rights';
  if (terms.notAfterSeconds < time.floorSeconds) return 'over';
  if (time.nowSeconds === undefined) return isLock ? undefined : 'clock';
  if (terms.notBeforeSeconds > time.nowSeconds) return 'not-yet';
  if (isLock) return undefined;
  if (!isInSchedule(terms, zone, time.nowSeconds)) return 'schedule';
  if (terms.uses !== 0 && used >= terms.uses) return 'uses';
  return undefined;
}

/**
 * Whether a refusal is the guest's own doing: the order would have been refused whenever it was shown. A node that
 * holds an order back until the hours are over, or shows again what was obeyed, must not be able to shut a guest out.
 * @param reason - what `refusalOfTerms` said
 * @param guard - the order's own
 */
export function isOwnDoing(
  { terms, guard: obeyed }: AccessEntry,
  guard: Guard,
  reason: RefusalReason,
  { nowSeconds }: Time,
  zone: TimeZone | undefined,
): boolean {
  if (nowSeconds === undefined || !isAfterGuard(obeyed, guard)) return false;
  // Before this it would have been refused as too far ahead.
  const earliestSeconds = guard.notAfterSeconds - ORDER_AHEAD_SECONDS_MAX;
  // It may have been meant under other terms; a serial is the time of the grant.
  if (earliestSeconds <= terms.serial) return false;
  switch (reason) {
    case 'not-owner':
    case 'rights':
    case 'uses':
    case 'not-yet':
      return true;
    case 'over':
      return earliestSeconds > terms.notAfterSeconds;
    case 'schedule':
      return !wasInSchedule(terms, zone, earliestSeconds, nowSeconds);
    default:
      return false;
  }
}

/** No span of a schedule is shorter than a minute, so none is missed. */
function wasInSchedule(
  terms: Terms,
  zone: TimeZone | undefined,
  fromSeconds: number,
  toSeconds: number,
): boolean {
  for (let at = fromSeconds; at <= toSeconds; at += 60) {
    if (isInSchedule(terms, zone, at)) return true;
  }
  return false;
}
