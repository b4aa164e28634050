import type { Output } from './ports.js';

/**
 * What a second look at a command came to: a word and its complement. Zeros, a word alone, or any bit that is wrong
 * allow nothing.
 */
export interface Warrant {
  readonly word: number;
  readonly inverse: number;
}

/** Far from each other, from 0 and from -1: no single bit makes one of another. */
const OPENS = 0x5ac3_3c96;
const OBEYS = 0x2d69_c3b5;

/** Allows nothing. */
export const NO_WARRANT: Warrant = Object.freeze({ word: 0, inverse: 0 });

/**
 * For a drive towards unlocked. Whoever stands inside has one by pressing the button.
 * @param missing - bits of what a second look has not found to hold; each of them spoils the words
 */
export function openingWarrant(missing: number): Warrant {
  return { word: OPENS ^ missing, inverse: ~OPENS ^ missing };
}

/** For a command that draws no bolt. @param missing - as in `openingWarrant` */
export function obeyingWarrant(missing: number): Warrant {
  return { word: OBEYS ^ missing, inverse: ~OBEYS ^ missing };
}

/** Whether a command may be obeyed; a drive towards unlocked asks `drivesToOpen` besides. */
export function isWarranted({ word, inverse }: Warrant): boolean {
  if (word !== OPENS && word !== OBEYS) return false;
  return (word ^ inverse) === -1;
}

/** The one place from which a bolt is drawn: denied unless both words say so, the second asked in another way. */
export function drivesToOpen({ word, inverse }: Warrant): readonly Output[] {
  if (word !== OPENS) return [];
  if ((inverse & OPENS) !== 0) return [];
  if ((inverse | OPENS) === -1) return [{ kind: 'drive-bolt', target: 'unlocked' }];
  return [];
}
