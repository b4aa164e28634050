import { guardEngine } from '../../crypto/guarded-engine.js';
import { createNativeEngine } from '../../crypto/native-engine.js';
import { measure } from './measurement.js';
import type { Rv32Host } from './rv32-host.js';

/** The lock on the engine in C, blinded as on a device. */
export default function main(host: Rv32Host): void {
  measure(host, () => guardEngine(createNativeEngine(host.native, new Uint8Array(32).fill(0x31))));
}
