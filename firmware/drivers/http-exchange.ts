import type { HttpFailure, Output } from '../lock/ports.js';
import { parseHttpDate } from './http-date.js';
import type { HttpClient, HttpNetwork, HttpRequest, InputSink, TimerIo, TimerToken } from './io.js';
import { type HttpUrl, parseHttpUrl } from './url.js';

export type HttpPost = Extract<Output, { kind: 'http-post' }>;

export interface HttpExchangeOptions {
  readonly http: HttpNetwork;
  /** Absent where the target has no TLS: https exchanges then fail. */
  readonly https?: HttpNetwork;
  readonly timer: TimerIo;
  readonly onInput: InputSink;
  /** Connections, those kept included: at most EXCHANGES_MAX, less where each one's TLS weighs on a small heap. */
  readonly exchangesMax?: number;
}

/** Exchanges on the wire at once, each on a connection of its own. */
export const EXCHANGES_MAX = 4;
/** Exchanges that wait for a connection; one more fails at once. */
export const EXCHANGES_WAITING_MAX = 16;
/** How long a connection is kept for the next exchange, milliseconds: over two idle polls, under most servers' limit. */
export const CONNECTION_IDLE_MS = 65_000;

/**
 * Carries `http-post` outputs over ECMA-419 clients and answers each exactly once, by `http-done` or `http-failed`.
 * The limit on the body holds while it streams in; an answer after the timeout is dropped with its connection.
 */
export class HttpExchange {
  readonly #options: HttpExchangeOptions;
  readonly #active = new Set<Exchange>();
  readonly #waiting: Exchange[] = [];
  #idle: Connection[] = [];
  #closed = false;

  constructor(options: HttpExchangeOptions) {
    this.#options = options;
  }

  get #exchangesMax(): number {
    return Math.min(EXCHANGES_MAX, this.#options.exchangesMax ?? EXCHANGES_MAX);
  }

  /** Starts one exchange; the timeout counts from here, waiting included. */
  post(output: HttpPost): void {
    if (this.#closed) return;
    let url: HttpUrl;
    try {
      url = parseHttpUrl(output.url);
    } catch {
      this.#options.onInput({ kind: 'http-failed', id: output.id, reason: 'connection' });
      return;
    }
    if (this.#active.size >= this.#exchangesMax && this.#waiting.length >= EXCHANGES_WAITING_MAX) {
      this.#options.onInput({ kind: 'http-failed', id: output.id, reason: 'connection' });
      return;
    }
    const exchange: Exchange = { output, url, status: 0, parts: [], size: 0, sent: 0, settled: false };
    exchange.timeout = this.#options.timer.set(() => this.#fail(exchange, 'timeout'), output.timeoutMs);
    this.#waiting.push(exchange);
    this.#pump();
  }

  /** Drops all connections; nothing is answered any more. */
  close(): void {
    this.#closed = true;
    for (const exchange of [...this.#active, ...this.#waiting]) {
      exchange.settled = true;
      this.#options.timer.clear(exchange.timeout);
      exchange.connection?.client?.close();
    }
    for (const connection of [...this.#idle]) this.#forget(connection);
    this.#active.clear();
    this.#waiting.length = 0;
  }

  #pump(): void {
    while (this.#active.size < this.#exchangesMax) {
      const exchange = this.#waiting.shift();
      if (!exchange) return;
      this.#active.add(exchange);
      this.#start(exchange, true);
    }
  }

  #start(exchange: Exchange, mayReuse: boolean): void {
    const { scheme, host, port } = exchange.url;
    const origin = `${scheme}://${host}:${port}`;
    const at = mayReuse ? this.#idle.findIndex((connection) => connection.origin === origin) : -1;
    const reused = at < 0 ? undefined : this.#idle.splice(at, 1)[0];
    if (reused) this.#options.timer.clear(reused.idleTimer);
    exchange.reused = reused !== undefined;
    exchange.sent = 0;
    try {
      const connection = reused ?? this.#connect(origin, exchange.url);
      exchange.connection = connection;
      connection.exchange = exchange;
      this.#request(exchange, connection);
    } catch {
      this.#broken(exchange);
    }
  }

  #connect(origin: string, url: HttpUrl): Connection {
    const network = url.scheme === 'https' ? this.#options.https : this.#options.http;
    if (!network) throw new Error('no network for this scheme');
    // The oldest kept one gives way: this exchange counts among the active already.
    while (this.#idle.length + this.#active.size > this.#exchangesMax) {
      const [oldest] = this.#idle;
      if (!oldest) break;
      this.#forget(oldest);
    }
    const connection: Connection = { origin };
    connection.client = new network.io({
      ...network,
      host: url.host,
      port: url.port,
      onError: () => {
        this.#forget(connection);
        if (connection.exchange) this.#broken(connection.exchange);
      },
    });
    return connection;
  }

  #request(exchange: Exchange, connection: Connection): void {
    const { body, contentType, bodyBytesMax } = exchange.output;
    const current = () => !exchange.settled && exchange.connection === connection;
    const take = (request: HttpRequest, count: number) => this.#receive(exchange, request, count);
    connection.client?.request({
      method: 'POST',
      path: exchange.url.path,
      headersMask: ['content-length', 'retry-after', 'date'],
      headers: new Map([
        ['content-type', contentType],
        ['content-length', String(body.length)],
        ['accept', '*/*'],
      ]),
      onWritable(count) {
        if (!current()) return;
        const part = body.subarray(exchange.sent, exchange.sent + count);
        exchange.sent += part.length;
        if (part.length > 0) this.write(part);
      },
      onHeaders: (status, headers) => {
        if (!current()) return;
        exchange.status = status;
        exchange.retryAfterSeconds = retryAfterSeconds(headers);
        if (Number(headers.get('content-length') ?? 0) > bodyBytesMax) this.#fail(exchange, 'too-large');
      },
      onReadable(count) {
        if (current()) take(this, count);
      },
      onDone: (error) => {
        if (!current()) return;
        if (error || exchange.status === 0) this.#broken(exchange);
        else this.#done(exchange, connection);
      },
    });
  }

