import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { createSmallEngine } from '../../firmware/crypto/small-engine.js';
import { createLibsecp256k1Engine, loadSecp256k1 } from './libsecp256k1.js';

/** The engines that run in this process. */
export const HOST_ENGINES = Object.freeze(['noble', 'small', 'libsecp256k1'] as const);
export type HostEngineName = (typeof HOST_ENGINES)[number];

/**
 * Creates an engine for this host. Raw: use it through `guardEngine`.
 * Where libsecp256k1 is wanted and this machine has no build of it, says so and gives noble.
 * @param warn - takes one line; stderr where absent
 */
export function chooseHostEngine(
  name: HostEngineName = 'libsecp256k1',
  warn: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  load = loadSecp256k1,
): CryptoEngine {
  if (name === 'noble') return createNobleEngine();
  if (name === 'small') return createSmallEngine();
  try {
    return createLibsecp256k1Engine(load());
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    warn(
      `WARNING: no libsecp256k1 on ${process.platform}-${process.arch}: using noble, some 50 times slower (${reason})`,
    );
    return createNobleEngine();
  }
}
