import type { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { formatPairingCode, formatPairingUri } from '../owner/pairing-code.js';
import { askPairingSecret } from '../pairing-session.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

interface CodeFlags {
  readonly secretFile?: string;
}

/** `code`: a lock's secret as people print, scan and type it. */
export const addCode: AddCommand = (program, io) => {
  program
    .command('code')
    .description("shows a lock's pairing secret as a QR code and as a code to type, for its box")
    .option('--secret-file <file>', 'its first line is the secret, in hex or as a code; else it is asked for')
    .addHelpText('after', examples('latchkey code --secret-file ./front-door.pairing-secret'))
    .action((flags: CodeFlags, command: Command) => showCode(openTool(io, command), flags));
};

async function showCode(tool: Tool, flags: CodeFlags): Promise<void> {
  const secret16 = await askPairingSecret(tool, flags);
  const [code, uri] = [formatPairingCode(secret16), formatPairingUri(secret16)];
  tool.output.result({ event: 'code', code, uri }, [
    renderUnicodeCompact(uri),
    code,
    "whoever has it and reaches the lock's inside button can pair it: keep it off the lock's body",
  ]);
}
