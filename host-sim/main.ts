import { realpathSync } from 'node:fs';
import { createInterface, emitKeypressEvents } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES, Failure, messageOf } from '../tools/latchkey/owner/failure.js';
import type { View } from './console-event.js';
import { placeOnXs } from './engines/xs-place.js';
import { parseOptions, type SimulatorOptions } from './options.js';
import { Session } from './session.js';
import { JsonLinesView } from './view/json-lines.js';
import { PlainView } from './view/plain.js';
import { TerminalView } from './view/terminal.js';

type Key = 'u' | 'l' | 'x' | 'p' | 'q';

/** Time in which a signal must be enough, milliseconds. */
const STOP_MS_MAX = 5_000;

async function main(words: readonly string[]): Promise<number> {
  const options = parseOptions(words);
  if (!options) return EXIT_CODES.ok;
  let view: View | undefined;
  const place = options.engine === 'xs' ? await placeOnXs() : undefined;
  const session = new Session(options, (event, atUnixMs) => view?.show(event, atUnixMs), place);
  view = createView(options, session);
  const ended = new Promise<'signal'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve('signal'));
  });
  let exitCode: number = EXIT_CODES.ok;
  try {
    const started = session.start();
    const first = await Promise.race([started, ended]);
    if (first !== 'signal') exitCode = await run(options, session, view, ended);
    else started.catch(() => {});
  } catch (error) {
    exitCode = error instanceof Failure ? error.exitCode : EXIT_CODES.network;
    await closeAll(view, session);
    process.stderr.write(`latchkey: ${messageOf(error)}\n`);
    return exitCode;
  }
  await closeAll(view, session);
  return exitCode;
}

/** Toggles as asked, then keys until the end. @returns the exit code */
async function run(
  options: SimulatorOptions,
  session: Session,
  view: View,
  ended: Promise<'signal'>,
): Promise<number> {
  // One thing after another, in the order asked; the power alone does not wait.
  let work: Promise<unknown> = Promise.resolve();
  const then = (task: () => Promise<unknown>) => {
    work = work.then(task, task);
  };
  for (let i = 0; i < options.toggles; i++) {
    then(() => session.toggle(session.isLockLocked ? 'unlock' : 'lock'));
  }
  const quit = new Promise<'quit'>((resolve) => {
    if (options.exit) void work.finally(() => resolve('quit'));
    readKeys(
      (key) => {
        if (key === 'u') then(() => session.toggle('unlock'));
        else if (key === 'l') then(() => session.toggle('lock'));
        else if (key === 'x') then(() => session.lieInSeries());
        else if (key === 'p') void session.cutPower();
        else then(async () => resolve('quit'));
      },
      () => {
        if (!options.keep) then(async () => resolve('quit'));
      },
    );
  });
  await Promise.race([quit, ended]);
  const summary = session.summary();
  view.show(summary, Date.now());
  return summary.ok === summary.toggles ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** Single keys of a terminal, lines of anything else. */
function readKeys(onKey: (key: Key) => void, onEnd: () => void): void {
  const take = (text: string | undefined) => {
    const key = text?.trim().toLowerCase();
    if (key === 'u' || key === 'l' || key === 'x' || key === 'p' || key === 'q') onKey(key);
  };
  if (process.stdin.isTTY) {
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on('keypress', (text: string | undefined, key: { name?: string; ctrl?: boolean }) => {
      // In raw mode Ctrl-C is a key like any other.
      if (key.ctrl && key.name === 'c') process.kill(process.pid, 'SIGINT');
      else take(text);
    });
    return;
  }
  const lines = createInterface({ input: process.stdin });
  lines.on('line', take);
  lines.on('close', onEnd);
}

function createView(options: SimulatorOptions, session: Session): View {
  const out = (text: string) => void process.stdout.write(text);
  const aside = (text: string) => void process.stderr.write(text);
  if (options.json) return new JsonLinesView(out, aside);
  if (!process.stdout.isTTY) return new PlainView(out, aside);
  const view = new TerminalView({
    stream: process.stdout,
    look: () => session.look,
    unixMs: () => Date.now(),
  });
  session.world.onChange(() => view.wake());
  return view;
}

async function closeAll(view: View, session: Session): Promise<void> {
  view.close();
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  const late = setTimeout(() => process.exit(EXIT_CODES.network), STOP_MS_MAX);
  await session.stop();
  clearTimeout(late);
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
      process.exit(error instanceof Failure ? error.exitCode : EXIT_CODES.network);
    },
  );
}
