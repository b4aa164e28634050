import { DecodeError } from '../../../../firmware/protocol/errors.js';
import { attempt, expect, type Target } from '../../../../tools/fuzz/target.js';

/** A format of one length byte and so many bytes. */
type Decode = (bytes: Uint8Array) => Uint8Array;

const seed = Uint8Array.of(3, 1, 2, 3);

/** A target around a decoder; its only seed is good. */
export function targetOf(decode: Decode, stepsMax = Number.POSITIVE_INFINITY): Target {
  return {
    name: 'broken',
    shape: { kind: 'bytes' },
    share: 1,
    bytesMax: 64,
    seeds: () => [seed],
    run: (input) => {
      const read = attempt(() => decode(input), ['truncated', 'trailing']);
      if (read === undefined) return;
      const again = Uint8Array.of(read.value.length, ...read.value);
      expect(Buffer.compare(again, input) === 0, 'comes back as other bytes');
    },
    stepsMax: () => stepsMax,
  };
}

export const GOOD: Decode = (bytes) => {
  const length = bytes[0] ?? -1;
  if (length > bytes.length - 1 || length < 0) throw new DecodeError('truncated', 'too short');
  if (length < bytes.length - 1) throw new DecodeError('trailing', 'too long');
  return bytes.slice(1);
};

/** Each with the fault that is to be found. */
export const BROKEN: Readonly<Record<string, readonly [Decode, RegExp]>> = {
  'throws what is no refusal': [
    (bytes) => {
      if (bytes.length === 0) throw new TypeError('no bytes');
      return GOOD(bytes);
    },
    /^TypeError: no bytes/,
  ],
  'refuses by a code that is not documented': [
    (bytes) => {
      if (bytes.length > 20) throw new DecodeError('size', 'too long');
      return GOOD(bytes);
    },
    /refused as size, which is not documented/,
  ],
  'takes bytes after the end': [(bytes) => bytes.slice(1, 1 + (bytes[0] ?? 0)), /comes back as other bytes/],
  'fails where a length is one byte only': [
    (bytes) => {
      if (bytes[0] === 1 && bytes.length === 2) throw new RangeError('off by one');
      return GOOD(bytes);
    },
    /^RangeError: off by one/,
  ],
};
