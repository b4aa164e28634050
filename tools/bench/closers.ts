/** How long the end of one part may take, milliseconds. */
const CLOSE_MS_MAX = 5_000;

/** What a run has started and must end, the newest first; a run that is broken off ends it as well. */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Ends everything, each once; a part that fails or hangs keeps no other from its end. */
  async closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) {
      try {
        await inTime(close());
      } catch {
        // It was on its way out.
      }
    }
  }
}

async function inTime(closing: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS_MAX);
  });
  try {
    await Promise.race([closing, late]);
  } finally {
    clearTimeout(timer);
  }
}
