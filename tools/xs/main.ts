import { Command, CommanderError } from 'commander';
import { buildXsRunner } from '../../host-sim/engines/xs-runner.js';
import { EXIT_CODES, Failure, messageOf } from '../latchkey/owner/failure.js';
import { compareTranscripts } from './conformance.js';
import { DEVICE_DATA_BYTES, type LockRun, runLock } from './lock-run.js';

const HELP = `
Compiles the XS engine (once, about 15 s), tells the conformance transcripts on it and on Node, runs a lock on XS
against a chain of its own with the same lock on Node beside it, and does that again on an engine that is stripped
and held to a device's memory. Progress goes to stderr.
Exit codes: 0 all is equal and went well, 1 something is not, 2 wrong usage or no C compiler, 3 the run broke off`;

async function main(words: readonly string[]): Promise<number> {
  const isJson = parseOptions(words);
  if (isJson === undefined) return EXIT_CODES.ok;
  const step = (text: string) => void process.stderr.write(`latchkey: ${text}\n`);
  const show = (event: string, fields: object) => {
    const line = isJson ? JSON.stringify({ event, ...fields }) : `${event}: ${wordsOf(fields)}`;
    process.stdout.write(`${line}\n`);
  };
  const runner = await buildXsRunner(step);
  step('conformance of protocol and crypto');
  const transcripts = await compareTranscripts(runner);
  for (const transcript of transcripts) show('conformance', transcript);
  step('a lock on XS, its owner and a lying node');
  const run = await runLock({ runner, engine: 'native' });
  show('lock', run);
  step('the same on a stripped engine with the memory of a device');
  const tight = await runLock({ runner, engine: 'native', stripped: true, dataBytesMax: DEVICE_DATA_BYTES });
  show('stripped-lock', tight);
  const runs: readonly LockRun[] = [run, tight];
  const done = {
    vectors: sum(transcripts.map(({ lines }) => lines)),
    identical:
      transcripts.every(({ differences }) => differences === 0) && runs.every(({ identical }) => identical),
    toggles: sum(runs.map(({ toggles }) => toggles)),
    toggled: sum(runs.map(({ toggled }) => toggled)),
    lies: sum(runs.map(({ lies }) => lies)),
    refused: sum(runs.map(({ refused }) => refused)),
    heapLiveBytes: run.heapLiveBytes,
    dataLiveBytes: run.dataLiveBytes,
  };
  show('done', done);
  const isGood =
    done.identical &&
    done.toggled === done.toggles &&
    done.refused === done.lies &&
    runs.every(({ problem }) => !problem);
  return isGood ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** @returns whether to speak JSON; undefined where help was asked for and given */
function parseOptions(words: readonly string[]): boolean | undefined {
  const program = new Command('npm run xs --')
    .description('Runs the firmware on the real XS engine, on this computer.')
    .option('--json', 'print one JSON object a line; the last is `done`', false)
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw new Failure(EXIT_CODES.usage, `${messageOf(error)} (npm run xs -- --help tells more)`);
  }
  return program.opts<{ readonly json: boolean }>().json;
}

function wordsOf(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

main(process.argv.slice(2)).then(
  (exitCode) => process.stdout.write('', () => process.exit(exitCode)),
  (error: unknown) => {
    process.stderr.write(`latchkey: ${messageOf(error)}\n`);
    process.exit(error instanceof Failure ? error.exitCode : EXIT_CODES.network);
  },
);
