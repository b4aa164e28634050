import type { Terms } from '../protocol/terms.js';
import { localTime, type TimeZone } from '../protocol/time-zone.js';
import { EVERY_DAY, isWithinHours } from '../protocol/weekly-hours.js';

/**
 * Whether a guest's weekdays and hours admit a moment, by the lock's wall clock: from the minute of the start to the one
 * before the end. A start after the end goes over midnight and belongs to the day on which it starts; equal is all day.
 * Does not look at the window, the rights or the uses.
 * @param zone - undefined where the lock cannot tell its zone: then only terms that name no day and no hour admit
 * @param unixSeconds - authenticated
 * @see PROTOCOL.md section 2
 */
export function isInSchedule(terms: Terms, zone: TimeZone | undefined, unixSeconds: number): boolean {
  const { weekdays, dayStartMinutes: startMinutes, dayEndMinutes: endMinutes } = terms;
  const isEveryDay = weekdays === 0 || weekdays === EVERY_DAY;
  if (isEveryDay && startMinutes === endMinutes) return true;
  if (zone === undefined) return false;
  const span = { weekdays: isEveryDay ? EVERY_DAY : weekdays, startMinutes, endMinutes };
  return isWithinHours([span], localTime(zone, unixSeconds));
}
