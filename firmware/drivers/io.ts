import type { Input } from '../lock/ports.js';

// The shapes of ECMA-419 and Moddable constructors that the drivers are handed. Declared here because the
// types of the real modules exist only inside an installed Moddable SDK.

export type DigitalLevel = 0 | 1;

/** @see ECMA-419 clause 10.2, Digital */
export interface DigitalPin {
  read(): number;
  write(level: DigitalLevel): void;
  close(): void;
}

export interface DigitalOptions {
  readonly pin: number;
  readonly mode: number;
  /** Bits of `Rising` and `Falling`; `onReadable` is called at those edges. */
  readonly edge?: number;
  readonly onReadable?: () => void;
}

export interface DigitalConstructor {
  new (options: DigitalOptions): DigitalPin;
  readonly Input: number;
  readonly InputPullUp: number;
  readonly Output: number;
  readonly Rising: number;
  readonly Falling: number;
}

/** A token of `Timer.set`; only its maker looks inside. */
export type TimerToken = unknown;

/** @see Moddable's `timer` module */
export interface TimerIo {
  set(callback: () => void, delayMs: number): TimerToken;
  clear(token: TimerToken): void;
}

/** One request on a client; `this` inside the callbacks of its options. */
export interface HttpRequest {
  /** @returns at most `count` bytes of the body */
  read(count?: number): ArrayBuffer | undefined;
  /** Sends a part of the request's body, not more than `onWritable` allowed. */
  write(data: Uint8Array): number;
}

export interface HttpRequestOptions {
  readonly method: string;
  readonly path: string;
  /** Names in lowercase: the client looks for `content-length` by that spelling. */
  readonly headers: ReadonlyMap<string, string>;
  readonly onHeaders?: (this: HttpRequest, status: number, headers: ReadonlyMap<string, string>) => void;
  readonly onReadable?: (this: HttpRequest, count: number) => void;
  readonly onWritable?: (this: HttpRequest, count: number) => void;
  readonly onDone?: (this: HttpRequest, error: Error | null) => void;
}

/** One connection that serves its requests one after another. @see ECMA-419 clause 17, HTTP client */
export interface HttpClient {
  request(options: HttpRequestOptions): HttpRequest;
  close(): void;
}

export interface HttpClientOptions {
  readonly host: string;
  readonly port: number;
  readonly onError?: (error?: Error) => void;
}

/** As `device.network.http`: the constructor beside what else it is handed (dns, socket). */
export interface HttpNetwork {
  readonly io: new (options: HttpClientOptions) => HttpClient;
}

/** One opened domain of a store; iterates over its keys. @see `embedded:storage/key-value` */
export interface KeyValueDomain extends Iterable<string> {
  read(key: string): ArrayBuffer | undefined;
  write(key: string, value: ArrayBuffer): void;
  delete(key: string): boolean;
  close(): void;
}

export interface KeyValueIo {
  open(options: { readonly path: string; readonly format?: 'buffer' }): KeyValueDomain;
}

/** How a driver tells the lock what happened. */
export type InputSink = (input: Input) => void;
