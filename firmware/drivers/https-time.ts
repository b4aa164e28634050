import { parseHttpDate } from './http-date.js';
import type { HttpClient, HttpNetwork, InputSink, TimerIo, TimerToken } from './io.js';

export interface HttpsTimeOptions {
  readonly https: HttpNetwork;
  readonly timer: TimerIo;
  /** Names of hosts whose certificates the board can check, asked in this order. */
  readonly hosts: readonly string[];
  readonly uptimeMs: () => number;
  readonly onInput: InputSink;
}

/** What one host said, and when. */
export interface TimeReading {
  readonly host: string;
  readonly unixSeconds: number;
  readonly uptimeMs: number;
}

/** Two hosts agree when their times lie this close, seconds. */
const AGREE_SECONDS = 60;
/** A TLS handshake in script takes seconds on a small chip. */
const ANSWER_MS_MAX = 20_000;
const RETRY_MS = 30_000;
const INTERVAL_MS = 6 * 3_600_000;
const HTTPS_PORT = 443;

/**
 * Asks pinned hosts for the Date of an answer over TLS, one after another, until two agree; gives that as a `clock`
 * input with source `https`. Does not believe one host alone, whoever it is.
 */
export class HttpsTime {
  readonly #options: HttpsTimeOptions;
  #endpoints: readonly string[] = [];
  #readings: readonly TimeReading[] = [];
  #client: HttpClient | undefined;
  #timer: TimerToken;

  constructor(options: HttpsTimeOptions) {
    this.#options = options;
  }

  /**
   * Begins to ask, and goes on at every interval.
   * @param endpointHosts - hosts of the RPC nodes: whoever operates one must not tell the time too
   */
  start(endpointHosts: readonly string[]): void {
    this.stop();
    this.#endpoints = endpointHosts;
    this.#round();
  }

  stop(): void {
    this.#drop();
    if (this.#timer !== undefined) this.#options.timer.clear(this.#timer);
    this.#timer = undefined;
  }

  #round(): void {
    this.#readings = [];
    this.#ask(independentHosts(this.#options.hosts, this.#endpoints));
  }

  #ask(hosts: readonly string[]): void {
    const [host, ...rest] = hosts;
    if (host === undefined) {
      this.#later(RETRY_MS);
      return;
    }
    const client: HttpClient = this.#connect(host, (date) => {
      if (this.#client !== client) return;
      this.#drop();
      // The next host is asked from outside of this client's callback: two handshakes at once need two heaps.
      this.#timer = this.#options.timer.set(() => this.#answered(host, date, rest), 0);
    });
    this.#client = client;
    if (this.#timer !== undefined) this.#options.timer.clear(this.#timer);
    this.#timer = this.#options.timer.set(() => {
      this.#drop();
      this.#answered(host, undefined, rest);
    }, ANSWER_MS_MAX);
  }

  #connect(host: string, done: (date: string | undefined) => void): HttpClient {
    const { https } = this.#options;
    const client = new https.io({ ...https, host, port: HTTPS_PORT, onError: () => done(undefined) });
    client.request({
      method: 'HEAD',
      path: '/',
      headers: new Map([['user-agent', 'latchkey']]),
      headersMask: ['date'],
      onHeaders: (_status, headers) => done(headers.get('date')),
      onDone: () => done(undefined),
    });
    return client;
  }

  #answered(host: string, date: string | undefined, rest: readonly string[]): void {
    this.#timer = undefined;
    const unixSeconds = date === undefined ? undefined : parseHttpDate(date);
    const uptimeMs = this.#options.uptimeMs();
    if (unixSeconds !== undefined) this.#readings = [...this.#readings, { host, unixSeconds, uptimeMs }];
    const agreed = agreedTime(this.#readings, uptimeMs);
    if (agreed === undefined) {
      this.#ask(rest);
      return;
    }
    this.#later(INTERVAL_MS);
    this.#options.onInput({ kind: 'clock', unixSeconds: agreed, source: 'https' });
  }

  #later(ms: number): void {
    this.#timer = this.#options.timer.set(() => this.#round(), ms);
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.close();
  }
}

/** @returns the time now by the first two hosts that agree within 60 s, Unix seconds: the earlier of the two */
export function agreedTime(readings: readonly TimeReading[], uptimeMs: number): number | undefined {
  const now = ({ unixSeconds, uptimeMs: atMs }: TimeReading) =>
    unixSeconds + Math.floor((uptimeMs - atMs) / 1_000);
  for (const [index, reading] of readings.entries()) {
    for (const other of readings.slice(0, index)) {
      if (other.host === reading.host || Math.abs(now(other) - now(reading)) > AGREE_SECONDS) continue;
      return Math.min(now(other), now(reading));
    }
  }
  return undefined;
}

/** @returns the hosts that share no registered name (their last two labels) with an endpoint, and none twice */
export function independentHosts(hosts: readonly string[], endpoints: readonly string[]): readonly string[] {
  const taken = endpoints.map(registeredName);
  return hosts.filter((host) => {
    const name = registeredName(host);
    if (taken.includes(name)) return false;
    taken.push(name);
    return true;
  });
}

function registeredName(host: string): string {
  return host.toLowerCase().split('.').slice(-2).join('.');
}
