import assert from 'node:assert/strict';
import type { CborValue } from '../../../firmware/protocol/cbor.js';
import * as fields from '../../../firmware/protocol/cbor-fields.js';

const refused = (code: string) => ({ name: 'DecodeError', code });
/** One of each kind of CBOR value. */
const KINDS: readonly CborValue[] = [
  1,
  2n ** 60n,
  true,
  null,
  'text',
  new Uint8Array(1),
  [1],
  new Map(),
  { tag: 1, value: 0 },
];

/** Asserts that a reader takes only the kinds at these places and refuses the others by their type. */
function takesOnly(read: (value: CborValue) => unknown, ...places: readonly number[]): void {
  for (const [place, value] of KINDS.entries()) {
    if (places.includes(place)) assert.doesNotThrow(() => read(value), `kind ${place}`);
    else assert.throws(() => read(value), refused('type'), `kind ${place}`);
  }
}

describe('asMap, asArray, asBigUint, asBytes, asText, asBoolean', () => {
  it('take their own kind and refuse every other', () => {
    takesOnly(fields.asMap, 7);
    takesOnly((value) => fields.asArray(value), 6);
    takesOnly((value) => fields.asBigUint(value, 64), 0, 1);
    takesOnly((value) => fields.asBytes(value, 1), 5);
    takesOnly((value) => fields.asText(value, 4), 4);
    takesOnly(fields.asBoolean, 2);
  });
});

describe('asUint', () => {
  it('takes 0 to max as a number', () => {
    assert.equal(fields.asUint(0, 5), 0);
    assert.equal(fields.asUint(5, 5), 5);
    for (const value of [-1, 6, 2n ** 60n, -(2n ** 60n)])
      assert.throws(() => fields.asUint(value, 5), refused('range'));
  });

  it('refuses other kinds and fractions', () => {
    for (const value of [...KINDS.slice(2), 0.5, Number.NaN]) {
      assert.throws(() => fields.asUint(value, 5), refused('type'));
    }
  });
});

describe('asBigUint', () => {
  it('takes as many bits as it is told', () => {
    assert.equal(fields.asBigUint(255, 8), 255n);
    assert.equal(fields.asBigUint(2n ** 64n - 1n, 64), 2n ** 64n - 1n);
    for (const value of [256, -1, 2n ** 60n, -(2n ** 60n)]) {
      assert.throws(() => fields.asBigUint(value, 8), refused('range'));
    }
    assert.throws(() => fields.asBigUint(0.5, 8), refused('type'));
  });
});

describe('asBytes', () => {
  it('takes one size, or sizes from one to another', () => {
    assert.throws(() => fields.asBytes(new Uint8Array(2), 1), refused('size'));
    assert.throws(() => fields.asBytes(new Uint8Array(0), 1), refused('size'));
    for (const size of [2, 3, 4]) assert.equal(fields.asBytes(new Uint8Array(size), 2, 4).length, size);
    for (const size of [1, 5])
      assert.throws(() => fields.asBytes(new Uint8Array(size), 2, 4), refused('size'));
  });
});

describe('asText', () => {
  it('refuses no text and too much', () => {
    for (const text of ['', 'abcde']) assert.throws(() => fields.asText(text, 4), refused('size'));
  });
});

describe('asArray', () => {
  it('refuses another count than the one asked for', () => {
    assert.deepEqual(fields.asArray([1, 2], 2), [1, 2]);
    for (const items of [[], [1], [1, 2, 3]]) assert.throws(() => fields.asArray(items, 2), refused('size'));
  });
});

describe('expectUint and its like', () => {
  const map = new Map<number | string, CborValue>([
    [1, 7],
    [2, Uint8Array.of(1)],
    [3, 'text'],
    [4, [1]],
    [5, new Map()],
    ['six', 2n ** 63n],
  ]);

  it('read a key that is there', () => {
    assert.equal(fields.expectUint(map, 1, 7), 7);
    assert.deepEqual(fields.expectBytes(map, 2, 1), Uint8Array.of(1));
    assert.equal(fields.expectText(map, 3, 4), 'text');
    assert.deepEqual(fields.expectArray(map, 4, 1), [1]);
    assert.deepEqual(fields.expectMap(map, 5), new Map());
    assert.equal(fields.expectBigUint(map, 'six', 64), 2n ** 63n);
  });

  it('refuse a key that is not', () => {
    assert.throws(() => fields.expectUint(map, 9, 7), refused('missing'));
    assert.throws(() => fields.expectBytes(map, 9, 1), refused('missing'));
    assert.throws(() => fields.expectText(map, 9, 4), refused('missing'));
    assert.throws(() => fields.expectArray(map, 9), refused('missing'));
    assert.throws(() => fields.expectMap(map, 9), refused('missing'));
    assert.throws(() => fields.expectBigUint(map, 'nine', 64), refused('missing'));
  });
});

describe('expectOnlyKeys', () => {
  it('refuses any key outside the list, and repeats no text of a peer', () => {
    assert.doesNotThrow(() => fields.expectOnlyKeys(new Map([[1, 0]]), [1, 2]));
    assert.throws(() => fields.expectOnlyKeys(new Map([[3, 0]]), [1, 2]), refused('unknown'));
    assert.throws(
      () => fields.expectOnlyKeys(new Map([['a word', 0]]), [1, 2]),
      (error: Error) => error.name === 'DecodeError' && !error.message.includes('a word'),
    );
  });
});
