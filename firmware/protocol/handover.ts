import { DecodeError } from './errors.js';
import { packWord, unpackWord } from './packed-word.js';

/** The word of a handover: `0:184 | epoch:16 | newEpoch:16 | notAfter:40`. */
export interface Handover {
  /** The epoch that the lock is in. */
  readonly epoch: number;
  readonly newEpoch: number;
  /** Unix seconds. */
  readonly notAfterSeconds: number;
}

const WIDTHS = Object.freeze([184, 16, 16, 40]);

/** @throws RangeError where a field does not fit */
export function encodeHandover(handover: Handover): bigint {
  return packWord([
    [handover.epoch, 16],
    [handover.newEpoch, 16],
    [handover.notAfterSeconds, 40],
  ]);
}

/**
 * Takes a handover's word apart. Does not compare the epochs, nor the time.
 * @param word - 256 bits, untrusted
 * @throws DecodeError `padding`
 */
export function decodeHandover(word: bigint): Handover {
  const [padding, epoch, newEpoch, notAfter] = unpackWord(word, WIDTHS) as [bigint, bigint, bigint, bigint];
  if (padding !== 0n) throw new DecodeError('padding', 'expected 184 zero bits above the handover');
  return { epoch: Number(epoch), newEpoch: Number(newEpoch), notAfterSeconds: Number(notAfter) };
}
