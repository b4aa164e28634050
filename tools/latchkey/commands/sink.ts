import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigFile } from '../config.js';
import { nameBook } from '../name-book.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { ReportSink } from '../report-sink.js';
import { SINK_FILE } from '../report-source.js';
import { reportLine } from '../report-words.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

const LOOK_MS = 1_000;
const PORT_DEFAULT = 7_466;

interface SinkFlags {
  readonly port: string;
  readonly host: string;
  readonly file?: string;
  readonly serve?: boolean;
  readonly any?: boolean;
}

/** `sink`: where locks post their reports. */
export const addSink: AddCommand = (program, io) => {
  program
    .command('sink')
    .description('takes the reports that your locks post, and appends them to a file, until Ctrl-C')
    .option('--port <port>', 'to listen on; 0 takes a free one', String(PORT_DEFAULT))
    .option('--host <address>', 'to listen at; 0.0.0.0 for locks in the same network', '127.0.0.1')
    .option('--file <file>', "where to keep them; reports.hex in the tool's home where absent")
    .option('--serve', 'answer GET with the file, so that other computers can say --reports URL')
    .option('--any', 'take the reports of locks that latchkey.json does not name too')
    .addHelpText('after', examples('latchkey sink --host 0.0.0.0 --file ./reports.hex'))
    .action((flags: SinkFlags, command: Command) => sink(openTool(io, command), flags));
};

async function sink(tool: Tool, flags: SinkFlags): Promise<void> {
  const { io, output, home } = tool;
  if (!/^[0-9]{1,5}$/.test(flags.port) || Number(flags.port) > 65_535)
    throw new Failure(EXIT_CODES.usage, `--port takes 0 to 65535, found "${flags.port}"`);
  const file = flags.file === undefined ? join(home, SINK_FILE) : resolve(io.cwd, flags.file);
  const nameOf = nameBook(tool);
  const server = new ReportSink({
    file,
    serves: flags.serve === true,
    // A lock that is paired while the sink runs is known from then on.
    isKnown: (lock) => flags.any === true || namesLock(tool, lock),
    onTaken: (lock, report) =>
      output.item(
        { event: 'taken', lock, seq: report.seq, cause: report.cause },
        `${nameOf(lock)}  ${reportLine(report, io.timeZone, nameOf)}`,
      ),
    onRefused: (problem) => output.item({ event: 'refused', problem }, `refused   ${problem}`),
  });
  const port = await server.listen(Number(flags.port), flags.host);
  const url = `http://${flags.host}:${port}/`;
  output.item({ event: 'listening', url, file }, `taking reports at ${url} into ${file}`);
  while (!io.signal?.aborted) await io.sleep(LOOK_MS);
  await server.close();
}

function namesLock({ io, flags, home }: Tool, lock: string): boolean {
  const { content } = ConfigFile.open(flags.config, io.cwd, home);
  return Object.values(content.locks ?? {}).some(({ address }) => address === lock);
}
