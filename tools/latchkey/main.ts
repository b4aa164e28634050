import { processIo } from './process-io.js';
import { runLatchkey } from './run.js';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The first asks what runs to end well, the second does not wait for it.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// `latchkey log | head` ends the reader first.
process.stdout.on('error', () => process.exit(0));

runLatchkey(process.argv.slice(2), processIo(stop.signal)).then((exitCode) => {
  // Written lines must leave before the process does; a prompt may still hold stdin open.
  process.stdout.write('', () => process.exit(exitCode));
});
