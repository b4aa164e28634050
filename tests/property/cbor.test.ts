import assert from 'node:assert/strict';
import { Decoder, Encoder, Tag } from 'cbor-x';
import fc from 'fast-check';
import { compareBytes } from '../../firmware/protocol/bytes.js';
import {
  type CborMap,
  type CborValue,
  decodeCbor,
  encodeCbor,
  isCborTag,
} from '../../firmware/protocol/cbor.js';
import { CBOR_BYTES_MAX } from '../../firmware/protocol/limits.js';

// cbor-x knows another form of CBOR than the deterministic one. As an oracle it is told: maps as Map, bytes
// without a tag, no records; and it must be handed sorted maps.
const OPTIONS = {
  mapsAsObjects: false,
  useRecords: false,
  tagUint8Array: false,
  variableMapSize: true,
} as const;

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -70_000, max: 70_000 }),
  // cbor-x writes -2^64 as a bignum, which RFC 8949 section 3.4.3 does not prefer; the unit tests hold that one.
  fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }),
);
const text = fc.string({ unit: 'binary', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Uint8Array.from(array));
const key = fc.oneof(fc.integer({ min: -70_000, max: 70_000 }), fc.maxSafeInteger(), text);
// 1000 is registered to nobody's interpretation; 18 is ours.
const tagNumber = fc.constantFrom(18, 1_000, 70_000);

/** Any value that has a deterministic form here, numbers that are safe as numbers. */
const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue; leaf: CborValue }>((tie) => ({
  leaf: fc.oneof(integer.map(narrow), text, bytes, fc.boolean(), fc.constant(null)),
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 8 }),
    fc
      .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 8, selector: ([name]) => name })
      .map((entries) => new Map(entries)),
    fc.tuple(tagNumber, tie('value')).map(([tag, tagged]) => ({ tag, value: tagged })),
  ),
})).value;

describe('encodeCbor and decodeCbor, any value', () => {
  it('undo each other', () => {
    fc.assert(
      fc.property(value, (item) => {
        assert.deepEqual(decodeCbor(encodeCbor(item)), item);
      }),
      { numRuns: 500 },
    );
  });

  it('write what cbor-x reads as the same value', () => {
    const decoder = new Decoder(OPTIONS);
    fc.assert(
      fc.property(value, (item) => {
        assert.deepEqual(fromOracle(decoder.decode(encodeCbor(item))), item);
      }),
      { numRuns: 500 },
    );
  });

  it('write the bytes that cbor-x writes for the same value, sorted', () => {
    const encoder = new Encoder(OPTIONS);
    fc.assert(
      fc.property(value, (item) => {
        assert.deepEqual(encodeCbor(item), Uint8Array.from(encoder.encode(toOracle(item))));
      }),
      { numRuns: 500 },
    );
  });

  it('do not depend on the order in which a map was filled', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, integer), { maxLength: 12, selector: ([name]) => name }),
        (entries) => {
          assert.deepEqual(encodeCbor(new Map(entries)), encodeCbor(new Map([...entries].reverse())));
        },
      ),
    );
  });
});

describe('decodeCbor, any bytes', () => {
  /** Either a named refusal, or the one value whose encoding these bytes are. */
  function decodesOneFormOrRefuses(input: Uint8Array): void {
    let item: CborValue;
    try {
      item = decodeCbor(input);
    } catch (error) {
      assert.equal((error as Error).name, 'DecodeError');
      return;
    }
    assert.deepEqual(encodeCbor(item), Uint8Array.from(input));
  }

  it('accepts nothing but the deterministic form, in random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), decodesOneFormOrRefuses), { numRuns: 5_000 });
  });

  it('accepts nothing but the deterministic form, in damaged encodings', () => {
    const damaged = fc
      .tuple(
        value,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom('replace', 'insert', 'remove'),
      )
      .map(([item, place, byte, how]) => {
        const encoded = [...encodeCbor(item)];
        encoded.splice(place % encoded.length, how === 'insert' ? 0 : 1, ...(how === 'remove' ? [] : [byte]));
        return Uint8Array.from(encoded);
      });
    fc.assert(fc.property(damaged, decodesOneFormOrRefuses), { numRuns: 2_000 });
  });

  it('answers the largest hostile inputs: they are bombs of lengths, depth and tags', () => {
    for (const fill of [0x00, 0x60, 0x81, 0x9f, 0xa1, 0xc1, 0xbb]) {
      const input = new Uint8Array(CBOR_BYTES_MAX).fill(fill);
      input.set([0x99, 0x3f, 0xfd]);
      decodesOneFormOrRefuses(input);
    }
  });
});

function narrow(number: number | bigint): number | bigint {
  if (typeof number === 'number') return number === 0 ? 0 : number;
  return number >= Number.MIN_SAFE_INTEGER && number <= Number.MAX_SAFE_INTEGER ? Number(number) : number;
}

/** What cbor-x gives, in our types. */
function fromOracle(item: unknown): CborValue {
  if (typeof item === 'bigint') return narrow(item);
  if (item instanceof Uint8Array) return Uint8Array.from(item);
  if (Array.isArray(item)) return item.map(fromOracle);
  if (item instanceof Map)
    return new Map([...item].map(([name, held]) => [keyFromOracle(name), fromOracle(held)]));
  if (item instanceof Tag) return { tag: item.tag, value: fromOracle(item.value) };
  return item as CborValue;
}

function keyFromOracle(name: unknown): number | string {
  return typeof name === 'bigint' ? Number(name) : (name as number | string);
}

/** Our value in types that make cbor-x write the shortest form: it takes large numbers for floats. */
function toOracle(item: CborValue): unknown {
  if (typeof item === 'number') return item > 0xffff_ffff || item < -0x1_0000_0000 ? BigInt(item) : item;
  if (item instanceof Uint8Array) return item;
  if (Array.isArray(item)) return item.map(toOracle);
  if (item instanceof Map) {
    const entries = [...(item as CborMap)].sort(([a], [b]) => compareBytes(encodeCbor(a), encodeCbor(b)));
    return new Map(entries.map(([name, held]) => [toOracle(name), toOracle(held)]));
  }
  if (item !== null && isCborTag(item)) return new Tag(toOracle(item.value), item.tag);
  return item;
}
