/** The part of an ECMA-419 TCP or TLS socket that a client sees. */
export interface Socket {
  format: string;
  read(count?: number): unknown;
  write(data: unknown, options?: object): unknown;
  close(): void;
}

export interface SocketOptions {
  readonly onReadable?: (count: number) => void;
  readonly onWritable?: (count: number) => void;
  readonly onError?: (error?: Error) => void;
}

export type SocketConstructor = new (options: SocketOptions) => Socket;

/**
 * @returns a socket class over `io` that breaks the connection once more than `bytesMax` bytes came in since the
 * last byte went out. A client that gathers a line or a header until it ends is bounded by it: the limit on a
 * body counts only what comes after the headers.
 */
export function capSocket(io: SocketConstructor, bytesMax: number): SocketConstructor {
  return class CappedSocket implements Socket {
    readonly #socket: Socket;
    readonly #onError: ((error?: Error) => void) | undefined;
    /** What is announced and not read yet. */
    #waiting = 0;
    #received = 0;
    #closed = false;

    constructor(options: SocketOptions) {
      this.#onError = options.onError;
      this.#socket = new io({
        ...options,
        onReadable: (count) => {
          // The count is all that can be read now, what was announced before included.
          this.#received += Math.max(0, count - this.#waiting);
          this.#waiting = count;
          if (this.#closed) return;
          if (this.#received > bytesMax) this.#break();
          else options.onReadable?.(count);
        },
      });
    }

    get format(): string {
      return this.#socket.format;
    }

    set format(format: string) {
      this.#socket.format = format;
    }

    read(count?: number): unknown {
      const data = count === undefined ? this.#socket.read() : this.#socket.read(count);
      this.#waiting -= Math.min(this.#waiting, sizeOf(data));
      return data;
    }

    write(data: unknown, options?: object): unknown {
      this.#received = 0;
      return this.#socket.write(data, options);
    }

    close(): void {
      this.#closed = true;
      this.#socket.close();
    }

    #break(): void {
      this.close();
      this.#onError?.(new Error('the peer sent more than was asked for'));
    }
  };
}

function sizeOf(data: unknown): number {
  if (typeof data === 'number') return 1;
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength;
  return 0;
}
