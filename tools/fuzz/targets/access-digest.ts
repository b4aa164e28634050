import { equalBytes, readUint } from '../../../firmware/protocol/bytes.js';
import { InvariantError } from '../../../firmware/protocol/errors.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import {
  type AccessEntry,
  accessDigest16,
  domainDigest8,
} from '../../../firmware/protocol/report-digests.js';
import { expect, type Target } from '../target.js';
import { engine } from './people.js';
import { linear } from './seed-bytes.js';

const ENTRY_BYTES = 52;
/** As many as the lock's list can hold. */
const ENTRIES_MAX = 128;

/** The digests that reports carry, over entries in any order. */
export const accessDigestTarget: Target = {
  name: 'access-digest',
  shape: { kind: 'records', width: ENTRY_BYTES },
  share: 10,
  bytesMax: ENTRY_BYTES * ENTRIES_MAX,
  seeds: () => [new Uint8Array(0), Uint8Array.from({ length: 3 * ENTRY_BYTES }, (_, i) => i)],
  run: (input: Uint8Array) => {
    const entries: AccessEntry[] = [];
    for (let at = 0; at + ENTRY_BYTES <= input.length; at += ENTRY_BYTES) {
      const guest = input.slice(at, at + 20);
      entries.push({ guest, terms: readUint(input.slice(at + 20, at + ENTRY_BYTES)) });
    }
    const digest = digestOf(entries);
    const isTwice = new Set(entries.map(({ guest }) => formatHex(guest))).size < entries.length;
    expect(isTwice === (digest === undefined), 'a guest twice is not told from others');
    const other = digestOf([...entries].reverse());
    expect(
      digest === undefined || (other !== undefined && equalBytes(digest, other)),
      'the order changes the digest',
    );
    const domain8 = domainDigest8(engine.sha256, readUint(input.subarray(0, 8)), new Uint8Array(20));
    expect(domain8.length === 8, 'a digest of another size');
  },
  stepsMax: linear(400, 80),
};

function digestOf(entries: readonly AccessEntry[]): Uint8Array | undefined {
  try {
    return accessDigest16(engine.sha256, { floor: 7, entries });
  } catch (error) {
    if (error instanceof InvariantError && error.message.endsWith('a guest twice')) return undefined;
    throw error;
  }
}
