import assert from 'node:assert/strict';
import {
  type CborMap,
  type CborValue,
  decodeCbor,
  encodeCbor,
  isCborTag,
} from '../../../firmware/protocol/cbor.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { CBOR_BYTES_MAX, CBOR_DEPTH_MAX } from '../../../firmware/protocol/limits.js';
import { readVectors } from '../../vectors/read-vectors.js';

type Vector = { readonly hex: string; readonly diagnostic: string } & (
  | { readonly decoded: string }
  | { readonly refused: string; readonly why: string }
);
const APPENDIX_A = readVectors<readonly Vector[]>('cbor-rfc8949-appendix-a.json');
const decodeHex = (hex: string) => decodeCbor(parseHex(`0x${hex}`));
const refused = (code: string) => ({ name: 'DecodeError', code });

describe('decodeCbor', () => {
  it('has all 81 examples of RFC 8949 appendix A before it', () => {
    assert.equal(APPENDIX_A.length, 81);
    assert.equal(APPENDIX_A.filter((vector) => 'decoded' in vector).length, 44);
  });

  for (const vector of APPENDIX_A) {
    if ('decoded' in vector) {
      it(`reads ${vector.hex} as ${vector.decoded}`, () => {
        assert.equal(diagnose(decodeHex(vector.hex)), vector.decoded);
      });
    } else {
      it(`refuses ${vector.hex}, ${vector.diagnostic}: ${vector.why}`, () => {
        assert.throws(() => decodeHex(vector.hex), refused(vector.refused));
      });
    }
  }

  const refusals: readonly (readonly [code: string, why: string, ...hex: string[]])[] = [
    [
      'non-canonical',
      'integers not in the shortest form',
      '1800',
      '1817',
      '1900ff',
      '1a0000ffff',
      '1b00000000ffffffff',
    ],
    [
      'non-canonical',
      'negative integers not in the shortest form',
      '3800',
      '3900ff',
      '3a0000ffff',
      '3b00000000ffffffff',
    ],
    [
      'non-canonical',
      'lengths not in the shortest form',
      '5800',
      '590001ff',
      '7800',
      '9800',
      'b800',
      '990001',
      'd812f6',
    ],
    ['non-canonical', 'indefinite lengths', '5fff', '7fff', '9fff', 'bfff', '9f', 'bf', '5f', '7f'],
    [
      'non-canonical',
      'map keys out of order',
      'a202000100',
      'a220000100',
      'a2616100' + '0100',
      'a262616100616200',
    ],
    ['duplicate', 'a key twice', 'a201000100', 'a2616100616100', 'a3010002000200'],
    ['trailing', 'bytes after the item', '0000', '8000', '6161ff', 'f6f6'],
    [
      'type',
      'floats, undefined, break and other simple values',
      'f90000',
      'fa00000000',
      'f7',
      'ff',
      'e0',
      'f3',
      'f800',
      'f818',
      'f8ff',
      'f81f',
    ],
    ['type', 'reserved additional information', '1c', '1d', '1e', '3c', '5c', '7d', '9e', 'bc', 'dc', 'fc'],
    ['type', 'indefinite integers and tags', '1f', '3f', 'df'],
    [
      'type',
      'map keys that are neither safe integers nor text',
      'a1f500',
      'a1f600',
      'a1410000',
      'a18000',
      'a1a000',
      'a1c10000',
      'a11b002000000000000000',
    ],
    ['utf8', 'text that is no UTF-8', '61ff', '62c080', '63eda080', '64f4908080', '61c3', 'a161ff00'],
    ['range', 'a tag number beyond the safe integers', 'db002000000000000000f6'],
    ['truncated', 'nothing at all', ''],
    [
      'truncated',
      'lengths beyond the end',
      '41',
      '5affffffff',
      '5bffffffffffffffff',
      '7b7fffffffffffffff',
      '9affffffff',
      '9bffffffffffffffff',
      'baffffffff',
      'bbffffffffffffffff',
      // The count is refused before the item that is wrong in another way.
      '9affffffffff',
      'baffffffffff',
      '83f6f6',
      'a101',
      'c1',
      '19',
      '1bffff',
    ],
  ];
  for (const [code, why, ...hexes] of refusals) {
    it(`refuses ${why} as ${code}`, () => {
      for (const hex of hexes) assert.throws(() => decodeHex(hex), refused(code), hex);
    });
  }

  it('refuses each accepted example cut at any byte', () => {
    for (const vector of APPENDIX_A) {
      if (!('decoded' in vector)) continue;
      const bytes = parseHex(`0x${vector.hex}`);
      for (let size = 0; size < bytes.length; size++) {
        assert.throws(
          () => decodeCbor(bytes.subarray(0, size)),
          refused('truncated'),
          `${vector.hex} at ${size}`,
        );
      }
    }
  });

  it('decodes up to the deepest level and refuses one more, of arrays, maps and tags', () => {
    for (const level of ['81', 'a100', 'c1']) {
      assert.doesNotThrow(() => decodeHex(`${level.repeat(CBOR_DEPTH_MAX)}00`));
      assert.throws(() => decodeHex(`${level.repeat(CBOR_DEPTH_MAX + 1)}00`), refused('depth'));
    }
  });

  it('refuses more bytes than the limit before it looks at them', () => {
    const head = Uint8Array.of(0x59, (CBOR_BYTES_MAX - 3) >> 8, (CBOR_BYTES_MAX - 3) & 255);
    const largest = new Uint8Array(CBOR_BYTES_MAX);
    largest.set(head);
    assert.equal((decodeCbor(largest) as Uint8Array).length, CBOR_BYTES_MAX - 3);
    assert.throws(() => decodeCbor(new Uint8Array(CBOR_BYTES_MAX + 1)), refused('size'));
  });

  it('gives numbers up to the safe integers and bigint beyond', () => {
    assert.equal(decodeHex('1b001fffffffffffff'), Number.MAX_SAFE_INTEGER);
    assert.equal(decodeHex('1b0020000000000000'), 2n ** 53n);
    assert.equal(decodeHex('3b001ffffffffffffe'), Number.MIN_SAFE_INTEGER);
    assert.equal(decodeHex('3b001fffffffffffff'), -(2n ** 53n));
  });

  it('copies byte strings, from a Buffer too', () => {
    for (const source of [Uint8Array.of(0x41, 7), Buffer.from([0x41, 7])]) {
      const decoded = decodeCbor(source) as Uint8Array;
      source[1] = 9;
      assert.deepEqual(decoded, Uint8Array.of(7));
      assert.equal(decoded.buffer.byteLength, 1);
    }
  });

  it('reads from the middle of a larger buffer', () => {
    assert.deepEqual(decodeCbor(Uint8Array.of(0xff, 0x42, 1, 2, 0xff).subarray(1, 4)), Uint8Array.of(1, 2));
  });

  it('does not take a key of Object.prototype for anything special', () => {
    const map = decodeHex('a1695f5f70726f746f5f5f00') as CborMap;
    assert.deepEqual([...map], [['__proto__', 0]]);
  });
});

