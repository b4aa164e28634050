import { IoError } from '../../firmware/protocol/errors.js';

/** Bytes both ways, whatever carries them: a serial device, a socket. */
export interface ByteStream {
  write(bytes: Uint8Array): void;
  /** Sets who is told of what arrives; called once. */
  listen(onBytes: (bytes: Uint8Array) => void, onEnd: (reason: string) => void): void;
  close(): void;
}

/** What arrives on a stream, to be waited for piece by piece. */
export class Inbox {
  readonly #stream: ByteStream;
  #arrived: Uint8Array[] = [];
  #ended: string | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: ByteStream) {
    this.#stream = stream;
    stream.listen(
      (bytes) => {
        this.#arrived.push(bytes);
        this.#wake?.();
      },
      (reason) => {
        this.#ended = reason;
        this.#wake?.();
      },
    );
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  /**
   * @returns the next piece, or undefined when nothing came in time
   * @throws IoError where the stream has ended
   */
  async next(withinMs: number): Promise<Uint8Array | undefined> {
    const piece = this.#arrived.shift();
    if (piece !== undefined) return piece;
    if (this.#ended !== undefined) throw new IoError(this.#ended);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    return this.#arrived.shift();
  }

  /** Throws away what came until nothing has come for this long: a board prints when it starts. */
  async drain(quietMs: number): Promise<void> {
    while ((await this.next(quietMs)) !== undefined);
  }
}
