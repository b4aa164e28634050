import { compareBytes, writeUint } from './bytes.js';
import { type CborValue, encodeCbor } from './cbor.js';
import { InvariantError } from './errors.js';

/** SHA-256, handed in: this folder computes no hashes itself. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** What a lock holds of one guest: living terms, or a tombstone (rights 0) with its serial. */
export interface AccessEntry {
  /** 20-byte address. */
  readonly guest: Uint8Array;
  /** The packed word of a grant, 256 bits. */
  readonly terms: bigint;
}

/** All that decides who is a guest. */
export interface AccessState {
  /** The serial that new grants must exceed, u32. */
  readonly floor: number;
  /** In any order, each guest once. */
  readonly entries: readonly AccessEntry[];
}

/**
 * Links a report to the one before.
 * @param sigStructureBytes - what the report before was signed over
 * @returns the first 16 bytes of its SHA-256
 */
export function reportHash16(sha256: Sha256, sigStructureBytes: Uint8Array): Uint8Array {
  return sha256(sigStructureBytes).slice(0, 16);
}

/**
 * Names the chain and the registry that a lock listens to.
 * @param chainId - at most 64 bits
 * @param registry20 - 20-byte address
 * @returns the first 8 bytes of SHA-256 over the deterministic CBOR of `[chainId, registry]`
 * @throws InvariantError on other sizes
 */
export function domainDigest8(sha256: Sha256, chainId: bigint, registry20: Uint8Array): Uint8Array {
  if (registry20.length !== 20 || chainId < 0n)
    throw new InvariantError('domainDigest8: expected an id and an address');
  return sha256(encodeCbor([chainId, registry20])).slice(0, 8);
}

/**
 * Sums up who is a guest, so that the owner's tool can compare it with what it believes.
 * Costs a hash over 56 bytes an entry: keep it, and make it again when the list changes.
 * @returns the first 16 bytes of SHA-256 over the deterministic CBOR of `[floor, [guest, terms]...]`, each
 * pair an array of 20 and 32 bytes, ascending by guest
 * @throws InvariantError where a guest is there twice or a size is wrong; RangeError where terms are over 256 bits
 */
export function accessDigest16(sha256: Sha256, state: AccessState): Uint8Array {
  if (!Number.isInteger(state.floor) || state.floor < 0 || state.floor > UINT32_MAX) {
    throw new InvariantError('accessDigest16: expected a floor of 32 bits');
  }
  const sorted = [...state.entries].sort((a, b) => compareBytes(a.guest, b.guest));
  const items: CborValue[] = [state.floor];
  let previous: Uint8Array | undefined;
  for (const { guest, terms } of sorted) {
    if (guest.length !== 20) throw new InvariantError('accessDigest16: expected a guest of 20 bytes');
    if (previous !== undefined && compareBytes(previous, guest) === 0) {
      throw new InvariantError('accessDigest16: a guest twice');
    }
    previous = guest;
    items.push([guest, writeUint(terms, 32)]);
  }
  return sha256(encodeCbor(items)).slice(0, 16);
}

const UINT32_MAX = 0xffff_ffff;
