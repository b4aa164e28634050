import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES, Failure, messageOf } from '../tools/latchkey/owner/failure.js';
import { askControl } from './bench/control-port.js';
import { LockProgram } from './bench/lock-program.js';
import { parseLockOptions } from './bench/options.js';

/** `npm run lock`: one lock as a process, or a word to one that runs. @returns the exit code */
async function main(words: readonly string[]): Promise<number> {
  const request = parseLockOptions(words);
  if (request === undefined) return EXIT_CODES.ok;
  if (request.kind === 'ctl') {
    const answer = await askControl(request.folder, request.words);
    process.stdout.write(`${request.json ? JSON.stringify(answer) : answer.text}\n`);
    return answer.ok ? EXIT_CODES.ok : EXIT_CODES.failed;
  }
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  const program = await LockProgram.start(request.options, (text) => void process.stdout.write(text));
  await ended;
  program.stop();
  return EXIT_CODES.ok;
}

/** True where Node was started with this file: importers get nothing done. */
function isProgram(): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url);
}

if (isProgram()) {
  main(process.argv.slice(2)).then(
    (exitCode) => {
      // Written lines must leave before the process does.
      process.stdout.write('', () => process.exit(exitCode));
    },
    (error: unknown) => {
      process.stderr.write(`latchkey: ${messageOf(error)}\n`);
      process.exit(error instanceof Failure ? error.exitCode : EXIT_CODES.failed);
    },
  );
}
