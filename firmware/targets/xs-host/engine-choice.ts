import type { CryptoEngine } from '../../crypto/engine.js';
import { guardEngine } from '../../crypto/guarded-engine.js';
import { createNativeEngine } from '../../crypto/native-engine.js';
import { createNobleEngine } from '../../crypto/noble-engine.js';
import type { XsHost } from './xs-host.js';

/** The engines that run on XS: the C one of a lock, and the one in TypeScript that takes its place where there is no C. */
export const XS_ENGINES = Object.freeze(['native', 'noble'] as const);
export type XsEngineName = (typeof XS_ENGINES)[number];

/** Puts an engine behind its guard. @param seed32 - blinds the native engine */
export function chooseEngine(host: XsHost, name: XsEngineName, seed32?: Uint8Array): CryptoEngine {
  return guardEngine(name === 'native' ? createNativeEngine(host.native, seed32) : createNobleEngine());
}
