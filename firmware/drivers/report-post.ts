import type { Input } from '../lock/ports.js';
import { HttpExchange } from './http-exchange.js';
import type { HttpNetwork, InputSink, TimerIo } from './io.js';

export interface ReportPostOptions {
  readonly http: HttpNetwork;
  readonly https?: HttpNetwork;
  readonly timer: TimerIo;
  /** Where reports go now, or undefined while nobody has said. */
  readonly url: () => string | undefined;
  readonly onInput: InputSink;
}

const TIMEOUT_MS = 15_000;
/** A sink's answer is read no further than this, bytes. */
const ANSWER_BYTES_MAX = 1_024;

/** Posts reports as `application/cose`: `published` on a 2xx, `publish-failed` otherwise, so that they wait. */
export class ReportPost {
  readonly #options: ReportPostOptions;
  readonly #exchange: HttpExchange;
  readonly #seqs = new Map<number, number>();
  #posts = 0;

  constructor(options: ReportPostOptions) {
    this.#options = options;
    // Reports are in no hurry; one connection is what a small heap spares for them.
    this.#exchange = new HttpExchange({
      ...options,
      exchangesMax: 1,
      onInput: (input) => this.#answered(input),
    });
  }

  publish(seq: number, cose: Uint8Array): void {
    const url = this.#options.url();
    if (url === undefined) {
      this.#options.onInput({ kind: 'publish-failed', seq });
      return;
    }
    const id = ++this.#posts;
    this.#seqs.set(id, seq);
    this.#exchange.post({
      kind: 'http-post',
      id,
      url,
      body: cose,
      contentType: 'application/cose',
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
  }

  close(): void {
    this.#exchange.close();
  }

  #answered(input: Input): void {
    if (input.kind !== 'http-done' && input.kind !== 'http-failed') return;
    const seq = this.#seqs.get(input.id);
    if (seq === undefined) return;
    this.#seqs.delete(input.id);
    const taken = input.kind === 'http-done' && input.status >= 200 && input.status < 300;
    this.#options.onInput({ kind: taken ? 'published' : 'publish-failed', seq });
  }
}
