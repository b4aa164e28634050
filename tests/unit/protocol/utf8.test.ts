import assert from 'node:assert/strict';
import { decodeUtf8, encodeUtf8 } from '../../../firmware/protocol/utf8.js';

const SAMPLES = [
  '',
  'a',
  '\u007f\u0080',
  '\u07ff\u0800',
  '\uffff\u{10000}',
  '\u{10ffff}',
  '\ufeffmark',
  'Türschloß 水 🔒',
];

describe('encodeUtf8', () => {
  it('agrees with the platform', () => {
    for (const text of SAMPLES)
      assert.deepEqual(encodeUtf8(text), new Uint8Array(new TextEncoder().encode(text)));
  });

  it('refuses a lone surrogate', () => {
    for (const text of ['\ud800', 'a\udc00', '\udc00\ud800']) {
      assert.throws(() => encodeUtf8(text), { name: 'InvariantError' });
    }
  });
});

describe('decodeUtf8', () => {
  it('undoes encodeUtf8, also past the length of one join', () => {
    for (const text of [...SAMPLES, 'ä🔒'.repeat(500)]) assert.equal(decodeUtf8(encodeUtf8(text)), text);
  });

  it('decodes every code point but the surrogates', () => {
    for (let point = 0; point <= 0x10ffff; point += point < 0x1000 ? 1 : 251) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const text = String.fromCodePoint(point);
      assert.equal(decodeUtf8(encodeUtf8(text)), text);
    }
  });

  it('accepts and refuses all sequences of two bytes as the platform does, strictly', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    for (let word = 0; word < 0x10000; word++) {
      const bytes = Uint8Array.of(word >> 8, word & 255);
      assert.equal(
        outcome(() => decodeUtf8(bytes)),
        outcome(() => strict.decode(bytes)),
        `0x${word.toString(16)}`,
      );
    }
  });

  it('refuses overlong forms, surrogates, what is above U+10FFFF and stray bytes', () => {
    const bad = [
      [0x80],
      [0xbf],
      [0xc0, 0x80],
      [0xc1, 0xbf],
      [0xe0, 0x9f, 0xbf],
      [0xf0, 0x8f, 0xbf, 0xbf],
      [0xed, 0xa0, 0x80],
      [0xed, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xff],
      [0xe2, 0x28, 0xa1],
    ];
    for (const bytes of bad) {
      assert.throws(
        () => decodeUtf8(Uint8Array.from(bytes)),
        { name: 'DecodeError', code: 'utf8' },
        `${bytes}`,
      );
    }
  });

  it('refuses a character that is cut at any byte', () => {
    for (const text of ['ä', '水', '🔒']) {
      const bytes = encodeUtf8(text);
      for (let size = 1; size < bytes.length; size++) {
        assert.throws(() => decodeUtf8(bytes.subarray(0, size)), { code: 'utf8' });
      }
    }
  });
});

function outcome(decode: () => string): string {
  try {
    return `text ${decode()}`;
  } catch {
    return 'refused';
  }
}
