import { createServer, type Server, type Socket } from 'node:net';

/** One accepted connection. */
export interface TcpConnection {
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface TcpListenerOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly onOpen: (connection: TcpConnection) => void;
  readonly onReadable: (bytes: Uint8Array) => void;
  readonly onClose: () => void;
}

/** A peer that says nothing for this long gives its place to another. */
const IDLE_MS_MAX = 30_000;

/** A byte stream on loopback, one connection at a time: further ones are closed at once. */
export class TcpListener {
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  #socket: Socket | undefined;

  constructor(options: TcpListenerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /**
   * Starts to listen on 127.0.0.1.
   * @returns the port
   * @throws Error where the port is taken
   */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : this.#options.port);
      });
    });
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    if (this.#socket) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_MS_MAX, () => socket.destroy());
    socket.on('data', (data) => {
      if (this.#socket === socket) this.#options.onReadable(new Uint8Array(data));
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#options.onClose();
    });
    this.#options.onOpen({
      write: (bytes) => {
        if (!socket.destroyed) socket.write(bytes);
      },
      // `end` lets what was written go out first.
      // A peer that keeps its half open must not hold the one place.
      close: () => {
        socket.end(() => socket.destroy());
      },
    });
  }
}
