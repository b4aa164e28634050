import type { InputSink, SerialConstructor, SerialPort, TimerIo, TimerToken } from './io.js';

export interface SerialLinkOptions {
  readonly io: SerialConstructor;
  readonly timer: TimerIo;
  readonly port: number;
  readonly receive: number;
  readonly transmit: number;
  readonly onInput: InputSink;
}

const BAUD = 115_200;
/** A cable cannot say that the tool has gone; silence does. */
const IDLE_MS = 5_000;
/** What may wait to be sent, bytes: some frames' worth. */
const WAITING_BYTES_MAX = 8_192;

/**
 * The pairing channel over a serial port: the first byte after silence opens a session, silence closes it.
 * Does not know what the bytes mean.
 */
export class SerialLink {
  readonly #options: SerialLinkOptions;
  readonly #port: SerialPort;
  readonly #waiting: Uint8Array[] = [];
  #room = 0;
  #open = false;
  #idle: TimerToken;

  /** @throws Error where the port is taken, as by the debugger */
  constructor(options: SerialLinkOptions) {
    this.#options = options;
    const { port, receive, transmit } = options;
    this.#port = new options.io({
      port,
      receive,
      transmit,
      baud: BAUD,
      format: 'buffer',
      onReadable: () => this.#readable(),
      onWritable: (count) => {
        this.#room = count;
        this.#pump();
      },
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  send(bytes: Uint8Array): void {
    const waiting = this.#waiting.reduce((sum, part) => sum + part.length, 0);
    if (waiting + bytes.length > WAITING_BYTES_MAX) return;
    this.#waiting.push(bytes);
    this.#pump();
  }

  /** The lock has ended the session; what it said before still goes out. */
  end(): void {
    this.#open = false;
    this.#quiet();
  }

  close(): void {
    this.end();
    this.#port.close();
  }

  #readable(): void {
    const bytes = this.#port.read();
    if (bytes === undefined || bytes.byteLength === 0) return;
    const { timer, onInput } = this.#options;
    this.#quiet();
    this.#idle = timer.set(() => {
      this.#idle = undefined;
      this.#open = false;
      onInput({ kind: 'pairing-closed' });
    }, IDLE_MS);
    if (!this.#open) {
      this.#open = true;
      onInput({ kind: 'pairing-opened' });
    }
    // Where the lock refused to open, the rest is noise.
    if (this.#open) onInput({ kind: 'pairing-received', bytes: new Uint8Array(bytes) });
  }

  #pump(): void {
    while (this.#room > 0) {
      const first = this.#waiting.shift();
      if (first === undefined) return;
      const part = first.subarray(0, this.#room);
      if (part.length < first.length) this.#waiting.unshift(first.subarray(part.length));
      this.#room -= part.length;
      this.#port.write(part);
    }
  }

  #quiet(): void {
    if (this.#idle !== undefined) this.#options.timer.clear(this.#idle);
    this.#idle = undefined;
  }
}
