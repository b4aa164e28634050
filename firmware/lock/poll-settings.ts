import { DecodeError } from '../protocol/errors.js';
import { readNumberSettings } from '../protocol/setting.js';
import { localTime, parseTimeZone, UTC } from '../protocol/time-zone.js';
import { isWithinHours, parseWeeklyHours } from '../protocol/weekly-hours.js';
import type { Clock } from './clock.js';

/** What the owner's settings say of polling. */
export interface PollSettings {
  readonly idleMs: number;
  /** Whether the owner is expected at this uptime; without authenticated time nobody knows. */
  readonly isExpected: (uptimeMs: number) => boolean;
}

/** Reads the settings `idle-poll`, `expected-hours` and `time-zone`; what an earlier firmware let in unread is passed over. */
export function readPollSettings(
  texts: ReadonlyMap<string, string>,
  clock: Pick<Clock, 'read'>,
): PollSettings {
  const idleMs = readOr(() => readNumberSettings(texts).idlePollMs, readNumberSettings(new Map()).idlePollMs);
  const hoursText = texts.get('expected-hours');
  const hours = hoursText === undefined ? undefined : readOr(() => parseWeeklyHours(hoursText), undefined);
  if (hours === undefined) return { idleMs, isExpected: () => false };
  const zoneText = texts.get('time-zone');
  const zone = zoneText === undefined ? UTC : readOr(() => parseTimeZone(zoneText), UTC);
  return {
    idleMs,
    isExpected: (uptimeMs) => {
      const { nowSeconds } = clock.read(uptimeMs);
      return nowSeconds !== undefined && isWithinHours(hours, localTime(zone, nowSeconds));
    },
  };
}

function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return otherwise;
  }
}
