/** What a run has started and must end, the newest first; a run that is broken off ends it as well. */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Ends everything, each once; a part that fails keeps no other from its end. */
  async closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) {
      try {
        await close();
      } catch {
        // It was on its way out.
      }
    }
  }
}
