import { readUint } from '../../../firmware/protocol/bytes.js';
import { decodeHandover, encodeHandover } from '../../../firmware/protocol/handover.js';
import { decodeOrder, encodeOrder } from '../../../firmware/protocol/order.js';
import { decodeTerms, encodeTerms } from '../../../firmware/protocol/terms.js';
import { attempt, expect, type Target } from '../target.js';
import { hexSeeds, linear } from './seed-bytes.js';

/** Packed words of 256 bits: orders, terms and handovers. */
export const wordsTarget: Target = {
  name: 'words',
  shape: { kind: 'bytes' },
  share: 40,
  bytesMax: 32,
  seeds: () =>
    hexSeeds(
      `${'42'.repeat(20)}01020304000100006ab13b3c02`.slice(0, 64),
      `0000000000000000000000000000ffffffffff037f01e0059f0007000${'1'}6ab13b3c`.slice(0, 64),
      `${'00'.repeat(23)}000100020${'06ab13b3c'}`.slice(0, 64),
      'ff'.repeat(32),
      '00'.repeat(32),
    ),
  run: (input: Uint8Array) => {
    const word = readUint(input.subarray(0, 32));
    expect(encodeOrder(decodeOrder(word)) === word, 'an order comes back as another word');
    const terms = attempt(() => decodeTerms(word), ['padding', 'terms']);
    if (terms !== undefined) expect(encodeTerms(terms.value) === word, 'terms come back as another word');
    const handover = attempt(() => decodeHandover(word), ['padding']);
    if (handover !== undefined)
      expect(encodeHandover(handover.value) === word, 'a handover comes back as another word');
  },
  stepsMax: linear(160, 1),
};
