import type { Command } from 'commander';
import { chosenLock } from '../chosen-lock.js';
import { LockReports } from '../lock-reports.js';
import { nameBook } from '../name-book.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { reportLine, reportObject } from '../report-words.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

const LOOK_MS = 300;

interface WatchFlags {
  /** Reports from before that are shown first, as text. */
  readonly last: string;
}

/** `watch`: verified reports as they come. */
export const addWatch: AddCommand = (program, io) => {
  program
    .command('watch')
    .description("shows the lock's verified reports as they come, one line each, until Ctrl-C")
    .option('--last <count>', 'reports from before that are shown first', '5')
    .addHelpText('after', examples('latchkey watch --lock front-door'))
    .action((flags: WatchFlags, command: Command) => watch(openTool(io, command), flags));
};

async function watch(tool: Tool, { last }: WatchFlags): Promise<void> {
  const { io, output } = tool;
  if (!/^[0-9]{1,4}$/.test(last))
    throw new Failure(EXIT_CODES.usage, `--last takes a count, found "${last}"`);
  const lock = chosenLock(tool);
  const reports = LockReports.of(lock, Number(last));
  if (reports === undefined)
    throw new Failure(EXIT_CODES.usage, 'no place of reports is known: say --reports FILE or URL');
  const nameOf = nameBook(tool);
  let told = 0;
  for (;;) {
    for (const { report, isLinked } of await reports.refresh()) {
      if (!isLinked) output.note(`a report before #${report.seq} is not here`);
      output.item(
        { event: 'report', linked: isLinked, ...reportObject(report) },
        reportLine(report, io.timeZone, nameOf),
      );
    }
    for (; told < reports.problems.length; told++) {
      const problem = reports.problems[told];
      output.item({ event: 'bad-report', problem }, `refused   ${problem}`);
    }
    if (io.signal?.aborted) return;
    if (io.progress) output.progress(`watching ${lock.name} in ${reports.name}`);
    await io.sleep(LOOK_MS);
  }
}
