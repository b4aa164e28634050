import assert from 'node:assert/strict';
import { decodeUtf8 } from '../../../firmware/protocol/utf8.js';
import { throwsDecodeError } from './throws-decode-error.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('decodeUtf8', () => {
  it('decodes every code point that UTF-8 has', () => {
    const points: number[] = [];
    for (let point = 0; point <= 0x10ffff; point += point < 0x900 ? 1 : 97) {
      if (point < 0xd800 || point > 0xdfff) points.push(point);
    }
    const text = points.map((point) => String.fromCodePoint(point)).join('');
    assert.equal(decodeUtf8(utf8(text)), text);
  });

  it('keeps a byte order mark', () => assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf)), '\ufeff'));

  it('agrees with the platform on every two bytes and on marked three and four', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const agree = (bytes: Uint8Array) => {
      let expected: string | undefined;
      try {
        expected = strict.decode(bytes);
      } catch {
        throwsDecodeError(() => decodeUtf8(bytes), 'utf8', [...bytes].join(' '));
        return;
      }
      assert.equal(decodeUtf8(bytes), expected);
    };
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) agree(Uint8Array.of(first, second));
    }
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    for (let first = 0xe0; first < 256; first++) {
      for (const second of edges) {
        for (const third of edges) {
          agree(Uint8Array.of(first, second, third));
          for (const fourth of edges) agree(Uint8Array.of(first, second, third, fourth));
        }
      }
    }
  });

  it('refuses every truncation inside a character', () => {
    const bytes = utf8('é€😀');
    const whole = new Set([0, 2, 5, 9]);
    for (let end = 0; end <= bytes.length; end++) {
      if (whole.has(end)) assert.ok(decodeUtf8(bytes.subarray(0, end)).length <= 4);
      else throwsDecodeError(() => decodeUtf8(bytes.subarray(0, end)), 'utf8', `at ${end}`);
    }
  });
});
