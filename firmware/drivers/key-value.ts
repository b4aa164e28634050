import type { InputSink, KeyValueDomain, KeyValueIo } from './io.js';

export interface KeyValueOptions {
  readonly io: KeyValueIo;
  readonly path: string;
  readonly onInput: InputSink;
}

/** The lock's records in flash: each write is answered by `stored` or `store-failed`, in the order asked. */
export class KeyValue {
  readonly #domain: KeyValueDomain;
  readonly #onInput: InputSink;

  constructor(options: KeyValueOptions) {
    this.#domain = options.io.open({ path: options.path, format: 'buffer' });
    this.#onInput = options.onInput;
  }

  /** @returns every record; one that cannot be read is left out, as if flash had lost it */
  readAll(): Map<string, Uint8Array> {
    const records = new Map<string, Uint8Array>();
    for (const key of this.#domain) {
      const value = this.#domain.read(key);
      if (value !== undefined) records.set(key, new Uint8Array(value));
    }
    return records;
  }

  /** @returns the records under these keys; one that is missing or cannot be read is left out */
  readSome(keys: readonly string[]): Map<string, Uint8Array> {
    const records = new Map<string, Uint8Array>();
    for (const key of keys) {
      const value = this.#domain.read(key);
      if (value !== undefined) records.set(key, new Uint8Array(value));
    }
    return records;
  }

  persist(key: string, bytes: Uint8Array): void {
    try {
      this.#domain.write(key, bytes.slice().buffer);
    } catch {
      this.#onInput({ kind: 'store-failed', key });
      return;
    }
    this.#onInput({ kind: 'stored', key });
  }

  /** Not answered: a record that would not go is found again at the next boot. */
  erase(key: string): void {
    try {
      this.#domain.delete(key);
    } catch {
      // The port has no answer for it.
    }
  }

  close(): void {
    this.#domain.close();
  }
}