  #receive(exchange: Exchange, request: HttpRequest, count: number): void {
    if (exchange.size + count > exchange.output.bodyBytesMax) {
      this.#fail(exchange, 'too-large');
      return;
    }
    const part = request.read(count);
    if (part === undefined) return;
    exchange.parts.push(new Uint8Array(part));
    exchange.size += part.byteLength;
  }

  #done(exchange: Exchange, connection: Connection): void {
    delete connection.exchange;
    connection.idleTimer = this.#options.timer.set(() => this.#forget(connection), CONNECTION_IDLE_MS);
    this.#idle.push(connection);
    delete exchange.connection;
    this.#settle(exchange);
    const body = new Uint8Array(exchange.size);
    let at = 0;
    for (const part of exchange.parts) {
      body.set(part, at);
      at += part.length;
    }
    const { output, status, retryAfterSeconds } = exchange;
    this.#options.onInput({
      ...{ kind: 'http-done', id: output.id, status, body },
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
    this.#pump();
  }

  /** A kept connection that the peer had closed meanwhile says nothing of the peer: one fresh try. */
  #broken(exchange: Exchange): void {
    if (exchange.settled) return;
    if (exchange.reused && exchange.status === 0) {
      this.#drop(exchange);
      this.#start(exchange, false);
    } else {
      this.#fail(exchange, 'connection');
    }
  }

  #fail(exchange: Exchange, reason: HttpFailure): void {
    if (exchange.settled) return;
    this.#settle(exchange);
    this.#drop(exchange);
    this.#options.onInput({ kind: 'http-failed', id: exchange.output.id, reason });
    this.#pump();
  }

  #settle(exchange: Exchange): void {
    exchange.settled = true;
    this.#options.timer.clear(exchange.timeout);
    this.#active.delete(exchange);
    const at = this.#waiting.indexOf(exchange);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Closes a connection, where it is one that is kept. */
  #forget(connection: Connection): void {
    if (!this.#idle.includes(connection)) return;
    this.#idle = this.#idle.filter((other) => other !== connection);
    this.#options.timer.clear(connection.idleTimer);
    connection.client?.close();
  }

  #drop(exchange: Exchange): void {
    const connection = exchange.connection;
    delete exchange.connection;
    if (!connection) return;
    delete connection.exchange;
    connection.client?.close();
  }
}

/**
 * How long a peer asks to be left alone: seconds as they are, a date against the peer's own clock.
 * @returns whole seconds from 1, or undefined where it does not say
 * @see RFC 9110 section 10.2.3
 */
function retryAfterSeconds(headers: ReadonlyMap<string, string>): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  const isNumber = /^[0-9]{1,10}$/.test(text);
  const date = (of: string) => parseHttpDate(of) ?? Number.NaN;
  const seconds = isNumber ? Number(text) : date(text) - date(headers.get('date')?.trim() ?? '');
  return seconds > 0 ? seconds : undefined;
}

interface Connection {
  readonly origin: string;
  client?: HttpClient;
  exchange?: Exchange;
  idleTimer?: TimerToken;
}

interface Exchange {
  readonly output: HttpPost;
  readonly url: HttpUrl;
  readonly parts: Uint8Array[];
  status: number;
  size: number;
  sent: number;
  retryAfterSeconds?: number | undefined;
  settled: boolean;
  reused?: boolean;
  timeout?: TimerToken;
  connection?: Connection;
}
