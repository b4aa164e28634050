import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { KeyValueDomain, KeyValueIo } from '../../firmware/drivers/io.js';

/** What becomes of the write during which the power goes: nothing of it, half of it, or all of it. */
export type CutMoment = 'before' | 'torn' | 'after';

const SUFFIX = '.record';

/**
 * A look-alike of `embedded:storage/key-value`: one file a key under `directory/<path>`, written aside, synced and renamed.
 * It can be told to fail, or to lose power at a write.
 */
export class FileKeyValue implements KeyValueIo {
  readonly #directory: string;
  #failing = false;
  #cut: { readonly moment: CutMoment; readonly then: () => void; remaining: number } | undefined;
  #writes = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes since the start, failed ones too. */
  get writes(): number {
    return this.#writes;
  }

  /** While on, every write and delete throws, as worn flash does. */
  setFailing(failing: boolean): void {
    this.#failing = failing;
  }

  /**
   * Arms a power cut at the `count`th write from now (1 is the next).
   * @param then - called at that moment, synchronously; drops whatever hangs on the power
   */
  cutPowerAt(count: number, moment: CutMoment, then: () => void): void {
    this.#cut = { moment, then, remaining: count };
  }

  open(options: { readonly path: string }): KeyValueDomain {
    const folder = join(this.#directory, options.path);
    mkdirSync(folder, { recursive: true });
    const file = (key: string) => join(folder, encodeURIComponent(key) + SUFFIX);
    return {
      read: (key) => readBuffer(file(key)),
      write: (key, value) => this.#write(file(key), new Uint8Array(value)),
      delete: (key) => {
        if (this.#failing) throw new Error('flash does not erase');
        rmSync(file(key), { force: true });
        syncFolder(folder);
        return true;
      },
      close: () => {},
      [Symbol.iterator]: () =>
        readdirSync(folder)
          .filter((name) => name.endsWith(SUFFIX))
          .map((name) => decodeURIComponent(name.slice(0, -SUFFIX.length)))
          .sort()
          .values(),
    };
  }

  #write(path: string, bytes: Uint8Array): void {
    this.#writes++;
    if (this.#failing) throw new Error('flash does not write');
    const cut = this.#cut && --this.#cut.remaining <= 0 ? this.#cut : undefined;
    if (cut) this.#cut = undefined;
    if (cut?.moment !== 'before') {
      writeDurably(path, cut?.moment === 'torn' ? bytes.subarray(0, bytes.length >> 1) : bytes);
    }
    cut?.then();
  }
}

/** Writes aside, syncs and renames, so that a reader finds the old bytes or the new ones. */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const aside = `${path}.new`;
  const handle = openSync(aside, 'w', 0o600);
  try {
    // A disk that fills up takes a part, and says so only when it is handed the rest.
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(aside, path);
  syncFolder(join(path, '..'));
}

function syncFolder(folder: string): void {
  // Windows cannot open a folder; there the rename alone must do.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function readBuffer(path: string): ArrayBuffer | undefined {
  try {
    return new Uint8Array(readFileSync(path)).buffer;
  } catch {
    return undefined;
  }
}
