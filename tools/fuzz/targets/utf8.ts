import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { decodeUtf8, encodeUtf8 } from '../../../firmware/protocol/utf8.js';
import { attempt, expect, type Target } from '../target.js';
import { linear, utf8Bytes } from './seed-bytes.js';

/** UTF-8, beside the decoder of Node. */
export const utf8Target: Target = {
  name: 'utf8',
  shape: { kind: 'bytes' },
  share: 60,
  bytesMax: 2_048,
  seeds: () => ['', 'plain', 'é߿', 'ࠀ￿', '\u{10000}\u{10ffff}', '\ufeffx', 'é'.repeat(300)].map(utf8Bytes),
  run: (input: Uint8Array) => {
    const text = attempt(() => decodeUtf8(input), ['utf8']);
    expect(text?.value === oracle(input), 'not what the decoder of Node says');
    if (text !== undefined)
      expect(equalBytes(encodeUtf8(text.value), input), 'text comes back as other bytes');
  },
  stepsMax: linear(40, 8),
};

function oracle(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
