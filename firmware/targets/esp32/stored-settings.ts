import type { CryptoEngine } from '../../crypto/engine.js';
import { parseHttpUrl } from '../../drivers/url.js';
import { decodeIdentity } from '../../lock/identity.js';
import { Journal } from '../../lock/journal.js';
import type { RecordSource } from '../../lock/ports.js';
import { DecodeError, IoError } from '../../protocol/errors.js';
import type { LockSettings } from '../../protocol/pairing.js';

/**
 * Reads what pairing set from the lock's own records, so that the board can join its network: the machines never
 * hand their settings out. @returns undefined while the lock is unpaired
 */
export function storedSettings(
  engine: CryptoEngine,
  journalKey32: Uint8Array,
  records: RecordSource,
): LockSettings | undefined {
  const payload = new Journal<never>(engine, journalKey32, records).readDouble('identity');
  if (payload === undefined) return undefined;
  try {
    return decodeIdentity(payload).settings;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** @returns the host of each endpoint that is a URL */
export function endpointHosts(settings: LockSettings): readonly string[] {
  return settings.endpoints.flatMap((url) => {
    try {
      return [parseHttpUrl(url).host];
    } catch (error) {
      if (error instanceof IoError) return [];
      throw error;
    }
  });
}
