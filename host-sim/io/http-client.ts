import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type {
  HttpClient,
  HttpClientOptions,
  HttpNetwork,
  HttpRequest,
  HttpRequestOptions,
} from '../../firmware/drivers/io.js';

/** How much a request's body may be written in one go, as a small TCP window would allow. */
const WRITABLE_BYTES = 1_024;

/** `device.network.http` of the simulator: clients over `node:http`. */
export const httpNetwork: HttpNetwork = Object.freeze({ io: clientClass('http') });

/** `device.network.https` of the simulator, with the computer's own roots of trust. */
export const httpsNetwork: HttpNetwork = Object.freeze({ io: clientClass('https') });

/** @returns a look-alike of `embedded:network/http/client`: one kept connection, requests one after another */
function clientClass(scheme: 'http' | 'https'): HttpNetwork['io'] {
  return class implements HttpClient {
    readonly #options: HttpClientOptions;
    readonly #agent = scheme === 'https' ? new HttpsAgent(AGENT) : new HttpAgent(AGENT);
    readonly #queue: Exchange[] = [];
    #current: Exchange | undefined;
    #closed = false;

    constructor(options: HttpClientOptions) {
      if (!options.host) throw new Error('host required');
      this.#options = options;
    }

    request(options: HttpRequestOptions): HttpRequest {
      const exchange = new Exchange(options);
      this.#queue.push(exchange);
      // A real client calls back only after its caller has the request in hand.
      if (!this.#current) setImmediate(() => this.#next());
      return exchange;
    }

    close(): void {
      this.#closed = true;
      this.#queue.length = 0;
      this.#current?.outgoing?.destroy();
      this.#current = undefined;
      this.#agent.destroy();
    }

    #next(): void {
      if (this.#closed || this.#current) return;
      const exchange = this.#queue.shift();
      if (!exchange) return;
      this.#current = exchange;
      const { host, port } = this.#options;
      const outgoing = (scheme === 'https' ? httpsRequest : httpRequest)({
        // An address in brackets is URL spelling; sockets take it bare.
        host: host.replace(/^\[|\]$/g, ''),
        port,
        agent: this.#agent,
        method: exchange.options.method,
        path: exchange.options.path,
        headers: Object.fromEntries(exchange.options.headers),
      });
      exchange.outgoing = outgoing;
      const live = () => !this.#closed && this.#current === exchange;
      outgoing.on('error', (error) => {
        if (live()) this.#fail(error);
      });
      outgoing.on('response', (incoming) => {
        if (live()) this.#receive(exchange, incoming, live);
      });
      exchange.writeAll();
    }

    #receive(exchange: Exchange, incoming: IncomingMessage, live: () => boolean): void {
      const headers = new Map<string, string>();
      for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
      exchange.options.onHeaders?.call(exchange, incoming.statusCode ?? 0, headers);
      incoming.on('data', (data: Buffer) => {
        if (live()) exchange.take(data);
      });
      incoming.on('error', (error) => {
        if (live()) this.#fail(error);
      });
      incoming.on('end', () => {
        if (!live()) return;
        this.#current = undefined;
        exchange.options.onDone?.call(exchange, null);
        // The agent takes the socket back only after this event.
        setImmediate(() => this.#next());
      });
    }

    #fail(error: Error): void {
      const failed = this.#current ? [this.#current, ...this.#queue] : [...this.#queue];
      this.close();
      for (const exchange of failed) exchange.options.onDone?.call(exchange, error);
      this.#options.onError?.(error);
    }
  };
}

const AGENT = Object.freeze({ keepAlive: true, maxSockets: 1, timeout: 30_000 });

class Exchange implements HttpRequest {
  readonly options: HttpRequestOptions;
  outgoing: ClientRequest | undefined;
  #readable: Uint8Array = new Uint8Array(0);

  constructor(options: HttpRequestOptions) {
    this.options = options;
  }

  read(count = this.#readable.length): ArrayBuffer | undefined {
    if (this.#readable.length === 0) return undefined;
    const part = this.#readable.slice(0, count);
    this.#readable = this.#readable.subarray(part.length);
    return part.buffer;
  }

  write(data: Uint8Array): number {
    this.outgoing?.write(data);
    return WRITABLE_BYTES;
  }

  /** Asks for the body in windows, until `content-length` bytes were written. */
  writeAll(): void {
    const length = Number(this.options.headers.get('content-length') ?? 0);
    for (let written = 0; written < length; written += WRITABLE_BYTES) {
      this.options.onWritable?.call(this, WRITABLE_BYTES);
    }
    this.outgoing?.end();
  }

  take(data: Uint8Array): void {
    this.#readable = new Uint8Array(data);
    this.options.onReadable?.call(this, data.length);
  }
}
