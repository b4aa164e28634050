import { DecodeError } from './errors.js';
import { packWord, unpackWord } from './packed-word.js';

/** Bits of a guest's rights. */
export const RIGHT = Object.freeze({ lock: 1, unlock: 2, history: 4 } as const);

/** `notAfterSeconds` of a grant that never ends. */
export const FOR_EVER_SECONDS = 2 ** 40 - 1;

/** A guest's terms. Rights 0 is a revocation. */
export interface Terms {
  /** Unix seconds. */
  readonly notBeforeSeconds: number;
  /** Unix seconds; 0 is already over, FOR_EVER_SECONDS never. */
  readonly notAfterSeconds: number;
  /** Bits of RIGHT. */
  readonly rights: number;
  /** Bit 0 is Monday. */
  readonly weekdays: number;
  /** Minutes of the lock's local day; a start after the end wraps over midnight, equal is all day. */
  readonly dayStartMinutes: number;
  readonly dayEndMinutes: number;
  /** 0 for no limit. */
  readonly uses: number;
  readonly epoch: number;
  /** Strictly rising for each guest. */
  readonly serial: number;
}

const RIGHTS_KNOWN = RIGHT.lock | RIGHT.unlock | RIGHT.history;
const WEEKDAYS_KNOWN = 0x7f;
const LAST_MINUTE = 24 * 60 - 1;
/** As many as WIDTHS. */
type TermsFields = [number, number, number, number, number, number, number, number, number, number];

const WIDTHS = Object.freeze([64, 40, 40, 8, 8, 16, 16, 16, 16, 32]);

/**
 * Packs `0:64 | notBefore:40 | notAfter:40 | rights:8 | weekdays:8 | dayStart:16 | dayEnd:16 | uses:16 | epoch:16 | serial:32`.
 * @throws RangeError where a field does not fit, or holds what `decodeTerms` refuses
 */
export function encodeTerms(terms: Terms): bigint {
  const fault = faultOf(terms);
  if (fault !== undefined) throw new RangeError(`encodeTerms: ${fault}`);
  return packWord([
    [terms.notBeforeSeconds, 40],
    [terms.notAfterSeconds, 40],
    [terms.rights, 8],
    [terms.weekdays, 8],
    [terms.dayStartMinutes, 16],
    [terms.dayEndMinutes, 16],
    [terms.uses, 16],
    [terms.epoch, 16],
    [terms.serial, 32],
  ]);
}

/**
 * Takes a guest's terms apart. Does not compare them with any clock, epoch or earlier serial.
 * @param word - 256 bits, untrusted
 * @throws DecodeError `padding` | `terms` on unknown rights or weekdays, or minutes past the day
 */
export function decodeTerms(word: bigint): Terms {
  const [padding, notBefore, notAfter, rights, weekdays, dayStart, dayEnd, uses, epoch, serial] = unpackWord(
    word,
    WIDTHS,
  ).map(Number) as TermsFields;
  if (padding !== 0) throw new DecodeError('padding', 'expected 64 zero bits above the terms');
  const terms: Terms = {
    notBeforeSeconds: notBefore,
    notAfterSeconds: notAfter,
    rights,
    weekdays,
    dayStartMinutes: dayStart,
    dayEndMinutes: dayEnd,
    uses,
    epoch,
    serial,
  };
  const fault = faultOf(terms);
  if (fault !== undefined) throw new DecodeError('terms', fault);
  return terms;
}

function faultOf(terms: Terms): string | undefined {
  if ((terms.rights & ~RIGHTS_KNOWN) !== 0) return `unknown rights ${terms.rights}`;
  if ((terms.weekdays & ~WEEKDAYS_KNOWN) !== 0) return `unknown weekdays ${terms.weekdays}`;
  if (terms.dayStartMinutes > LAST_MINUTE) return `day starts at minute ${terms.dayStartMinutes}`;
  if (terms.dayEndMinutes > LAST_MINUTE) return `day ends at minute ${terms.dayEndMinutes}`;
  return undefined;
}
