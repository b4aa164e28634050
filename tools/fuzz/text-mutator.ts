import { mutateBytes } from './byte-mutator.js';
import type { Random } from './random.js';

const CHARACTERS = [...' \t\n,.:;/+-<>%\u00e9\u{1f512}09azAZ{}[]"\\\u0000'];

/**
 * Changes text: words of its language, its parts between commas and spaces, its characters.
 * @param words - of the target's language
 */
export function mutateText(
  bytes: Uint8Array,
  other: Uint8Array,
  words: readonly string[],
  random: Random,
): Uint8Array {
  if (random.oneIn(6)) return mutateBytes(bytes, other, random);
  const text = new TextDecoder().decode(bytes);
  const at = random.below(text.length + 1);
  switch (random.below(6)) {
    case 0:
      return encode(text.slice(0, at) + random.pick(words) + text.slice(at));
    case 1:
      return encode(text.slice(0, at) + random.pick(words) + text.slice(at + 1 + random.size(6)));
    case 2:
      return encode(text.slice(0, at) + random.pick(CHARACTERS) + text.slice(at + 1));
    case 3:
      return encode(text.slice(0, at) + text.slice(at + 1 + random.size(8)));
    case 4:
      return encode(
        text.replace(/\d+/g, (digits) => (random.oneIn(3) ? numberLike(digits, random) : digits)),
      );
    default: {
      const parts = text.split(',');
      parts.splice(random.below(parts.length), 0, random.pick(parts));
      return encode(parts.join(','));
    }
  }
}

function numberLike(digits: string, random: Random): string {
  const value = Number(digits);
  return String(
    random.pick([value + 1, Math.max(0, value - 1), value * 10, 0, 24, 59, 60, 167, 365, 366, '007', '']),
  );
}

/** A cut may leave half of a pair, which has no UTF-8: this writes U+FFFD for it. */
function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
