import { guardEngine } from '../../crypto/guarded-engine.js';
import { createSmallEngine } from '../../crypto/small-engine.js';
import { measure } from './measurement.js';
import type { Rv32Host } from './rv32-host.js';

/** The lock on the engine in TypeScript, where there is no C. */
export default function main(host: Rv32Host): void {
  measure(host, () => guardEngine(createSmallEngine()));
}
