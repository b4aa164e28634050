import { formatHex, formatQuantity, parseHex, parseQuantity } from '../../../firmware/protocol/hex.js';
import { attempt, expect, type Target } from '../target.js';
import { latin1Bytes, latin1Text, linear } from './seed-bytes.js';

/** Hex and quantities of JSON-RPC: read, and written back. */
export const hexTarget: Target = {
  name: 'hex',
  shape: { kind: 'text', words: ['0x', '0', '00', 'ff', 'F', 'g', '0X'] },
  share: 60,
  bytesMax: 4_096,
  seeds: () => ['0x', '0x0', '0x00', '0x1f', '0xffffffffffff', `0x${'aB'.repeat(32)}`].map(latin1Bytes),
  run: (input: Uint8Array) => {
    const text = latin1Text(input);
    const bytes = attempt(() => parseHex(text), ['hex']);
    if (bytes !== undefined)
      expect(formatHex(bytes.value) === text.toLowerCase(), 'hex comes back as other text');
    const address = attempt(() => parseHex(text, 20), ['hex', 'size']);
    expect(address === undefined || address.value.length === 20, 'not the size that was asked for');
    for (const bits of [48, 64, 256]) {
      const quantity = attempt(() => parseQuantity(text, bits), ['hex', 'range']);
      if (quantity === undefined) continue;
      expect(quantity.value >> BigInt(bits) === 0n, `more than ${bits} bits`);
      expect(formatQuantity(quantity.value) === text.toLowerCase(), 'a quantity comes back as other text');
    }
  },
  stepsMax: linear(60, 4),
};
