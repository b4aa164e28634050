import { Directory, File, Iterator as Listing } from 'file';
import type { KeyValueDomain, KeyValueIo } from '../../drivers/io.js';
import { IoError } from '../../protocol/errors.js';

const NEW = '.new';

/**
 * A store for the simulator: one file a record, each written aside and moved into its place, so that whoever ends
 * the process leaves the old record or the new one. It is not flushed to the disk against a cut of the mains.
 * @param folder - ends in a slash; made where it is missing
 */
export function createFileRecords(folder: string): KeyValueIo {
  return {
    open({ path }) {
      Directory.create(folder.slice(0, -1));
      return new FileDomain(folder, `${path}.`);
    },
  };
}

class FileDomain implements KeyValueDomain {
  readonly #folder: string;
  readonly #prefix: string;

  constructor(folder: string, prefix: string) {
    this.#folder = folder;
    this.#prefix = prefix;
  }

  read(key: string): ArrayBuffer | undefined {
    const path = this.#path(key);
    if (!File.exists(path)) return undefined;
    const file = new File(path);
    try {
      return file.read(ArrayBuffer);
    } finally {
      file.close();
    }
  }

  /** @throws Error where the folder cannot be written */
  write(key: string, value: ArrayBuffer): void {
    const path = this.#path(key);
    // A file that is opened for writing keeps what it held beyond the new end.
    File.delete(path + NEW);
    const file = new File(path + NEW, true);
    try {
      file.write(value);
    } finally {
      file.close();
    }
    if (!File.rename(path + NEW, path)) throw new IoError(`cannot replace ${path}`);
  }

  delete(key: string): boolean {
    return File.delete(this.#path(key));
  }

  close(): void {}

  *[Symbol.iterator](): Iterator<string> {
    const listing = new Listing(this.#folder);
    for (let entry = listing.next(); entry !== undefined; entry = listing.next()) {
      const { name } = entry;
      if (name.startsWith(this.#prefix) && !name.endsWith(NEW)) yield name.slice(this.#prefix.length);
    }
  }

  #path(key: string): string {
    return this.#folder + this.#prefix + key;
  }
}
