import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import confirm from '@inquirer/confirm';
import input from '@inquirer/input';
import password from '@inquirer/password';
import { createLogUpdate } from 'log-update';
import { EXIT_CODES, Failure } from './owner/failure.js';
import type { Prompt, ToolIo } from './tool-io.js';

/** The world of a program that a person or a script has started. */
export function processIo(signal: AbortSignal): ToolIo {
  const view = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    ...(view && { progress: { show: (text: string) => view(text), clear: () => view.clear() } }),
    prompt: process.stdin.isTTY ? terminalPrompt(signal) : linePrompt(),
    env: process.env,
    cwd: process.cwd(),
    homeDirectory: homedir(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    nowUnixMs: Date.now,
    sleep: (ms) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) end();
      }),
    signal,
  };
}

function terminalPrompt(signal: AbortSignal): Prompt {
  const context = { output: process.stderr, signal };
  return {
    secret: (message) => password({ message, mask: false }, context),
    text: (message) => input({ message }, context),
    confirm: (message) => confirm({ message, default: false }, context),
  };
}

/** Without a terminal each answer is a line of stdin; a question that nobody answers is a failure. */
function linePrompt(): Prompt {
  let lines: AsyncIterator<string> | undefined;
  const next = async (
    question: string,
    instead = 'so give it by an option or a line on stdin',
  ): Promise<string> => {
    lines ??= createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })[
      Symbol.asyncIterator
    ]();
    const { done, value } = await lines.next();
    if (done) {
      throw new Failure(EXIT_CODES.usage, `nobody answers "${question}": there is no terminal, ${instead}`);
    }
    return value;
  };
  return {
    secret: (question) => next(question),
    text: (question) => next(question),
    confirm: async (question) =>
      /^y(?:es)?$/i.test((await next(question, 'so say --yes, or yes on stdin')).trim()),
  };
}
