export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const WIDTH = 30;
/** Without a terminal, a line each this many parts. */
const PLAIN_PARTS = 10;

/** How far a run is: a bar on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #stream: ProgressStream;
  #isBarOpen = false;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  step(text: string): void {
    this.end();
    this.#stream.write(`bench: ${text}\n`);
  }

  part(done: number, of: number, what: string): void {
    if (this.#stream.isTTY) {
      const full = Math.round((WIDTH * done) / of);
      this.#stream.write(
        `\rbench: [${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${done} of ${of} ${what} `,
      );
      this.#isBarOpen = true;
      if (done === of) this.end();
    } else if (done % PLAIN_PARTS === 0 || done === of) {
      this.#stream.write(`bench: ${done} of ${of} ${what}\n`);
    }
  }

  end(): void {
    if (this.#isBarOpen) this.#stream.write('\n');
    this.#isBarOpen = false;
  }
}
