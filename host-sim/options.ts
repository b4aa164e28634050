import { Command, CommanderError, Option } from 'commander';
import { EXIT_CODES, Failure } from '../tools/latchkey/owner/failure.js';
import { HOST_ENGINES, type HostEngineName } from './engines/host-engine.js';
import { address, count, url, urls } from './option-values.js';

export interface SimulatorOptions {
  readonly toggles: number;
  readonly exit: boolean;
  readonly json: boolean;
  readonly keep: boolean;
  readonly muteOwner: boolean;
  readonly rpc?: string;
  readonly keyFile?: string;
  readonly registry?: `0x${string}`;
  readonly port?: number;
  readonly lockRpc?: readonly string[];
  readonly reportUrl?: string;
  readonly data?: string;
  /** Cryptography of this process; `xs` runs the whole firmware on the engine of a lock, with its native one. */
  readonly engine?: HostEngineName | 'xs';
  readonly blockTime: number;
  readonly pollMs: number;
}

/**
 * Parses the command line.
 * @returns undefined where help was asked for and given
 * @throws Failure with exit code 2 and one line
 */
export function parseOptions(
  words: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
): SimulatorOptions | undefined {
  const program = new Command('npm start --')
    .description('Starts a chain, a lock and its owner, and shows what happens between them.')
    .option('--toggles <n>', 'unlock and lock in turn, this often', count(0, 100_000), 0)
    .option('--exit', 'end after the toggles', false)
    .option('--json', 'print one JSON object a line: ready, bolt, refused, report, done', false)
    .option('--keep', 'leave chain and lock running until Ctrl-C, whatever becomes of stdin', false)
    .option('--rpc <url>', 'use a chain that runs already (with --key-file)', url)
    .option('--key-file <file>', 'file with the private key that deploys and owns, in hex')
    .option('--registry <address>', 'use a LockRegistry that is deployed already (with --rpc)', address)
    .option('--port <n>', "port of the simulator's own chain node", count(1, 65_535))
    .option('--lock-rpc <urls>', 'endpoints that the lock asks, with commas between', urls)
    .option('--mute-owner', 'send no command of the owner, so that only outsiders command', false)
    .option('--report-url <url>', 'also post every report there, as application/cose', url)
    .option('--data <dir>', "keep the lock's flash and reports in this folder")
    .option('--poll-ms <n>', 'how often the lock asks its node', count(20, 600_000), 250)
    .addOption(
      new Option('--block-time <s>', "seconds between blocks of the simulator's own chain, 0 for at once")
        .argParser(count(0, 600))
        .default(1),
    )
    .addOption(
      new Option(
        '--engine <name>',
        'what signs and checks signatures, noble unless named; xs runs the firmware as on a lock',
      ).choices([...HOST_ENGINES, 'xs']),
    )
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw usage(error instanceof Error ? error.message.replace(/^error: /, '') : String(error));
  }
  return checked(program.opts<SimulatorOptions>());
}

const HELP = `
Keys, also read as lines when stdin is no terminal:
  u unlock   l lock   x let the node lie   p pull the power and boot again   q quit
Exit codes: 0 all went well, 1 a toggle failed, 2 wrong usage, 3 network or chain`;

function checked(options: SimulatorOptions): SimulatorOptions {
  if (options.rpc !== undefined && options.keyFile === undefined) {
    throw usage('--rpc needs --key-file FILE, the key that pays and owns the lock');
  }
  if (options.rpc === undefined && options.keyFile !== undefined) throw usage('--key-file needs --rpc URL');
  if (options.rpc === undefined && options.registry !== undefined) throw usage('--registry needs --rpc URL');
  if (options.rpc !== undefined && options.port !== undefined) {
    throw usage("--port is for the simulator's own chain, --rpc for another: leave one out");
  }
  if (options.exit && options.keep) throw usage('--exit and --keep contradict each other: leave one out');
  if (options.muteOwner && options.toggles > 0)
    throw usage('--mute-owner sends no toggles: leave --toggles out');
  return options;
}

function usage(message: string): Failure {
  return new Failure(EXIT_CODES.usage, `${message} (npm start -- --help tells more)`);
}
