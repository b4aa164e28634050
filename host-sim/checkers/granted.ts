import { isOpening } from '../../firmware/protocol/order.js';
import type { Terms } from '../../firmware/protocol/terms.js';
import { localTime, parseTimeZone, type TimeZone, UTC } from '../../firmware/protocol/time-zone.js';
import { EVERY_DAY, isWithinHours } from '../../firmware/protocol/weekly-hours.js';
import type { Checker, Scene } from './checker.js';
import { SLACK_SECONDS } from './freshness.js';

const MINUTE_SECONDS = 60;

/** Between the moment that a guest's order was shown and that of its receipt its terms have held at least once. */
export function granted(scene: Scene, fail: (found: string) => void): Checker {
  const zoneText = scene.weather.texts.get('time-zone');
  const zone = zoneText === undefined ? UTC : parseTimeZone(zoneText);
  return {
    says: 'A guest opens within the window and the hours of a grant that no report has ended.',
    report({ report }) {
      const { witness, nowMs, nowSeconds } = scene;
      const word = witness.receiptOf(report);
      if (word?.command.kind !== 'order' || !isOpening(word.command.order.action)) return;
      if (witness.isOwners(word) || word.shownMs === undefined || !witness.isFlashSound) return;
      const startSeconds = nowSeconds - Math.floor(nowMs / 1_000);
      const madeMs = witness.madeOf(report.seq)?.atMs ?? nowMs;
      const from = startSeconds + Math.floor(word.shownMs / 1_000) - scene.clockBehindSeconds - SLACK_SECONDS;
      const to = startSeconds + Math.ceil(madeMs / 1_000) + scene.clockAheadSeconds + SLACK_SECONDS;
      const terms = witness.termsOf(word.by, word.command.order.epoch);
      if (!terms.some((each) => holdsWithin(each, zone, from, to)))
        fail(
          `report ${report.seq} is the receipt of an opening that no grant of ${word.by} allows any more, or yet`,
        );
    },
  };
}

function holdsWithin(terms: Terms, zone: TimeZone, fromSeconds: number, toSeconds: number): boolean {
  const from = Math.max(fromSeconds, terms.notBeforeSeconds);
  const to = Math.min(toSeconds, terms.notAfterSeconds);
  if (from > to) return false;
  const { weekdays, dayStartMinutes: startMinutes, dayEndMinutes: endMinutes } = terms;
  const days = weekdays === 0 ? EVERY_DAY : weekdays;
  // Where clocks go wrong by days every hour is somewhere in between.
  if ((days === EVERY_DAY && startMinutes === endMinutes) || to - from > DAY_SECONDS) return true;
  const spans = [{ weekdays: days, startMinutes, endMinutes }];
  for (let at = from; at < to; at += MINUTE_SECONDS)
    if (isWithinHours(spans, localTime(zone, at))) return true;
  return isWithinHours(spans, localTime(zone, to));
}

const DAY_SECONDS = 86_400;
