/** The field's prime, 2^256 - C. @see SEC 2 section 2.4.1 */
export const P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;
/** The group's order. @see SEC 2 section 2.4.1 */
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const C = 0x1000003d1n;
const LOW_256 = 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffn;

/*
 * Numbers modulo p are kept loose: any representative in -2^254..2^256+2^254, so that sums and differences need no
 * reduction before the next product. XS divides a BigInt at six times the price of a product, and folds at less than
 * two: hence no `%` in the curve's formulas.
 */

/**
 * Folds what lies above bit 256 down once, by 2^256 = C modulo p, which has 33 bits: a product of two loose numbers
 * comes down to 291 bits, enough where it is only a factor of the next product.
 */
export function fold(value: bigint): bigint {
  return (value & LOW_256) + (value >> 256n) * C;
}

/** Makes a number of -2^700..2^700 loose. */
export function reduce(value: bigint): bigint {
  const once = (value & LOW_256) + (value >> 256n) * C;
  return (once & LOW_256) + (once >> 256n) * C;
}

/** @returns the representative in 0..p-1 */
export function canonical(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/** Whether a loose number is 0 modulo p: no other multiple of p is loose. */
export function isZero(loose: bigint): boolean {
  return loose === 0n || loose === P;
}

/**
 * The inverse by Euclid's algorithm; its time depends on the value.
 * @param value - any integer that is no multiple of the modulus
 * @param modulus - P or N
 * @returns 1..modulus-1
 */
export function invert(value: bigint, modulus: bigint): bigint {
  let a = value % modulus;
  let b = modulus;
  let x = 0n;
  let u = 1n;
  while (a !== 0n) {
    const quotient = b / a;
    const rest = b - a * quotient;
    const next = x - u * quotient;
    b = a;
    a = rest;
    x = u;
    u = next;
  }
  // A negative value ends at the divisor -1.
  const inverse = (b < 0n ? -x : x) % modulus;
  return inverse < 0n ? inverse + modulus : inverse;
}

/**
 * The root of a square modulo p, which is 3 modulo 4: value^((p+1)/4). Of another number it is a wrong one.
 * @param value - loose
 * @returns loose
 * @see SEC 1 section 2.3.4
 */
export function squareRoot(value: bigint): bigint {
  // The exponent's bits are 223 ones, 0, 22 ones, 0000, 11, 00: runs of ones are built by doubling their length.
  const ones2 = reduce(raise(value, 1) * value);
  const ones3 = reduce(raise(ones2, 1) * value);
  const ones6 = reduce(raise(ones3, 3) * ones3);
  const ones9 = reduce(raise(ones6, 3) * ones3);
  const ones11 = reduce(raise(ones9, 2) * ones2);
  const ones22 = reduce(raise(ones11, 11) * ones11);
  const ones44 = reduce(raise(ones22, 22) * ones22);
  const ones88 = reduce(raise(ones44, 44) * ones44);
  const ones176 = reduce(raise(ones88, 88) * ones88);
  const ones220 = reduce(raise(ones176, 44) * ones44);
  const ones223 = reduce(raise(ones220, 3) * ones3);
  const head = reduce(raise(ones223, 23) * ones22);
  return raise(reduce(raise(head, 6) * ones2), 2);
}

/** value^(2^times). */
function raise(value: bigint, times: number): bigint {
  let power = value;
  for (let i = 0; i < times; i++) power = reduce(power * power);
  return power;
}
