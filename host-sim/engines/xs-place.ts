import type { MachinePlace } from './machine-place.js';
import { XsLock } from './xs-lock.js';
import { buildXsRunner } from './xs-runner.js';

/** The firmware on the engine and with the cryptography of a lock; builds the runner where it is missing. */
export async function placeOnXs(): Promise<MachinePlace> {
  const runner = await buildXsRunner((text) => process.stderr.write(`latchkey: ${text}\n`));
  return new XsLock({ runner, engine: 'native' });
}
