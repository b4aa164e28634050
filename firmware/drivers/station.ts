import type { TimerIo, TimerToken, WifiConstructor, WifiStation } from './io.js';

export interface StationOptions {
  readonly io: WifiConstructor;
  readonly timer: TimerIo;
  /** Called when the network comes and when it goes. */
  readonly onChange: (connected: boolean) => void;
}

export interface WifiCredentials {
  readonly ssid: string;
  /** Absent in an open network. */
  readonly password?: string;
}

/** Waits before a new try, milliseconds; the last one is kept. An access point that restarts takes a minute. */
const RETRY_MS: readonly number[] = Object.freeze([1_000, 2_000, 5_000, 10_000, 30_000, 60_000]);
/** A try that led nowhere by then is given up. */
const TRY_MS_MAX = 30_000;
/** `connection` from here on means that there is an address. */
const CONNECTED = 500;
const JOINING = 300;

/** Keeps the board in its Wi-Fi: joins, and joins again for as long as it takes. */
export class Station {
  readonly #options: StationOptions;
  readonly #wifi: WifiStation;
  #credentials: WifiCredentials | undefined;
  #tries = 0;
  #connected = false;
  #timer: TimerToken;

  constructor(options: StationOptions) {
    this.#options = options;
    this.#wifi = new options.io({ onChanged: () => this.#changed() });
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  /** Joins this network from now on; the same one again changes nothing. */
  join(credentials: WifiCredentials): void {
    const { ssid, password } = this.#credentials ?? {};
    if (ssid === credentials.ssid && password === credentials.password) return;
    if (this.#credentials !== undefined) this.#wifi.disconnect();
    this.#credentials = credentials;
    this.#tries = 0;
    this.#lost();
    this.#try();
  }

  close(): void {
    this.#credentials = undefined;
    this.#clear();
    this.#wifi.close();
  }

  #try(): void {
    this.#clear();
    const { ssid, password } = this.#credentials ?? {};
    if (ssid === undefined) return;
    this.#tries++;
    this.#timer = this.#options.timer.set(() => {
      this.#timer = undefined;
      this.#wifi.disconnect();
      this.#again();
    }, TRY_MS_MAX);
    try {
      this.#wifi.connect(password === undefined ? { SSID: ssid } : { SSID: ssid, password });
    } catch {
      this.#again();
    }
  }

  #again(): void {
    this.#clear();
    const waitMs = RETRY_MS[Math.min(this.#tries, RETRY_MS.length) - 1] as number;
    this.#timer = this.#options.timer.set(() => this.#try(), waitMs);
  }

  #changed(): void {
    if (this.#credentials === undefined) return;
    const { connection } = this.#wifi;
    if (connection >= CONNECTED) {
      this.#clear();
      this.#tries = 0;
      if (this.#connected) return;
      this.#connected = true;
      this.#options.onChange(true);
    } else if (connection < JOINING) {
      this.#lost();
      this.#tries = Math.max(1, this.#tries);
      this.#again();
    }
  }

  #lost(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#options.onChange(false);
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#options.timer.clear(this.#timer);
    this.#timer = undefined;
  }
}
