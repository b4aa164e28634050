import { isZeroBytes } from '../../firmware/protocol/bytes.js';
import { RIGHT, type Terms } from '../../firmware/protocol/terms.js';
import { localTime, parseTimeZone, type TimeZone, UTC } from '../../firmware/protocol/time-zone.js';
import { EVERY_DAY, isWithinHours } from '../../firmware/protocol/weekly-hours.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';
import { isInTime, SLACK_SECONDS } from './freshness.js';

/** A guest opens only under terms that the lock may still hold: once a report has told of others, the old ones are dead. */
export function revocation(scene: Scene, fail: (found: string) => void): Checker {
  const zoneText = scene.weather.texts.get('time-zone');
  const zone = zoneText === undefined ? UTC : parseTimeZone(zoneText);

  const isAllowed = (word: SignedWord): boolean => {
    if (word.command.kind !== 'order') return false;
    if (scene.witness.isOwners(word)) return true;
    const terms = scene.witness.termsOf(word.by, word.command.order.epoch);
    return terms.some((each) => allows(each, scene, zone));
  };

  return {
    says: 'A guest opens only within terms that no report has ended.',
    output(output) {
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return;
      if (scene.witness.causeOfDrive() !== 'order') return;
      const words = scene.witness.openings().filter((word) => isInTime(word, scene) || isChallenged(word));
      if (words.length > 0 && !words.some(isAllowed))
        fail(
          `the bolt is driven open, and the orders at hand are of ${words.map(({ by }) => by).join(', ')}, whose terms are over`,
        );
    },
  };
}

function isChallenged({ command }: SignedWord): boolean {
  return command.kind === 'order' && !isZeroBytes(command.order.challenge4);
}

function allows(terms: Terms, scene: Scene, zone: TimeZone): boolean {
  if ((terms.rights & RIGHT.unlock) === 0) return false;
  const earliest = scene.nowSeconds - scene.clockBehindSeconds - SLACK_SECONDS;
  const latest = scene.nowSeconds + scene.clockAheadSeconds + SLACK_SECONDS;
  if (terms.notAfterSeconds < earliest || terms.notBeforeSeconds > latest) return false;
  // Where the lock was told other times, nobody outside knows which hour it has.
  if (scene.clockBehindSeconds + scene.clockAheadSeconds > 0) return true;
  return [earliest, scene.nowSeconds, latest].some((seconds) => isInHours(terms, zone, seconds));
}

function isInHours(terms: Terms, zone: TimeZone, seconds: number): boolean {
  const { weekdays, dayStartMinutes: startMinutes, dayEndMinutes: endMinutes } = terms;
  const days = weekdays === 0 ? EVERY_DAY : weekdays;
  if (days === EVERY_DAY && startMinutes === endMinutes) return true;
  return isWithinHours([{ weekdays: days, startMinutes, endMinutes }], localTime(zone, seconds));
}
