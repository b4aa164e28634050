import { canonical, fold, invert, isZero, P, reduce, squareRoot } from './field.js';

/** A point in Jacobian coordinates: (x / z^2, y / z^3), each loose; z is 0n at infinity and only there. */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

/** @returns twice the point. @see Hyperelliptic.org's EFD, dbl-2009-l; no point of this curve has y = 0 */
export function double({ x, y, z }: Point): Point {
  const square = fold(y * y);
  const slope = 3n * fold(x * x);
  const chord = fold(x * square) << 2n;
  const x3 = reduce(slope * slope - (chord << 1n));
  const y3 = reduce(slope * (chord - x3) - ((square * square) << 3n));
  return { x: x3, y: y3, z: reduce((y * z) << 1n) };
}

/** @returns the sum of any two points, the same or opposite ones too. @see EFD, add-1998-cmo-2 */
export function add(p: Point, q: Point): Point {
  const { x: x1, y: y1, z: z1 } = p;
  const { x: x2, y: y2, z: z2 } = q;
  if (z1 === 0n) return q;
  if (z2 === 0n) return p;
  const zz1 = fold(z1 * z1);
  const u2 = fold(x2 * zz1);
  const s2 = fold(y2 * fold(z1 * zz1));
  let u1 = x1;
  let s1 = y1;
  let z3 = z1;
  // A point from a table is affine and saves five products.
  if (z2 !== 1n) {
    const zz2 = fold(z2 * z2);
    u1 = reduce(x1 * zz2);
    s1 = reduce(y1 * fold(z2 * zz2));
    z3 = fold(z1 * z2);
  }
  const h = reduce(u2 - u1);
  const r = reduce(s2 - s1);
  if (isZero(h)) return isZero(r) ? double(p) : { x: 1n, y: 1n, z: 0n };
  const hh = fold(h * h);
  const hhh = fold(h * hh);
  const v = fold(u1 * hh);
  const x3 = reduce(r * r - hhh - (v << 1n));
  return { x: x3, y: reduce(r * (v - x3) - s1 * hhh), z: reduce(z3 * h) };
}

export function negate({ x, y, z }: Point): Point {
  return { x, y: P - y, z };
}

/** @returns coordinates in 0..p-1, or undefined at infinity */
export function toAffine({ x, y, z }: Point): { readonly x: bigint; readonly y: bigint } | undefined {
  if (z === 0n) return undefined;
  const inverse = invert(z, P);
  const square = fold(inverse * inverse);
  return { x: canonical(x * square), y: canonical(y * fold(inverse * square)) };
}

/** Whether y^2 = x^3 + 7. @param x - 0..p-1. @param y - 0..p-1 */
export function isOnCurve(x: bigint, y: bigint): boolean {
  return isZero(reduce(y * y - fold(x * x) * x - 7n));
}

/** @param x - 0..p-1. @returns the point of the curve with this x and the wanted parity of y, or undefined */
export function liftX(x: bigint, isOdd: boolean): Point | undefined {
  const side = reduce(fold(x * x) * x + 7n);
  const root = squareRoot(side);
  if (!isZero(reduce(root * root - side))) return undefined;
  const y = canonical(root);
  return { x, y: ((y & 1n) === 1n) === isOdd ? y : P - y, z: 1n };
}

/** Width of a window in bits: 8 odd multiples are made. */
const WINDOW = 5;

/**
 * Any point times a scalar, by signed windows over doublings; its time depends on the scalar.
 * @param scalar - 0..2^256-1
 */
export function multiply(point: Point, scalar: bigint): Point {
  const twice = double(point);
  const odd: Point[] = [point];
  for (let i = 1; i < 1 << (WINDOW - 2); i++) odd.push(add(odd[i - 1] as Point, twice));
  const digits = signedWindows(scalar);
  let sum: Point = { x: 1n, y: 1n, z: 0n };
  for (let i = digits.length - 1; i >= 0; i--) {
    if (sum.z !== 0n) sum = double(sum);
    const digit = digits[i] as number;
    if (digit > 0) sum = add(sum, odd[digit >> 1] as Point);
    else if (digit < 0) sum = add(sum, negate(odd[-digit >> 1] as Point));
  }
  return sum;
}

/** Digits of a scalar, lowest first: 0, or odd in -15..15 and then at least four zeros. */
function signedWindows(scalar: bigint): readonly number[] {
  const bits = bitsOf(scalar);
  const digits: number[] = [];
  let carry = 0;
  for (let at = 0; at < bits.length + 1; ) {
    if (((bits[at] ?? 0) ^ carry) === 0) {
      digits.push(0);
      at++;
      continue;
    }
    let digit = carry;
    for (let i = 0; i < WINDOW; i++) digit += (bits[at + i] ?? 0) << i;
    carry = digit >> (WINDOW - 1);
    digits.push(carry === 1 ? digit - (1 << WINDOW) : digit);
    for (let i = 1; i < WINDOW; i++) digits.push(0);
    at += WINDOW;
  }
  return digits;
}

/** Lowest first, in steps of 16 bits, because each step on a BigInt costs. */
function bitsOf(scalar: bigint): readonly number[] {
  const bits: number[] = [];
  for (let at = 0n; at < 256n; at += 16n) {
    const part = Number((scalar >> at) & 0xffffn);
    for (let i = 0; i < 16; i++) bits.push((part >> i) & 1);
  }
  return bits;
}
