import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonical, fold, invert, isZero, N, P, reduce, squareRoot } from '../../../firmware/crypto/field.js';

const modP = (value: bigint) => ((value % P) + P) % P;
/** What products of formulas may reach, with the edges where a fold carries. */
const wide = fc.oneof(
  fc.bigInt({ min: -(2n ** 700n), max: 2n ** 700n }),
  fc
    .tuple(fc.nat({ max: 700 }), fc.integer({ min: -3, max: 3 }), fc.boolean())
    .map(([bit, step, isNegative]) => ((1n << BigInt(bit)) + BigInt(step)) * (isNegative ? -1n : 1n)),
  fc
    .tuple(fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: -5n, max: 5n }))
    .map(([k, step]) => k * P + step),
);
const element = fc.bigInt({ min: 1n, max: P - 1n });

describe('reduce', () => {
  it('keeps the residue and makes any number of 700 bits loose', () => {
    fc.assert(
      fc.property(wide, (value) => {
        const loose = reduce(value);
        assert.equal(modP(loose), modP(value));
        assert.ok(loose > -(2n ** 254n) && loose < 2n ** 256n + 2n ** 254n, loose.toString(16));
        assert.equal(isZero(loose), modP(value) === 0n);
      }),
      { numRuns: 2_000 },
    );
  });

  it('sees every multiple of p as zero', () => {
    for (const factor of [0n, 1n, -1n, 2n, -2n, 2n ** 256n, -(2n ** 256n), 2n ** 443n, -(2n ** 443n)]) {
      assert.ok(isZero(reduce(factor * P)), factor.toString(16));
      assert.ok(!isZero(reduce(factor * P + 1n)));
      assert.ok(!isZero(reduce(factor * P - 1n)));
    }
  });
});

describe('fold', () => {
  it('keeps the residue and takes a product of two loose numbers below 2^292', () => {
    const loose = fc.bigInt({ min: -(2n ** 254n), max: 2n ** 256n + 2n ** 254n });
    fc.assert(
      fc.property(loose, loose, (a, b) => {
        const folded = fold(a * b);
        assert.equal(modP(folded), modP(a * b));
        assert.ok(folded < 2n ** 292n && folded > -(2n ** 292n));
      }),
    );
  });
});

describe('canonical', () => {
  it('is the residue in 0..p-1', () => {
    fc.assert(fc.property(wide, (value) => assert.equal(canonical(value), modP(value))));
  });
});

describe('invert', () => {
  it('multiplies to one, modulo p and n, for negative values too', () => {
    fc.assert(
      fc.property(element, fc.constantFrom(P, N), fc.boolean(), (value, modulus, isNegative) => {
        fc.pre(value % modulus !== 0n);
        const signed = isNegative ? -value : value;
        const inverse = invert(signed, modulus);
        assert.ok(inverse > 0n && inverse < modulus);
        assert.equal((((signed * inverse) % modulus) + modulus) % modulus, 1n);
      }),
    );
    for (const value of [1n, 2n, N - 1n, P - 1n, P + 1n]) assert.equal(modP(value * invert(value, P)), 1n);
  });
});

describe('squareRoot', () => {
  it('finds a root of every square, and none of what is no square', () => {
    fc.assert(
      fc.property(element, (value) => {
        const root = squareRoot(reduce(value * value));
        assert.ok(modP(root) === value || modP(root) === P - value);
        // -1 is no square where p is 3 modulo 4.
        const none = squareRoot(reduce(-value * value));
        assert.notEqual(modP(none * none), modP(-value * value));
      }),
    );
    assert.equal(modP(squareRoot(0n)), 0n);
  });
});
