import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT_CODES, Failure } from '../tools/latchkey/owner/failure.js';
import { count } from './option-values.js';
import { parseFault, type SingleFault } from './world/fault-plan.js';

export interface ScenarioOptions {
  /** One scenario alone. */
  readonly name?: string;
  /** One fault alone. */
  readonly fault?: SingleFault;
  readonly jobs: number;
  readonly json: boolean;
  /** Writes the timeline of one telling: of the fault, or without one. */
  readonly trace: boolean;
}

/**
 * Parses the command line of the scenarios.
 * @param names - of all scenarios
 * @returns undefined where help was asked for and given
 * @throws Failure with exit code 2 and one line
 */
export function parseScenarioOptions(
  words: readonly string[],
  names: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
): ScenarioOptions | undefined {
  const program = new Command('npm run scenarios --')
    .description(
      'Tells each named scenario once for every single fault: a power cut at each write and output, and each message lost, doubled or late.',
    )
    .option('--name <name>', `one scenario alone: ${names.join(', ')}`, oneOf(names))
    .option('--fault <fault>', 'one fault alone, such as write:17:torn', faultOf)
    .option('--jobs <n>', 'threads', count(1, 64), 2)
    .option('--trace', 'print what happens in the one telling of --name', false)
    .option('--json', 'print one JSON object a line: violation, scenario, done', false)
    .addHelpText(
      'after',
      '\nA failure prints the one line that replays it. Exit codes: 0 every invariant held, 1 one did not, 2 wrong usage.',
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw usage(error instanceof Error ? error.message.replace(/^error: /, '') : String(error));
  }
  const options = program.opts<ScenarioOptions>();
  if (options.name === undefined && (options.trace || options.fault !== undefined))
    throw usage('--trace and --fault need --name, the one scenario to tell');
  return options;
}

function oneOf(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (!names.includes(text)) throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.`);
    return text;
  };
}

function faultOf(text: string): SingleFault {
  const fault = parseFault(text);
  if (fault === undefined)
    throw new InvalidArgumentError(
      'Expected a fault such as write:17:torn, output:3:after or message:8:late.',
    );
  return fault;
}

function usage(message: string): Failure {
  return new Failure(EXIT_CODES.usage, `${message} (npm run scenarios -- --help tells more)`);
}
