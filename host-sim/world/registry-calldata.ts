import { readUint } from '../../firmware/protocol/bytes.js';

/** The contract's decoder reverts without data. */
export class MalformedCalldata extends Error {}

const SELECTOR_BYTES = 4;
const WORD_BYTES = 32;
/** Offsets and lengths past this are refused before any sum. @see Solidity, ABI coder v2 */
const OFFSET_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * Reads a call's arguments as the compiled contract does: bytes after the end are let through, and nothing asks for one
 * canonical form. Stricter is the lock, by `decodeCommand`.
 * @throws MalformedCalldata from each reader
 */
export class Arguments {
  readonly #block: Uint8Array;

  /** @param words - of the head, which must be there whole */
  constructor(calldata: Uint8Array, words: number) {
    this.#block = calldata.subarray(SELECTOR_BYTES);
    if (this.#block.length < words * WORD_BYTES) throw new MalformedCalldata('the head is cut off');
  }

  uint(index: number): bigint {
    return this.#wordAt(index * WORD_BYTES);
  }

  address(index: number): bigint {
    const word = this.uint(index);
    if (word >> 160n !== 0n) throw new MalformedCalldata('bits above an address');
    return word;
  }

  bool(index: number): boolean {
    const word = this.uint(index);
    if (word > 1n) throw new MalformedCalldata('neither true nor false');
    return word === 1n;
  }

  bytes(index: number): Uint8Array {
    const { from, count } = this.#tail(index, 1);
    return this.#block.subarray(from, from + count);
  }

  uints(index: number): readonly bigint[] {
    const { from, count } = this.#tail(index, WORD_BYTES);
    return Array.from({ length: count }, (_, i) => this.#wordAt(from + i * WORD_BYTES));
  }

  #tail(index: number, memberBytes: number): { readonly from: number; readonly count: number } {
    const offset = this.uint(index);
    if (offset > OFFSET_MAX || offset + BigInt(WORD_BYTES) > BigInt(this.#block.length))
      throw new MalformedCalldata('an offset past the end');
    const count = this.#wordAt(Number(offset));
    const from = Number(offset) + WORD_BYTES;
    if (count > OFFSET_MAX || BigInt(from) + count * BigInt(memberBytes) > BigInt(this.#block.length))
      throw new MalformedCalldata('a length past the end');
    return { from, count: Number(count) };
  }

  #wordAt(from: number): bigint {
    return readUint(this.#block.subarray(from, from + WORD_BYTES));
  }
}
