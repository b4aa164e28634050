import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands.js';
import { EXIT_CODES, Failure, messageOf } from './owner/failure.js';
import { plainText } from './owner/plain-text.js';
import type { ToolIo } from './tool-io.js';

/**
 * Runs one command line of the owner's tool.
 * @param argv - without node and script
 * @returns 0 done, 1 refused, 2 usage, 3 network, 4 no receipt in time; every failure has told itself in one line
 */
export async function runLatchkey(argv: readonly string[], io: ToolIo): Promise<number> {
  try {
    await createProgram(io).parseAsync(argv, { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    return fail(error, argv.includes('--json'), io);
  } finally {
    io.progress?.clear();
  }
}

function createProgram(io: ToolIo): Command {
  const program = new Command('latchkey')
    .description(
      "The owner's tool: commands a lock by signed contract calls, and believes only its signed reports.",
    )
    .option('--json', 'one JSON object a line; the last is the result')
    .option('--lock <name>', 'a lock by its name in latchkey.json, or by its address')
    .option('--key <name>', 'the key that signs')
    .option('--chain <name>', 'anvil, iotex, iotex-testnet, sepolia, or a chain id')
    .option('--rpc <url>', 'JSON-RPC node to ask')
    .option('--registry <address>', 'the LockRegistry')
    .option('--reports <source>', "where the lock's reports are: a file of hex lines, or a URL of one")
    .option('--password-file <file>', 'first line is the password of the key (or LATCHKEY_PASSWORD_FILE)')
    .option('--config <file>', 'in place of the nearest latchkey.json')
    .option('--yes', 'ask for no confirmation')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text.replace(/^error: /, 'latchkey: ')),
    })
    .showHelpAfterError('(latchkey help COMMAND tells how)')
    .exitOverride();
  for (const add of COMMANDS) add(program, io);
  return program;
}

function fail(error: unknown, isJson: boolean, io: ToolIo): number {
  io.progress?.clear();
  // Ctrl-C at a question: the person knows.
  const isCancelled = error instanceof Error && /^(?:ExitPromptError|AbortPromptError)$/.test(error.name);
  const exitCode = error instanceof Failure ? error.exitCode : EXIT_CODES.failed;
  const message = isCancelled ? 'cancelled' : messageOf(error);
  io.stderr.write(`latchkey: ${plainText(message)}\n`);
  if (isJson) io.stdout.write(`${JSON.stringify({ event: 'failed', exitCode, message })}\n`);
  if (!(error instanceof Failure) && !isCancelled && io.env['LATCHKEY_DEBUG'] && error instanceof Error)
    io.stderr.write(`${error.stack}\n`);
  return exitCode;
}
