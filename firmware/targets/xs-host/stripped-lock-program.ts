import { stripBuiltIns } from './strip.js';
import type { XsHost } from './xs-host.js';

/** The lock on an engine that was stripped before any of its modules was loaded. */
export default async function main(host: XsHost): Promise<void> {
  stripBuiltIns();
  const { default: lockProgram } = await import('./lock-program.js');
  lockProgram(host);
}
