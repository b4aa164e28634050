import { Failure } from '../tools/latchkey/owner/failure.js';
import { runSim } from './sim-program.js';

/** The first Ctrl-C asks for an end, the second one does not ask. */
function interrupt(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return stop.signal;
}

// Whoever reads only the first lines has closed the pipe.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? undefined : 1),
);

try {
  process.exitCode = await runSim(process.argv.slice(2), {
    print: (line) => process.stdout.write(`${line}\n`),
    stderr: process.stderr,
    interrupt,
  });
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`sim: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
