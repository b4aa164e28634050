import assert from 'node:assert/strict';
import {
  asciiBytes,
  compareBytes,
  concatBytes,
  equalBytes,
  isZeroBytes,
  readUint,
  writeUint,
} from '../../../firmware/protocol/bytes.js';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('concatBytes', () => {
  it('joins any number of parts in order', () => {
    assert.deepEqual(concatBytes(), bytes());
    assert.deepEqual(concatBytes(bytes(1), bytes(), bytes(2, 3)), bytes(1, 2, 3));
  });

  it('copies: later changes of a part do not reach the result', () => {
    const part = bytes(1);
    const joined = concatBytes(part);
    part[0] = 9;
    assert.deepEqual(joined, bytes(1));
  });
});

describe('equalBytes', () => {
  it('tells equal from unequal at any place', () => {
    assert.equal(equalBytes(bytes(1, 2, 3), bytes(1, 2, 3)), true);
    assert.equal(equalBytes(bytes(), bytes()), true);
    for (const other of [bytes(0, 2, 3), bytes(1, 0, 3), bytes(1, 2, 0)]) {
      assert.equal(equalBytes(bytes(1, 2, 3), other), false);
    }
  });

  it('tells a prefix from the whole', () => {
    assert.equal(equalBytes(bytes(1, 2), bytes(1, 2, 0)), false);
    assert.equal(equalBytes(bytes(1, 2, 0), bytes(1, 2)), false);
  });
});

describe('compareBytes', () => {
  it('orders by the first difference, unsigned, a prefix first', () => {
    const sorted = [
      bytes(),
      bytes(0),
      bytes(0, 0),
      bytes(1),
      bytes(1, 255),
      bytes(2),
      bytes(128),
      bytes(255),
    ];
    for (const [i, a] of sorted.entries()) {
      for (const [j, b] of sorted.entries()) {
        assert.equal(Math.sign(compareBytes(a, b)), Math.sign(i - j), `${a} against ${b}`);
      }
    }
  });
});

describe('isZeroBytes', () => {
  it('is true for nothing but zeros', () => {
    assert.equal(isZeroBytes(bytes()), true);
    assert.equal(isZeroBytes(bytes(0, 0)), true);
    assert.equal(isZeroBytes(bytes(0, 1)), false);
    assert.equal(isZeroBytes(bytes(128, 0)), false);
  });
});

describe('readUint', () => {
  it('reads big-endian', () => {
    assert.equal(readUint(bytes()), 0n);
    assert.equal(readUint(bytes(1, 0)), 256n);
    assert.equal(readUint(new Uint8Array(32).fill(255)), (1n << 256n) - 1n);
  });
});

describe('writeUint', () => {
  it('pads to the width and is undone by readUint', () => {
    assert.deepEqual(writeUint(258, 4), bytes(0, 0, 1, 2));
    assert.deepEqual(writeUint(0, 0), bytes());
    for (const value of [0n, 1n, 255n, 256n, (1n << 160n) - 1n])
      assert.equal(readUint(writeUint(value, 20)), value);
  });

  it('refuses what does not fit, and negative values', () => {
    assert.throws(() => writeUint(256, 1), RangeError);
    assert.throws(() => writeUint(1n << 160n, 20), RangeError);
    assert.throws(() => writeUint(-1, 4), RangeError);
  });
});

describe('asciiBytes', () => {
  it('encodes ASCII and refuses all else', () => {
    assert.deepEqual(asciiBytes('A~\0'), bytes(65, 126, 0));
    for (const text of ['é', '\u0080', '水', '\ud800']) assert.throws(() => asciiBytes(text), RangeError);
  });
});
