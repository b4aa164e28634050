import { concatBytes } from '../../firmware/protocol/bytes.js';
import { mutateBytes } from './byte-mutator.js';
import type { Random } from './random.js';

/**
 * Changes bytes that are a row of records of one width: whole records are dropped, doubled, swapped or taken from
 * another input, and single bytes of one are changed.
 */
export function mutateRecords(
  bytes: Uint8Array,
  other: Uint8Array,
  width: number,
  random: Random,
): Uint8Array {
  const count = Math.floor(bytes.length / width);
  if (count === 0 || random.oneIn(24)) return mutateBytes(bytes, other, random);
  const at = random.below(count) * width;
  const after = at + width;
  switch (random.below(7)) {
    case 0:
      return concatBytes(bytes.subarray(0, at), bytes.subarray(after + width * random.size(4)));
    case 1:
      return concatBytes(bytes.subarray(0, after), bytes.subarray(at));
    case 2: {
      const from = random.below(Math.floor(other.length / width)) * width;
      const more = other.subarray(from, from + width * (1 + random.size(6)));
      return concatBytes(bytes.subarray(0, at), more, bytes.subarray(at));
    }
    case 3: {
      const to = random.below(count) * width;
      const out = bytes.slice();
      out.set(bytes.subarray(at, after), to);
      out.set(bytes.subarray(to, to + width), at);
      return out;
    }
    case 4:
      return concatBytes(bytes.subarray(0, at), random.bytes(width), bytes.subarray(at));
    default: {
      const out = bytes.slice();
      const place = at + random.below(width);
      out[place] = random.oneIn(2) ? random.below(256) : (out[place] as number) + random.pick([1, 255, 16]);
      return out;
    }
  }
}
