import { DecodeError } from '../protocol/errors.js';
import { MODE } from '../protocol/mode.js';
import { localTime, parseTimeZone, UTC } from '../protocol/time-zone.js';
import { isWithinHours, parseWeeklyHours } from '../protocol/weekly-hours.js';

/** What passage depends on. */
export interface PassageSources {
  /** Bits of MODE, as flash has them. */
  readonly modes: number;
  /** The settings by name; `passage-hours` and `time-zone` count. */
  readonly texts: ReadonlyMap<string, string> | undefined;
  /** Authenticated Unix seconds, or undefined. */
  readonly nowSeconds: number | undefined;
}

/**
 * Whether what is opened now stays open: passage is on, and it is certainly within its hours. Without hours it holds
 * all day; without authenticated time, or with hours that cannot be read, it does not hold.
 */
export function isPassageNow({ modes, texts, nowSeconds }: PassageSources): boolean {
  if ((modes & MODE.passage) === 0 || nowSeconds === undefined) return false;
  const hours = texts?.get('passage-hours');
  if (hours === undefined) return true;
  const zone = texts?.get('time-zone');
  try {
    const local = localTime(zone === undefined ? UTC : parseTimeZone(zone), nowSeconds);
    return isWithinHours(parseWeeklyHours(hours), local);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
