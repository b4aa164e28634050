import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { REPORT_BYTES_MAX } from '../../firmware/protocol/limits.js';
import { EXIT_CODES, Failure, messageOf } from './owner/failure.js';

/** A place that keeps signed reports, one a line in 0x hex, and grows. Nothing that it says is believed. */
export interface ReportSource {
  /** What people call it. */
  readonly name: string;
  /**
   * Reports that came since the last call, in the order of the place; the first call begins at its start.
   * @throws Failure `network` where the place does not answer
   */
  read(): AsyncIterable<Uint8Array>;
  /** Lines so far that are no hex of a report's size. */
  readonly passedOver: number;
}

/** Where a sink of ours keeps reports, in the tool's home. */
export const SINK_FILE = 'reports.hex';

/** @param place - an absolute path of a file, or an http(s) URL of one */
export function openReportSource(place: string): ReportSource {
  return isUrl(place) ? new UrlSource(place) : new FileSource(place);
}

/** What a person typed, as it means the same wherever it is read later. */
export function absoluteSource(place: string, cwd: string): string {
  return isUrl(place) ? place : resolve(cwd, place);
}

function isUrl(place: string): boolean {
  return /^https?:\/\//i.test(place);
}

/** Cuts text into reports: a line that is no hex of a report's size is passed over. */
export class ReportLines {
  #held = '';
  #passedOver = 0;

  /** Lines that were no report, empty ones apart. */
  get passedOver(): number {
    return this.#passedOver;
  }

  /** @returns the reports whose lines are complete now */
  feed(text: string): readonly Uint8Array[] {
    const lines = (this.#held + text).split('\n');
    // A line without an end is kept no longer than any report could be.
    this.#held = (lines.pop() ?? '').slice(0, LINE_CHARS_MAX + 1);
    return lines.flatMap((line) => {
      const hex = line.trim();
      const isReport = hex.length <= LINE_CHARS_MAX && /^0x(?:[0-9a-f]{2})+$/i.test(hex);
      if (!isReport && hex !== '') this.#passedOver++;
      return isReport ? [Uint8Array.from(Buffer.from(hex.slice(2), 'hex'))] : [];
    });
  }
}

const LINE_CHARS_MAX = 2 + 2 * REPORT_BYTES_MAX;
const CHUNK_BYTES = 1 << 20;
const ANSWER_MS_MAX = 10_000;

class FileSource implements ReportSource {
  readonly name: string;
  #offset = 0;
  #lines = new ReportLines();

  constructor(path: string) {
    this.name = path;
  }

  get passedOver(): number {
    return this.#lines.passedOver;
  }

  async *read(): AsyncIterable<Uint8Array> {
    // Before its first report a lock has no file.
    if (!existsSync(this.name)) return;
    for (;;) {
      const text = this.#chunk();
      if (text === '') return;
      yield* this.#lines.feed(text);
    }
  }

  #chunk(): string {
    const handle = openOrFail(this.name);
    try {
      const stat = fstatSync(handle);
      if (stat.isDirectory())
        throw new Failure(EXIT_CODES.usage, `${this.name} is a folder: say the file of reports in it`);
      // A file that got shorter is another one.
      if (stat.size < this.#offset) this.#startOver();
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const count = readSync(handle, chunk, 0, CHUNK_BYTES, this.#offset);
      this.#offset += count;
      return chunk.toString('latin1', 0, count);
    } finally {
      closeSync(handle);
    }
  }

  #startOver(): void {
    this.#offset = 0;
    this.#lines = new ReportLines();
  }
}

class UrlSource implements ReportSource {
  readonly name: string;
  readonly #url: string;
  #offset = 0;
  #lines = new ReportLines();

  constructor(url: string) {
    this.#url = url;
    // A path or query may hold somebody's password.
    this.name = URL.canParse(url) ? new URL(url).origin : url;
  }

  get passedOver(): number {
    return this.#lines.passedOver;
  }

  async *read(): AsyncIterable<Uint8Array> {
    const response = await this.#ask();
    // Asked past the end: nothing new, or the file was begun anew.
    if (response.status === 416) {
      const size = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? this.#offset);
      if (size < this.#offset) this.#startOver();
      return;
    }
    // A server that knows no ranges sends everything again.
    let toSkip = response.status === 206 ? 0 : this.#offset;
    if (response.body === null) return;
    for await (const piece of response.body) {
      const bytes = piece as Uint8Array;
      const news = bytes.subarray(Math.min(toSkip, bytes.length));
      toSkip -= bytes.length - news.length;
      this.#offset += news.length;
      yield* this.#lines.feed(Buffer.from(news).toString('latin1'));
    }
  }

  async #ask(): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.#url, {
        headers: this.#offset > 0 ? { range: `bytes=${this.#offset}-` } : {},
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
    } catch (error) {
      throw new Failure(
        EXIT_CODES.network,
        `no reports from ${this.name} (${messageOf(error)}): is --reports right?`,
      );
    }
    if (response.ok || response.status === 416) return response;
    throw new Failure(
      EXIT_CODES.network,
      `${this.name} answers ${response.status} to the request for reports: is --reports right?`,
    );
  }

  #startOver(): void {
    this.#offset = 0;
    this.#lines = new ReportLines();
  }
}

function openOrFail(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new Failure(EXIT_CODES.usage, `cannot read the reports in ${path}: ${messageOf(error)}`);
  }
}
