import type {
  HttpClient,
  HttpClientOptions,
  HttpNetwork,
  HttpRequest,
  HttpRequestOptions,
} from '../../firmware/drivers/io.js';
import { httpNetwork, httpsNetwork } from './http-client.js';

/** The simulator's networks behind one switch: off breaks what is under way and refuses what is new. */
export class SwitchedNetwork {
  readonly http: HttpNetwork;
  readonly https: HttpNetwork;
  readonly #clients = new Set<SwitchedClient>();
  #on = true;

  constructor(networks = { http: httpNetwork, https: httpsNetwork }) {
    this.http = { io: this.#clientClass(networks.http) };
    this.https = { io: this.#clientClass(networks.https) };
  }

  get on(): boolean {
    return this.#on;
  }

  set(on: boolean): void {
    this.#on = on;
    if (on) return;
    for (const client of [...this.#clients]) client.cut();
  }

  #clientClass(network: HttpNetwork): HttpNetwork['io'] {
    const isOn = () => this.#on;
    const clients = this.#clients;
    return class extends SwitchedClient {
      constructor(options: HttpClientOptions) {
        super(network, options, isOn, clients);
      }
    };
  }
}

class SwitchedClient implements HttpClient {
  readonly #client: HttpClient;
  readonly #options: HttpClientOptions;
  readonly #isOn: () => boolean;
  readonly #siblings: Set<SwitchedClient>;
  #pending: { readonly request: HttpRequest; readonly options: HttpRequestOptions }[] = [];

  constructor(
    network: HttpNetwork,
    options: HttpClientOptions,
    isOn: () => boolean,
    siblings: Set<SwitchedClient>,
  ) {
    this.#client = new network.io(options);
    this.#options = options;
    this.#isOn = isOn;
    this.#siblings = siblings;
    siblings.add(this);
  }

  request(options: HttpRequestOptions): HttpRequest {
    if (!this.#isOn()) {
      const request: HttpRequest = { read: () => undefined, write: () => 0 };
      // A real client calls back only after its caller has the request in hand.
      setImmediate(() => options.onDone?.call(request, new Error('no network')));
      return request;
    }
    const done = (request: HttpRequest, error: Error | null) => {
      this.#pending = this.#pending.filter((other) => other.options !== options);
      options.onDone?.call(request, error);
    };
    const request = this.#client.request({
      ...options,
      onDone(error) {
        done(this, error);
      },
    });
    this.#pending.push({ request, options });
    return request;
  }

  close(): void {
    this.#siblings.delete(this);
    this.#pending = [];
    this.#client.close();
  }

  cut(): void {
    const error = new Error('no network');
    const pending = this.#pending;
    this.close();
    for (const { request, options } of pending) options.onDone?.call(request, error);
    this.#options.onError?.(error);
  }
}
