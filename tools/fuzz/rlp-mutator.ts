import { concatBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { decodeRlp, encodeRlp, type RlpItem } from '../../firmware/protocol/rlp.js';
import { mutateBytes } from './byte-mutator.js';
import type { Random } from './random.js';

/** Changes one item of an RLP tree, or writes it in a form that is not the only one; other bytes, byte by byte. */
export function mutateRlp(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const item = random.oneIn(4) ? undefined : parse(bytes);
  if (item === undefined) return mutateBytes(bytes, other, random);
  const mutated = encodeRlp(mutateItem(item, random));
  return random.oneIn(4) ? inLongForm(mutated) : mutated;
}

function parse(bytes: Uint8Array): RlpItem | undefined {
  try {
    return decodeRlp(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function mutateItem(item: RlpItem, random: Random): RlpItem {
  if (item instanceof Uint8Array) {
    if (random.oneIn(6)) return [item];
    return mutateBytes(item, item, random);
  }
  const items = [...item];
  const at = random.below(items.length);
  switch (random.below(6)) {
    case 0:
      items.splice(at, 1);
      return items;
    case 1:
      items.splice(at, 0, ...items.slice(random.below(items.length)));
      return items;
    case 2:
      return items.reverse();
    case 3:
      return random.size(12) > 3 ? [[[[[items]]]]] : [items];
    default: {
      const inner = items[at];
      if (inner === undefined) return new Uint8Array(random.size(70));
      items[at] = mutateItem(inner, random);
      return items;
    }
  }
}

/** A head with a length of its own, though the first byte would hold it. */
function inLongForm(bytes: Uint8Array): Uint8Array {
  const head = bytes[0] ?? 0;
  if (head < 0x80 || (head >= 0xb8 && head < 0xc0) || head >= 0xf8) {
    return concatBytes(Uint8Array.of(0xb8, bytes.length & 0xff), bytes);
  }
  const offset = head >= 0xc0 ? 0xc0 : 0x80;
  return concatBytes(Uint8Array.of(offset + 56, head - offset), bytes.subarray(1));
}
