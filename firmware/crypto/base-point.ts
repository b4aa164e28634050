import { N } from './field.js';
import { BASE_TABLE, COMB_BIAS, COMB_BLOCKS, COMB_SPACING, COMB_TEETH } from './generated/base-table.js';
import { add, double, negate, type Point } from './point.js';

/**
 * The generator times a scalar: 12 doublings and 52 additions from a table of 64 points. Every scalar takes the same
 * steps, but BigInt's own time depends on the values.
 * @param scalar - 0..n
 * @see Hamburg, "Fast and compact elliptic-curve cryptography", section 3.3 (signed combs)
 */
export function multiplyBase(scalar: bigint): Point {
  const teeth = teethOf(scalar);
  let sum: Point = { x: 1n, y: 1n, z: 0n };
  for (let place = COMB_SPACING - 1; place >= 0; place--) {
    if (sum.z !== 0n) sum = double(sum);
    for (let block = 0; block < COMB_BLOCKS; block++) sum = add(sum, pick(teeth, block, place));
  }
  return sum;
}

/** The table's point for the digits that lie at one place of a block's teeth. */
function pick(teeth: readonly number[], block: number, place: number): Point {
  const first = block * COMB_TEETH;
  const top = first + COMB_TEETH - 1;
  const isPositive = (((teeth[top] as number) >> place) & 1) === 1;
  let index = 0;
  for (let tooth = top - 1; tooth >= first; tooth--) {
    index = (index << 1) | (((teeth[tooth] as number) >> place) & 1);
  }
  // The table has the sums with a positive top digit; the others are those of all digits turned round.
  if (!isPositive) index ^= (1 << (COMB_TEETH - 1)) - 1;
  const at = ((block << (COMB_TEETH - 1)) + index) * 2;
  const point = { x: BASE_TABLE[at] as bigint, y: BASE_TABLE[at + 1] as bigint, z: 1n };
  return isPositive ? point : negate(point);
}

/**
 * Bits of which a 1 stands for the digit +1 and a 0 for -1, COMB_SPACING to a tooth, lowest first:
 * the sum of +-2^i is 2 bits - (2^260 - 1).
 */
function teethOf(scalar: bigint): readonly number[] {
  let bits = (halfModulo(scalar) + COMB_BIAS) % N;
  const teeth: number[] = [];
  for (let i = 0; i < COMB_BLOCKS * COMB_TEETH; i++) {
    teeth.push(Number(bits & ((1n << BigInt(COMB_SPACING)) - 1n)));
    bits >>= BigInt(COMB_SPACING);
  }
  return teeth;
}

function halfModulo(value: bigint): bigint {
  return ((value & 1n) === 0n ? value : value + N) >> 1n;
}
