import { IoError } from '../../firmware/protocol/errors.js';

const PAGE_ENTRIES = 126;
const ENTRY_BYTES = 32;
/** A first piece shorter than this is not begun at the end of a page. */
const TAIL_BYTES_MIN = 400;

export const NVS_PAGE_BYTES = 4_096;

interface Page {
  readonly number: number;
  /** Pieces of records that lie here, by their place: how many entries each takes, 0 where it was erased. */
  pieces: Piece[];
  entriesUsed: number;
  erases: number;
}

interface Piece {
  readonly key: string;
  readonly entries: number;
  isLive: boolean;
}

/**
 * What a board's key-value store does to its flash: a log over pages of 126 entries of 32 bytes, as ESP-IDF's NVS
 * keeps it. A blob takes one entry for the head of each of its pieces, one for each 32 bytes, and one for its index;
 * it is written anew before the old one is given up. One page is kept free; where no other is, the page with the most
 * that was given up is emptied into it and erased. Counts erases; keeps no bytes.
 * @see ESP-IDF, API reference, Non-Volatile Storage: internals, and its Page and PageManager
 */
export class NvsFlash {
  readonly #pages: readonly Page[];
  readonly #free: Page[];
  readonly #full: Page[] = [];
  #current: Page;
  readonly #live = new Map<string, Piece[]>();
  #entriesWritten = 0;

  /** @param partitionBytes - a multiple of NVS_PAGE_BYTES, three pages at least */
  constructor(partitionBytes: number) {
    const count = partitionBytes / NVS_PAGE_BYTES;
    if (!Number.isInteger(count) || count < 3)
      throw new IoError(`no NVS partition has ${partitionBytes} bytes`);
    this.#pages = Array.from({ length: count }, (_, number) => ({
      number,
      pieces: [],
      entriesUsed: 0,
      erases: 0,
    }));
    const [first, ...others] = this.#pages as [Page, ...Page[]];
    this.#current = first;
    this.#free = others;
  }

  /** Erases of each page. */
  get erases(): readonly number[] {
    return this.#pages.map(({ erases }) => erases);
  }

  /** Entries ever written, those that were moved too. */
  get entriesWritten(): number {
    return this.#entriesWritten;
  }

  /** Entries that hold what would be read. */
  get entriesLive(): number {
    let entries = 0;
    for (const pieces of this.#live.values()) for (const piece of pieces) entries += piece.entries;
    return entries;
  }

  /** Writes a blob over the one before. @throws IoError where there is no room: the one before stays */
  write(key: string, bytes: number): void {
    const before = this.#live.get(key) ?? [];
    const pieces: Piece[] = [];
    try {
      let rest = bytes;
      do {
        rest -= this.#writePiece(key, rest, pieces);
      } while (rest > 0);
      pieces.push(this.#put(key, 1));
    } catch (error) {
      for (const piece of pieces) piece.isLive = false;
      throw error;
    }
    for (const piece of before) piece.isLive = false;
    this.#live.set(key, pieces);
  }

  erase(key: string): void {
    for (const piece of this.#live.get(key) ?? []) piece.isLive = false;
    this.#live.delete(key);
  }

  /** @returns how many bytes went into this piece */
  #writePiece(key: string, rest: number, pieces: Piece[]): number {
    let room = this.#roomBytes();
    const isCramped = pieces.length === 0 && room < rest && room < TAIL_BYTES_MIN;
    if (room <= 0 || isCramped) {
      this.#turnPage();
      room = this.#roomBytes();
    }
    const bytes = Math.min(rest, room);
    pieces.push(this.#put(key, 1 + Math.ceil(bytes / ENTRY_BYTES)));
    return bytes;
  }

  #roomBytes(): number {
    return (PAGE_ENTRIES - this.#current.entriesUsed - 1) * ENTRY_BYTES;
  }

  #put(key: string, entries: number): Piece {
    if (this.#current.entriesUsed + entries > PAGE_ENTRIES) this.#turnPage();
    const piece: Piece = { key, entries, isLive: true };
    this.#current.pieces.push(piece);
    this.#current.entriesUsed += entries;
    this.#entriesWritten += entries;
    return piece;
  }

  #turnPage(): void {
    this.#full.push(this.#current);
    const next = this.#free.shift();
    if (next === undefined) throw new IoError('no page is free');
    if (this.#free.length > 0) {
      this.#current = next;
      return;
    }
    const victim = this.#full.reduce((best, page) => (liveOf(page) < liveOf(best) ? page : best));
    if (liveOf(victim) >= PAGE_ENTRIES) {
      this.#free.unshift(next);
      this.#full.pop();
      throw new IoError('flash is full');
    }
    this.#current = next;
    for (const piece of victim.pieces) {
      if (!piece.isLive) continue;
      next.pieces.push(piece);
      next.entriesUsed += piece.entries;
      this.#entriesWritten += piece.entries;
    }
    this.#full.splice(this.#full.indexOf(victim), 1);
    victim.pieces = [];
    victim.entriesUsed = 0;
    victim.erases++;
    this.#free.push(victim);
  }
}

function liveOf({ pieces }: Page): number {
  return pieces.reduce((entries, piece) => entries + (piece.isLive ? piece.entries : 0), 0);
}
