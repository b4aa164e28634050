import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { HttpExchange } from '../firmware/drivers/http-exchange.js';
import type { HttpNetwork, InputSink, TimerIo } from '../firmware/drivers/io.js';
import type { Input } from '../firmware/lock/ports.js';
import { formatHex } from '../firmware/protocol/hex.js';

export interface ReportPublisherOptions {
  /** One report a line, hex with 0x. */
  readonly file: string;
  /** Where each report is also posted as `application/cose`. */
  readonly url?: string;
  readonly http: HttpNetwork;
  readonly https?: HttpNetwork;
  readonly timer: TimerIo;
  readonly timeoutMs?: number;
  readonly onInput: InputSink;
  /** Every sink has taken these bytes. */
  readonly onDelivered: (seq: number, cose: Uint8Array) => void;
}

const TIMEOUT_MS_DEFAULT = 10_000;
/** A sink's answer is read no further than this, bytes. */
const ANSWER_BYTES_MAX = 4_096;

/**
 * Hands each report to all sinks: `published` once every one took it, `publish-failed` otherwise.
 * A retry goes only to the sinks that have not taken those bytes yet.
 */
export class ReportPublisher {
  readonly #options: ReportPublisherOptions;
  readonly #exchange: HttpExchange;
  /** What the file holds of reports that are still on their way to the URL. */
  readonly #filed = new Map<number, string>();
  readonly #posting = new Map<number, { readonly seq: number; readonly cose: Uint8Array }>();
  #posts = 0;

  constructor(options: ReportPublisherOptions) {
    this.#options = options;
    this.#exchange = new HttpExchange({ ...options, onInput: (input) => this.#answered(input) });
  }

  publish(seq: number, cose: Uint8Array): void {
    const line = formatHex(cose);
    if (this.#filed.get(seq) !== line) {
      try {
        appendDurably(this.#options.file, `${line}\n`);
      } catch {
        this.#options.onInput({ kind: 'publish-failed', seq });
        return;
      }
    }
    if (this.#options.url === undefined) {
      this.#succeed(seq, cose);
      return;
    }
    this.#filed.set(seq, line);
    const id = ++this.#posts;
    this.#posting.set(id, { seq, cose });
    this.#exchange.post({
      kind: 'http-post',
      id,
      url: this.#options.url,
      body: cose,
      contentType: 'application/cose',
      timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS_DEFAULT,
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
  }

  close(): void {
    this.#exchange.close();
  }

  #answered(input: Input): void {
    if (input.kind !== 'http-done' && input.kind !== 'http-failed') return;
    const report = this.#posting.get(input.id);
    if (!report) return;
    this.#posting.delete(input.id);
    if (input.kind === 'http-done' && input.status >= 200 && input.status < 300) {
      this.#filed.delete(report.seq);
      this.#succeed(report.seq, report.cose);
    } else {
      this.#options.onInput({ kind: 'publish-failed', seq: report.seq });
    }
  }

  #succeed(seq: number, cose: Uint8Array): void {
    this.#options.onInput({ kind: 'published', seq });
    this.#options.onDelivered(seq, cose);
  }
}

function appendDurably(path: string, text: string): void {
  const handle = openSync(path, 'a', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
