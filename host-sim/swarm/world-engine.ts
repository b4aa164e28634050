import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';

/**
 * The engine of all who live beside a lock, which is not the lock's own: whoever is shown a signature of theirs checks
 * it, so it is not checked before it leaves; and keys that it verifies by were recovered before, so they are points.
 * @param raw - not guarded yet
 */
export function worldEngine(raw: CryptoEngine): CryptoEngine {
  return Object.freeze({ ...guardEngine(raw), signRecoverable: raw.signRecoverable, verify: raw.verify });
}