describe('encodeCbor', () => {
  it('gives the bytes of every accepted example back', () => {
    for (const vector of APPENDIX_A) {
      if ('decoded' in vector) assert.equal(formatHex(encodeCbor(decodeHex(vector.hex))), `0x${vector.hex}`);
    }
  });

  it('sorts map keys by their encoded bytes', () => {
    const keys = ['aa', -1, 'b', 256, 1, 24, -65537, 'a', 0, 23, -25, 'é', 65536, -24, ''];
    const map = new Map(keys.map((key) => [key, null] as const));
    const sorted = [...(decodeCbor(encodeCbor(map)) as CborMap).keys()];
    assert.deepEqual(sorted, [0, 1, 23, 24, 256, 65536, -1, -24, -25, -65537, '', 'a', 'b', 'aa', 'é']);
  });

  it('gives a bigint within the safe integers the bytes of the number', () => {
    for (const value of [
      0,
      23,
      24,
      2 ** 32,
      Number.MAX_SAFE_INTEGER,
      -1,
      -(2 ** 32) - 1,
      Number.MIN_SAFE_INTEGER,
    ]) {
      assert.deepEqual(encodeCbor(BigInt(value)), encodeCbor(value));
    }
  });

  it('takes the shortest form at every boundary', () => {
    const sizes: readonly (readonly [number | bigint, number])[] = [
      [23, 1],
      [24, 2],
      [255, 2],
      [256, 3],
      [65535, 3],
      [65536, 5],
      [2 ** 32 - 1, 5],
      [2 ** 32, 9],
      [2n ** 64n - 1n, 9],
      [-24, 1],
      [-25, 2],
      [-256, 2],
      [-257, 3],
      [-65536, 3],
      [-65537, 5],
      [-(2 ** 32), 5],
      [-(2 ** 32) - 1, 9],
      [-(2n ** 64n), 9],
    ];
    for (const [value, size] of sizes) {
      const bytes = encodeCbor(value);
      assert.equal(bytes.length, size, `${value}`);
      assert.equal(BigInt(decodeCbor(bytes) as number | bigint), BigInt(value));
    }
  });

  it('refuses what has no deterministic form here', () => {
    const bad: readonly unknown[] = [
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      undefined,
      [undefined],
      new Map([[1, undefined]]),
      2n ** 64n,
      -(2n ** 64n) - 1n,
      '\ud800',
      Symbol('x'),
      () => 0,
      {},
      new Date(0),
      { tag: -1, value: 0 },
      { tag: 0.5, value: 0 },
      { tag: 1 },
      new Map([[0.5, 0]]),
      new Map([
        [1n, 0],
        [true, 0],
      ] as unknown as [number, number][]),
    ];
    for (const value of bad) {
      assert.throws(() => encodeCbor(value as CborValue), { name: 'InvariantError' }, String(value));
    }
  });

  it('writes nothing that decodeCbor would refuse for its depth or size', () => {
    let deep: CborValue = 0;
    for (let level = 0; level < CBOR_DEPTH_MAX; level++) deep = [deep];
    const deepest = deep;
    assert.doesNotThrow(() => decodeCbor(encodeCbor(deepest)));
    assert.throws(() => encodeCbor([deepest]), { name: 'InvariantError' });
    assert.equal(encodeCbor(new Uint8Array(CBOR_BYTES_MAX - 3)).length, CBOR_BYTES_MAX);
    assert.throws(() => encodeCbor(new Uint8Array(CBOR_BYTES_MAX - 2)), { name: 'InvariantError' });
  });
});

describe('isCborTag', () => {
  it('is true for tags alone', () => {
    assert.equal(isCborTag({ tag: 1, value: 0 }), true);
    for (const value of [0, 0n, true, null, 'tag', new Uint8Array(1), [], new Map()])
      assert.equal(isCborTag(value), false);
  });
});

/** Writes a value in the diagnostic notation of RFC 8949 section 8. */
function diagnose(value: CborValue): string {
  if (value instanceof Uint8Array) return `h'${formatHex(value).slice(2)}'`;
  if (Array.isArray(value)) return `[${value.map(diagnose).join(', ')}]`;
  if (value instanceof Map) {
    return `{${[...(value as CborMap)].map(([key, item]) => `${diagnose(key)}: ${diagnose(item)}`).join(', ')}}`;
  }
  if (isCborTag(value)) return `${value.tag}(${diagnose(value.value)})`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
