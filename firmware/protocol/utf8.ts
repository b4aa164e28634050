import { DecodeError } from './errors.js';

/** Code points that are handed to `String.fromCodePoint` at a time: arguments live on the stack. */
const CHUNK = 256;

/**
 * Decodes UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF, no byte order mark taken away.
 * @param bytes - untrusted
 * @throws DecodeError `utf8`
 * @see RFC 3629 section 4
 */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  let points: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = bytes[at] as number;
    if (head < 0x80) {
      points.push(head);
      at++;
    } else {
      const width = widthOf(head);
      if (width === 0 || at + width > bytes.length) throw new DecodeError('utf8', `not UTF-8 at byte ${at}`);
      points.push(codePointAt(bytes, at, width));
      at += width;
    }
    if (points.length === CHUNK) {
      text += String.fromCodePoint(...points);
      points = [];
    }
  }
  return text + String.fromCodePoint(...points);
}

function widthOf(head: number): number {
  if (head >= 0xc2 && head <= 0xdf) return 2;
  if (head >= 0xe0 && head <= 0xef) return 3;
  if (head >= 0xf0 && head <= 0xf4) return 4;
  return 0;
}

function codePointAt(bytes: Uint8Array, at: number, width: number): number {
  let point = (bytes[at] as number) & (0x7f >> width);
  for (let i = 1; i < width; i++) {
    const byte = bytes[at + i] as number;
    if ((byte & 0xc0) !== 0x80) throw new DecodeError('utf8', `not UTF-8 at byte ${at + i}`);
    point = (point << 6) | (byte & 0x3f);
  }
  const isOverlong = (width === 3 && point < 0x800) || (width === 4 && point < 0x10000);
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  if (isOverlong || isSurrogate || point > 0x10ffff) throw new DecodeError('utf8', `not UTF-8 at byte ${at}`);
  return point;
}
