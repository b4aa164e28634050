import type { KeyValueIo } from '../../drivers/io.js';
import { DecodeError } from '../../protocol/errors.js';
import { parseHex } from '../../protocol/hex.js';
import type { BoardIo } from './board-io.js';

/** What a board holds before anyone pairs it. */
export interface ChipSecrets {
  readonly journalKey32: Uint8Array;
  /** `chip` where flash alone does not give the key away. */
  readonly journalKeyKeptIn: 'chip' | 'flash';
  readonly pairingSecret16: Uint8Array;
}

/** Apart from the lock's records, so that no erasing of those touches it. */
const DOMAIN = 'chip';
const JOURNAL_LABEL = 'latchkey journal 1';

/**
 * Reads the secrets of this board, and makes at the first boot what is missing.
 * @param builtIn - the pairing secret as 0x hex that the image was built with, if it was
 */
export function readChipSecrets(io: BoardIo, builtIn: unknown): ChipSecrets {
  const kept = new KeptSecrets(io.keyValue, io.random);
  const chipKey = io.chipKey(JOURNAL_LABEL);
  return {
    journalKey32: chipKey ?? kept.readOrMake('journal-key', 32, undefined),
    journalKeyKeptIn: chipKey === undefined ? 'flash' : 'chip',
    pairingSecret16: kept.readOrMake('pairing-secret', 16, secretFrom(builtIn)),
  };
}

class KeptSecrets {
  readonly #io: KeyValueIo;
  readonly #random: (count: number) => Uint8Array;

  constructor(io: KeyValueIo, random: (count: number) => Uint8Array) {
    this.#io = io;
    this.#random = random;
  }

  /** What is kept stands: an update that was built with another secret changes nothing. */
  readOrMake(key: string, count: number, first: Uint8Array | undefined): Uint8Array {
    const domain = this.#io.open({ path: DOMAIN, format: 'buffer' });
    try {
      const kept = domain.read(key);
      if (kept !== undefined && kept.byteLength === count) return new Uint8Array(kept);
      const made = first ?? this.#random(count);
      domain.write(key, made.slice().buffer);
      return made;
    } finally {
      domain.close();
    }
  }
}

function secretFrom(builtIn: unknown): Uint8Array | undefined {
  if (typeof builtIn !== 'string') return undefined;
  try {
    const bytes = parseHex(builtIn);
    return bytes.length === 16 ? bytes : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
