import type { CryptoEngine } from '../../crypto/engine.js';
import { guardEngine } from '../../crypto/guarded-engine.js';
import { createNativeEngine } from '../../crypto/native-engine.js';
import { NATIVE_MODULE } from './native-module.js';

/**
 * @returns the engine of this image. The only place of this target that names one.
 * @param seed32 - fresh randomness, against who measures what the chip draws
 */
export function createBoardEngine(seed32: Uint8Array): CryptoEngine {
  return guardEngine(createNativeEngine(NATIVE_MODULE, seed32));
}
