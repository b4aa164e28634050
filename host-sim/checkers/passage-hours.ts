import { localTime, parseTimeZone, UTC } from '../../firmware/protocol/time-zone.js';
import { isWithinHours, parseWeeklyHours } from '../../firmware/protocol/weekly-hours.js';
import type { Scene } from './checker.js';
import { isClockTrue } from './freshness.js';
import type { ModeMemory } from './mode-memory.js';

/** How long the lock may go on as in the hours that have just ended: it looks every 30 s. */
const AFTER_SECONDS = 40;
const BEFORE_SECONDS = 5;

/**
 * Whether what is open stays open for certain: passage is on, no new owner may have ended it before any report says so,
 * the lock knows the time, and it is well within the hours.
 */
export function isPassage(scene: Scene, modes: ModeMemory): boolean {
  const { witness } = scene;
  if (!isClockTrue(scene) || !witness.isClockTold || witness.ownership.mayHaveMovedOn) return false;
  return modes.isOn('passage', witness.reportedEpoch) && hoursNear(scene).every((holds) => holds);
}

/** Whether what is open may stay open: nobody outside can say that passage is off, or its hours are over. */
export function mayBePassage(scene: Scene, modes: ModeMemory): boolean {
  if (modes.isOff('passage', scene.witness.reportedEpoch)) return false;
  if (scene.clockAheadSeconds + scene.clockBehindSeconds > 0) return true;
  return hoursNear(scene).some((holds) => holds);
}

/** Whether the hours hold a while ago, now, and in a moment. */
function hoursNear({ weather, nowSeconds }: Scene): readonly boolean[] {
  const hours = weather.texts.get('passage-hours');
  if (hours === undefined) return [true];
  const zone = weather.texts.get('time-zone');
  const spans = parseWeeklyHours(hours);
  return [nowSeconds - AFTER_SECONDS, nowSeconds, nowSeconds + BEFORE_SECONDS].map((seconds) =>
    isWithinHours(spans, localTime(zone === undefined ? UTC : parseTimeZone(zone), seconds)),
  );
}
