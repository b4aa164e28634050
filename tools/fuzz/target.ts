import { DecodeError, type DecodeErrorCode } from '../../firmware/protocol/errors.js';

/** How the inputs of a target are put together, for the mutator. */
export type Shape =
  | { readonly kind: 'bytes' | 'cbor' | 'rlp' | 'json' }
  | { readonly kind: 'text'; readonly words: readonly string[] }
  | { readonly kind: 'records'; readonly width: number };

/** Something that takes bytes from outside, and what must hold of it whatever they are. */
export interface Target {
  readonly name: string;
  readonly shape: Shape;
  /** How often it runs, beside the others: cheap ones often. */
  readonly share: number;
  /** Inputs to begin with, most of them good. */
  seeds(): readonly Uint8Array[];
  /** @throws anything: each throw is a find */
  run(input: Uint8Array): void;
  /** The most blocks that an input of so many bytes may enter. */
  stepsMax(bytes: number): number;
  /** Longest input that is made, bytes. */
  readonly bytesMax: number;
}

/** What must hold does not. */
export class Finding extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Finding';
  }
}

/**
 * Calls a decoder.
 * @param codes - the refusals that its documentation names
 * @returns undefined where it refused
 * @throws Finding on a refusal by another code; all else as it was thrown
 */
export function attempt<Value>(
  decode: () => Value,
  codes: readonly DecodeErrorCode[],
): { readonly value: Value } | undefined {
  try {
    return { value: decode() };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (codes.includes(error.code)) return undefined;
    throw new Finding(`refused as ${error.code}, which is not documented: ${error.message}`);
  }
}

/** @throws Finding where it does not hold */
export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Finding(what);
}
