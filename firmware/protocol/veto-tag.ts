import { asciiBytes, concatBytes } from './bytes.js';

const LABEL = 'latchkey veto 1';
/** Set in the first byte of each tag: the upper 96 bits of a tag are not zero, or it could pass for a lockId. */
const FIRST_BIT = 0x80;

/**
 * The tag under which a veto is posted in the registry's mailbox; whoever reads the lock's reports can compute it.
 * @param lock20 - address of the lock
 * @param challenge16 - the adoption's, as the reports name it
 * @returns 32 bytes: SHA-256 over `"latchkey veto 1" | lock | challenge`, with its first bit set
 * @see PROTOCOL.md section 1.2
 */
export function vetoTag(
  sha256: (bytes: Uint8Array) => Uint8Array,
  lock20: Uint8Array,
  challenge16: Uint8Array,
): Uint8Array {
  const tag32 = sha256(concatBytes(asciiBytes(LABEL), lock20, challenge16)).slice();
  tag32[0] = (tag32[0] ?? 0) | FIRST_BIT;
  return tag32;
}
