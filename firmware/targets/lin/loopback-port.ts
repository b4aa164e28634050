import Listener from 'embedded:io/socket/listener';
import TCP from 'embedded:io/socket/tcp';
import type { Socket, SocketConstructor } from '../../drivers/capped-socket.js';
import type { SerialOptions, SerialPort } from '../../drivers/io.js';

const LOOPBACK = '127.0.0.1';

/**
 * A serial port for the simulator: the number of its port is a TCP port of this computer. One caller at a time, the
 * last that came. The SDK's listener takes calls from everywhere, so one from another computer is hung up on.
 */
export class LoopbackPort implements SerialPort {
  readonly #options: SerialOptions;
  readonly #listener: Listener;
  #caller: Socket | undefined;

  /** @throws Error where the TCP port is taken */
  constructor(options: SerialOptions) {
    this.#options = options;
    this.#listener = new Listener({ port: options.port, onReadable: (count) => this.#accept(count) });
  }

  read(): ArrayBuffer | undefined {
    return this.#caller?.read() as ArrayBuffer | undefined;
  }

  write(bytes: Uint8Array): void {
    this.#caller?.write(bytes);
  }

  close(): void {
    this.#hangUp();
    (this.#listener as unknown as Pick<Socket, 'close'>).close();
  }

  #accept(count: number): void {
    for (let left = count; left > 0; left--) {
      const from = this.#listener.read() as Socket & { readonly remoteAddress?: string };
      if (from.remoteAddress === LOOPBACK) this.#talk(from);
      else from.close();
    }
  }

  #talk(from: Socket): void {
    this.#hangUp();
    const { onReadable, onWritable } = this.#options;
    const options = { from, format: 'buffer', onReadable, onWritable, onError: () => this.#hangUp() };
    this.#caller = new (TCP as unknown as SocketConstructor)(options);
  }

  #hangUp(): void {
    this.#caller?.close();
    this.#caller = undefined;
  }
}
