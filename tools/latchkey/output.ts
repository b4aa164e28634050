import { plainText } from './owner/plain-text.js';
import type { ToolIo } from './tool-io.js';

/** What a command tells: lines for people, or one JSON object a line, of which the last is the result. */
export class Output {
  readonly isJson: boolean;
  readonly #io: ToolIo;
  #progress = '';

  constructor(io: ToolIo, isJson: boolean) {
    this.#io = io;
    this.isJson = isJson;
  }

  /** A line of what was asked for; programs get objects instead. */
  say(text: string): void {
    this.endProgress();
    if (!this.isJson) this.#io.stdout.write(`${plainLines(text)}\n`);
  }

  /** A line beside what was asked for, on stderr. */
  note(text: string): void {
    this.endProgress();
    this.#io.stderr.write(`${plainLines(text)}\n`);
  }

  /** An object of which there may be many, and what people read in its place. */
  item(object: Readonly<Record<string, unknown>>, text: string): void {
    if (this.isJson) this.#write(object);
    else this.say(text);
  }

  /** The result: one object, or lines. */
  result(object: Readonly<Record<string, unknown>>, lines: readonly string[] = []): void {
    if (this.isJson) this.#write(object);
    else for (const line of lines) this.say(line);
  }

  /** Tells on stderr what is waited for: one line that is drawn over again, or a plain line whenever it changes. */
  progress(text: string): void {
    const line = plainText(text);
    if (this.#io.progress) this.#io.progress.show(line);
    else if (line !== this.#progress) this.#io.stderr.write(`${line}\n`);
    this.#progress = line;
  }

  endProgress(): void {
    if (this.#progress !== '') this.#io.progress?.clear();
    this.#progress = '';
  }

  #write(object: Readonly<Record<string, unknown>>): void {
    this.endProgress();
    this.#io.stdout.write(`${JSON.stringify(object, plainNumbers)}\n`);
  }
}

/** Ends of lines are ours: who puts another's text into a line takes them out of it. */
function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

function plainNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
