import type { CryptoEngine } from '../../crypto/engine.js';
import { guardEngine } from '../../crypto/guarded-engine.js';
import { createNativeEngine } from '../../crypto/native-engine.js';
import { createNobleEngine } from '../../crypto/noble-engine.js';
import { createSmallEngine } from '../../crypto/small-engine.js';
import type { XsHost } from './xs-host.js';

/** A lock's own, in C; the one that takes its place where there is no C; and the reference, too big for a lock. */
export const XS_ENGINES = Object.freeze(['native', 'small', 'noble'] as const);
export type XsEngineName = (typeof XS_ENGINES)[number];

/** Puts an engine behind its guard. @param seed32 - blinds the native engine */
export function chooseEngine(host: XsHost, name: XsEngineName, seed32?: Uint8Array): CryptoEngine {
  return guardEngine(createEngine(host, name, seed32));
}

function createEngine(host: XsHost, name: XsEngineName, seed32: Uint8Array | undefined): CryptoEngine {
  switch (name) {
    case 'native':
      return createNativeEngine(host.native, seed32);
    case 'small':
      return createSmallEngine();
    case 'noble':
      return createNobleEngine();
  }
}
