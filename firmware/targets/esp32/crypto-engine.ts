import type { CryptoEngine } from '../../crypto/engine.js';
import { guardEngine } from '../../crypto/guarded-engine.js';
import { createNobleEngine } from '../../crypto/noble-engine.js';

/** @returns the engine of this image. The only place of this target that names one. */
export function createBoardEngine(): CryptoEngine {
  return guardEngine(createNobleEngine());
}
