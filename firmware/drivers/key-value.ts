import type { RecordSource } from '../lock/ports.js';
import type { InputSink, KeyValueDomain, KeyValueIo } from './io.js';

export interface KeyValueOptions {
  readonly io: KeyValueIo;
  readonly path: string;
  readonly onInput: InputSink;
}

/**
 * The lock's records in flash, each read when it is asked for: RAM does not hold them all.
 * Each write is answered by `stored` or `store-failed`, each load by `loaded`, in the order asked.
 */
export class KeyValue implements RecordSource {
  readonly #domain: KeyValueDomain;
  readonly #onInput: InputSink;

  constructor(options: KeyValueOptions) {
    this.#domain = options.io.open({ path: options.path, format: 'buffer' });
    this.#onInput = options.onInput;
  }

  /** @returns undefined for a record that is missing or cannot be read */
  get(key: string): Uint8Array | undefined {
    try {
      const value = this.#domain.read(key);
      return value === undefined ? undefined : new Uint8Array(value);
    } catch {
      // As if flash had lost it.
      return undefined;
    }
  }

  load(key: string): void {
    this.#onInput({ kind: 'loaded', key, bytes: this.get(key) });
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
