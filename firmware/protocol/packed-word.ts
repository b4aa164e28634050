/**
 * Packs unsigned fields into one integer, the first field highest.
 * @param fields - pairs of value and width in bits
 * @throws RangeError where a value does not fit its width: a caller's bug, never a peer's
 */
export function packWord(fields: readonly (readonly [value: bigint | number, bits: number])[]): bigint {
  let word = 0n;
  for (const [value, bits] of fields) {
    const field = BigInt(value);
    if (field < 0n || field >> BigInt(bits) !== 0n)
      throw new RangeError(`packWord: ${value} does not fit ${bits} bits`);
    word = (word << BigInt(bits)) | field;
  }
  return word;
}

/**
 * Takes an integer apart into unsigned fields, the first highest.
 * @param widths - bits of each field; what lies above their sum stays in the first
 */
export function unpackWord(word: bigint, widths: readonly number[]): readonly bigint[] {
  const fields: bigint[] = [];
  let rest = word;
  for (let i = widths.length - 1; i > 0; i--) {
    const bits = BigInt(widths[i] as number);
    fields.push(rest & ((1n << bits) - 1n));
    rest >>= bits;
  }
  fields.push(rest);
  return fields.reverse();
}
