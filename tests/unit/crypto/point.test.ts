import assert from 'node:assert/strict';
import { Point as Oracle } from '@noble/secp256k1';
import fc from 'fast-check';
import { multiplyBase } from '../../../firmware/crypto/base-point.js';
import {
  add,
  double,
  isOnCurve,
  liftX,
  multiply,
  negate,
  type Point,
  toAffine,
} from '../../../firmware/crypto/point.js';
import { N } from '../../conformance/rfc6979-oracle.js';

const INFINITY: Point = { x: 1n, y: 1n, z: 0n };
const scalar = fc.bigInt({ min: 1n, max: N - 1n });
const oracle = (factor: bigint) => {
  const rest = ((factor % N) + N) % N;
  return rest === 0n ? undefined : Oracle.BASE.multiply(rest).toAffine();
};
const isInfinity = (point: Point) => point.z === 0n && toAffine(point) === undefined;

describe('add', () => {
  it('adds any two points as noble does: other, same, opposite and none', () => {
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        const [p, q] = [multiplyBase(a), multiplyBase(b)];
        assert.deepEqual(toAffine(add(p, q)), oracle(a + b));
        assert.deepEqual(toAffine(add(p, negate(q))), oracle(a - b));
        // The same point by another way has other coordinates.
        const other = add(multiplyBase((a + 1n) % N), negate(multiplyBase(1n)));
        assert.deepEqual(toAffine(add(p, other)), oracle(2n * a));
        assert.ok(isInfinity(add(p, negate(other))));
        assert.equal(add(p, INFINITY), p);
        assert.equal(add(INFINITY, p), p);
      }),
      { numRuns: 40 },
    );
  });

  it('adds an affine point as noble does, also to itself and its opposite', () => {
    const base = liftX(Oracle.BASE.x, (Oracle.BASE.y & 1n) === 1n);
    assert.ok(base !== undefined);
    assert.deepEqual(toAffine(add(base, base)), oracle(2n));
    assert.ok(isInfinity(add(base, negate(base))));
    assert.deepEqual(toAffine(add(multiplyBase(5n), base)), oracle(6n));
    assert.ok(isInfinity(add(multiplyBase(N - 1n), base)));
    assert.deepEqual(toAffine(add(multiplyBase(1n), base)), oracle(2n));
  });
});

describe('double', () => {
  it('agrees with noble, and leaves infinity there', () => {
    for (const factor of [1n, 2n, N >> 1n, N - 1n])
      assert.deepEqual(toAffine(double(multiplyBase(factor))), oracle(2n * factor));
    assert.ok(isInfinity(double(INFINITY)));
  });
});

describe('multiply', () => {
  const edges = [
    0n,
    1n,
    2n,
    15n,
    16n,
    17n,
    31n,
    32n,
    N - 1n,
    N,
    N + 1n,
    N >> 1n,
    2n ** 255n,
    2n ** 256n - 1n,
  ];

  it('agrees with noble for any point and scalar', () => {
    fc.assert(
      fc.property(scalar, scalar, (a, b) =>
        assert.deepEqual(toAffine(multiply(multiplyBase(a), b)), oracle((a * b) % N)),
      ),
      { numRuns: 40 },
    );
  });

  it('takes every scalar of 256 bits, 0 and n too', () => {
    const point = multiplyBase(7n);
    for (const edge of edges) assert.deepEqual(toAffine(multiply(point, edge)), oracle(7n * edge), `${edge}`);
    assert.ok(isInfinity(multiply(INFINITY, 5n)));
  });
});

describe('multiplyBase', () => {
  it('agrees with noble from 0 to n - 1', () => {
    assert.ok(isInfinity(multiplyBase(0n)));
    for (let i = 1n; i < 70n; i++) {
      assert.deepEqual(toAffine(multiplyBase(i)), oracle(i));
      assert.deepEqual(toAffine(multiplyBase(N - i)), oracle(-i));
    }
    fc.assert(
      fc.property(scalar, (a) => assert.deepEqual(toAffine(multiplyBase(a)), oracle(a))),
      { numRuns: 100 },
    );
  });
});

describe('liftX', () => {
  it('finds the point of either parity, and none where there is none', () => {
    let found = 0;
    for (let x = 0n; x < 60n; x++) {
      const odd = liftX(x, true);
      const even = liftX(x, false);
      assert.equal(odd === undefined, even === undefined);
      if (odd === undefined || even === undefined) continue;
      found++;
      assert.ok(isOnCurve(x, odd.y) && isOnCurve(x, even.y));
      assert.ok((odd.y & 1n) === 1n && (even.y & 1n) === 0n);
      assert.ok(!isOnCurve(x, odd.y + 1n));
    }
    assert.ok(found > 20, `only ${found}`);
  });
});
