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
  /** The level of an output from its first instant on. */
  readonly initialValue?: DigitalLevel;
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
  /** Names of the answer's headers that are kept; all others are skipped as they arrive. */
  readonly headersMask?: string[];
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

/** @see ECMA-419 clause 10.3, PWM */
export interface PwmPin {
  /** Width of one step: a value of `2 ** resolution - 1` is always high. */
  readonly resolution: number;
  readonly hz: number;
  write(value: number): void;
  close(): void;
}

export type PwmConstructor = new (options: {
  readonly pin: number;
  readonly hz: number;
  readonly resolution?: number;
}) => PwmPin;

/** @see ECMA-419 clause 10.4, analog input */
export interface AnalogPin {
  readonly resolution: number;
  /** @returns 0 for no voltage to `2 ** resolution - 1` for the full scale */
  read(): number;
  close(): void;
}

export type AnalogConstructor = new (options: { readonly pin: number }) => AnalogPin;

/** @see ECMA-419 clause 10.8, serial */
export interface SerialPort {
  read(): ArrayBuffer | undefined;
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface SerialOptions {
  readonly port: number;
  readonly receive: number;
  readonly transmit: number;
  readonly baud: number;
  readonly format: 'buffer';
  readonly onReadable: (count: number) => void;
  readonly onWritable: (count: number) => void;
}

export type SerialConstructor = new (options: SerialOptions) => SerialPort;

/** @see `embedded:network/interface/wifi` */
export interface WifiStation {
  /** 500 once it has an address, 400 while it is joined without one, below that it is not. */
  readonly connection: number;
  connect(options: { readonly SSID: string; readonly password?: string }): void;
  disconnect(): void;
  close(): void;
}

export type WifiConstructor = new (options: {
  readonly onChanged: (property: string) => void;
}) => WifiStation;

/** Moddable's `time` module: milliseconds that wrap round. */
export interface TicksIo {
  readonly ticks: number;
  /** @returns milliseconds from `start` to `end`, right over one wrap */
  delta(start: number, end: number): number;
}

/** How a driver tells the lock what happened. */
export type InputSink = (input: Input) => void;
