import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { type CborValue, decodeCbor, encodeCbor, isCborTag } from '../../../firmware/protocol/cbor.js';
import { CBOR_DEPTH_MAX } from '../../../firmware/protocol/limits.js';
import { attempt, expect, type Target } from '../target.js';
import { CBOR_REFUSALS } from './refusals.js';
import { hexSeeds, linear } from './seed-bytes.js';

/** Deterministic CBOR: what is read has one form, and that is what was read. */
export const cborTarget: Target = {
  name: 'cbor',
  shape: { kind: 'cbor' },
  share: 60,
  bytesMax: 18_000,
  seeds: () =>
    hexSeeds(
      '00',
      '1bffffffffffffffff',
      '3bffffffffffffffff',
      '4401020304',
      '6449455446',
      '83010203',
      'a26161016162820203',
      'd28443a10126a0f640',
      'c249010000000000000000',
      '8181818181818100',
      'a201020304',
      'f4',
    ),
  run: (input: Uint8Array) => {
    const read = attempt(() => decodeCbor(input), CBOR_REFUSALS);
    if (read === undefined) return;
    const { depth, items } = sizeOf(read.value);
    expect(depth <= CBOR_DEPTH_MAX, `nested ${depth} deep`);
    expect(items <= input.length, `${items} items of ${input.length} bytes`);
    expect(equalBytes(encodeCbor(read.value), input), 'a value comes back as other bytes');
  },
  stepsMax: linear(200, 30),
};

function sizeOf(value: CborValue): { readonly depth: number; readonly items: number } {
  let inner: readonly CborValue[] = [];
  if (value instanceof Map) inner = [...(value as ReadonlyMap<string, CborValue>).entries()].flat();
  else if (Array.isArray(value)) inner = value as readonly CborValue[];
  else if (isCborTag(value)) inner = [value.value];
  else return { depth: 0, items: 1 };
  const sizes = inner.map(sizeOf);
  return {
    depth: 1 + Math.max(0, ...sizes.map(({ depth }) => depth)),
    items: 1 + sizes.reduce((sum, { items }) => sum + items, 0),
  };
}
