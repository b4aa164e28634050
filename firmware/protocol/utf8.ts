import { DecodeError, InvariantError } from './errors.js';

/** Code points that are gathered before they become text, so that long text costs no quadratic joining. */
const POINTS_PER_JOIN = 128;
/** What no byte of ASCII has, in each of a word's four bytes. */
const HIGH_BITS = 0x80808080 | 0;

/**
 * Encodes text as UTF-8. Iterates by code points, because strings hold UTF-16 units on Node and code points on XS.
 * @throws InvariantError on a lone surrogate
 * @see RFC 3629 section 3
 */
export function encodeUtf8(text: string): Uint8Array {
  const out = new Uint8Array(utf8Size(text));
  let at = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    if (point < 0x80) out[at++] = point;
    else if (point < 0x800) {
      out[at++] = 0xc0 | (point >> 6);
      out[at++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      out[at++] = 0xe0 | (point >> 12);
      out[at++] = 0x80 | ((point >> 6) & 0x3f);
      out[at++] = 0x80 | (point & 0x3f);
    } else {
      out[at++] = 0xf0 | (point >> 18);
      out[at++] = 0x80 | ((point >> 12) & 0x3f);
      out[at++] = 0x80 | ((point >> 6) & 0x3f);
      out[at++] = 0x80 | (point & 0x3f);
    }
  }
  return out;
}

/**
 * Decodes UTF-8 strictly: no overlong form, no surrogate, nothing above U+10FFFF, no replacement characters.
 * A byte order mark stays in the text.
 * @throws DecodeError `utf8`
 * @see RFC 3629 sections 3 and 4
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const size = bytes.length;
  if (isAscii(bytes)) return textOfAscii(bytes);
  let text = '';
  let points: number[] = [];
  let at = 0;
  while (at < size) {
    const first = bytes[at++] as number;
    let point = first;
    if (first >= 0x80) {
      // 0x80..0xc1 never start a character: continuation bytes and two-byte forms of ASCII.
      const following = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
      if (following === 0) throw new DecodeError('utf8', `byte ${first} starts no character`);
      if (at + following > size) throw new DecodeError('utf8', 'text ends inside a character');
      point = first & (0x3f >> following);
      for (const end = at + following; at < end; at++) {
        const next = bytes[at] as number;
        if ((next & 0xc0) !== 0x80) throw new DecodeError('utf8', `byte ${next} continues no character`);
        point = (point << 6) | (next & 0x3f);
      }
      const least = following === 1 ? 0x80 : following === 2 ? 0x800 : 0x10000;
      if (point < least) throw new DecodeError('utf8', 'overlong character');
      if (isSurrogate(point)) throw new DecodeError('utf8', 'surrogate');
      if (point > 0x10ffff) throw new DecodeError('utf8', 'above U+10FFFF');
    }
    points.push(point);
    if (points.length === POINTS_PER_JOIN) {
      text += String.fromCodePoint(...points);
      points = [];
    }
  }
  return text + String.fromCodePoint(...points);
}

/** Four bytes at a time: on XS it is the access to an element that costs. */
function isAscii(bytes: Uint8Array): boolean {
  const size = bytes.length;
  const wordCount = size >> 2;
  const copy = new Uint8Array(wordCount << 2);
  copy.set(bytes.subarray(0, wordCount << 2));
  const words = new Int32Array(copy.buffer);
  let bits = 0;
  for (let i = 0; i < wordCount; i++) bits |= words[i] as number;
  for (let at = wordCount << 2; at < size; at++) bits |= bytes[at] as number;
  return (bits & HIGH_BITS) === 0;
}

function textOfAscii(bytes: Uint8Array): string {
  const size = bytes.length;
  let text = '';
  for (let at = 0; at < size; at += POINTS_PER_JOIN) {
    const codes: ArrayLike<number> = bytes.subarray(at, at + POINTS_PER_JOIN);
    // Any array-like object will do; only the type of `apply` asks for an array.
    text += String.fromCharCode.apply(null, codes as number[]);
  }
  return text;
}

function utf8Size(text: string): number {
  let size = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    if (isSurrogate(point)) throw new InvariantError('encodeUtf8: lone surrogate');
    size += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return size;
}

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff;
}
