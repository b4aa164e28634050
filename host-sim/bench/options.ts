import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT_CODES, Failure } from '../../tools/latchkey/owner/failure.js';
import { HOST_ENGINES, type HostEngineName } from '../engines/host-engine.js';
import { address, count, url, urls } from '../option-values.js';
import type { ControlPlace } from './control-port.js';
import { helpText } from './control-words.js';

export interface LockOptions {
  readonly data: string;
  /** Proposed to whoever pairs the lock, which learns its endpoints at pairing alone. */
  readonly rpc?: readonly string[];
  readonly registry?: string;
  readonly port?: number;
  readonly control?: ControlPlace;
  readonly reportUrl?: string;
  /** Cryptography of this process; `xs` runs the whole firmware on the engine of a lock, with its native one. */
  readonly engine: HostEngineName | 'xs';
  readonly pollMs?: number;
  readonly json: boolean;
}

/** What the command line asks for. */
export type LockRequest =
  | { readonly kind: 'run'; readonly options: LockOptions }
  | {
      readonly kind: 'ctl';
      readonly folder: string;
      readonly words: readonly string[];
      readonly json: boolean;
    };

/**
 * Parses the command line of `npm run lock`.
 * @returns undefined where help was asked for and given
 * @throws Failure with exit code 2 and one line
 */
export function parseLockOptions(
  words: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
): LockRequest | undefined {
  let request: LockRequest | undefined;
  const program = createProgram((found) => {
    request = found;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: write, writeErr: () => {} });
  }
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    const message = error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
    throw new Failure(EXIT_CODES.usage, `${message} (npm run lock -- --help tells more)`);
  }
  return request;
}

function createProgram(take: (request: LockRequest) => void): Command {
  const program = new Command('npm run lock --')
    .description('Runs one simulated lock until it is ended; all that it is lives in one folder.')
    .option('--data <dir>', 'folder of this lock: its chip, flash, door and reports')
    .option('--rpc <urls>', 'endpoints that are proposed at pairing, with commas between', urls)
    .option('--registry <address>', 'LockRegistry that is proposed at pairing', address)
    .option('--port <n>', 'pairing port on loopback, a free one unless named', count(1, 65_535))
    .option('--control <place>', 'port on loopback or path of a socket for control words', controlPlace)
    .option('--report-url <url>', 'also post every report there, as application/cose', url)
    .option('--poll-ms <n>', 'how often the lock asks its node', count(20, 600_000))
    .option('--json', 'print one JSON object a line: ready, paired, bolt, refused, report, power', false)
    .addOption(
      new Option('--engine <name>', 'what signs and checks signatures; xs runs the firmware as on a lock')
        .choices([...HOST_ENGINES, 'xs'])
        .default('noble'),
    )
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .action(
      ({ data, ...options }: Omit<LockOptions, 'data'> & { readonly data?: string }, command: Command) => {
        // Not a required option: the subcommand does not have it.
        if (data === undefined) command.error('--data DIR is missing: name a folder for this lock');
        else take({ kind: 'run', options: { ...options, data: resolve(data) } });
      },
    );
  program
    .command('ctl')
    .description('Says control words to the lock that runs in a folder, and prints its answer.')
    .argument('<dir>', 'the folder that --data names')
    .argument('[words...]', 'a word and its arguments; `help` lists them')
    .option('--json', 'print the answer as one JSON object', false)
    .addHelpText('after', `\nWords:\n${helpText()}\n\nExample: npm run lock -- ctl ./front-door door open`)
    // A negative number is an argument of a word, not an option.
    .passThroughOptions()
    .action((folder: string, said: readonly string[], { json }: { readonly json: boolean }) =>
      take({ kind: 'ctl', folder: resolve(folder), words: said.length === 0 ? ['help'] : said, json }),
    );
  return program;
}

const HELP = `
The lock does nothing until somebody pairs it: press its inside button (ctl DIR press), then latchkey pair.
Example:
  npm run lock -- --rpc http://127.0.0.1:8545 --registry 0x5FbDB2315678afecb367f032d93F642f64180aa3 --data ./front-door
  npm run lock -- ctl ./front-door press
Exit codes: 0 ended as asked, 1 refused, 2 wrong usage, 3 no such lock runs`;

function controlPlace(text: string): ControlPlace {
  if (!/^[0-9]+$/.test(text)) return { path: resolve(text) };
  const port = Number(text);
  if (port > 65_535) throw new InvalidArgumentError('Expected a port of 0 to 65535, or a path.');
  return { port };
}
