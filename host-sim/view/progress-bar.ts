/** Where a bar is drawn: stderr. */
export interface BarStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_CHARS = 24;
const COLUMNS = 80;
const REDRAW_MS = 100;

/** How far a long run is, on one line of a terminal; on a pipe nothing at all. */
export class ProgressBar {
  readonly #stream: BarStream;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #isShown = false;

  /** @param isQuiet - nothing is drawn, whatever the stream is */
  constructor(stream: BarStream, isQuiet = false, nowMs: () => number = () => performance.now()) {
    this.#stream = isQuiet ? { write: () => {} } : stream;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  /** Real seconds since the bar was made. */
  get seconds(): number {
    return (this.#nowMs() - this.#startMs) / 1_000;
  }

  /** @param part - 0 to 1 @param words - what has come of it so far; the time that is left is added */
  show(part: number, words: string): void {
    if (this.#stream.isTTY !== true || this.#nowMs() - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = this.#nowMs();
    this.#isShown = true;
    const line = barLine(part, words, this.seconds).slice(0, (this.#stream.columns ?? COLUMNS) - 1);
    this.#stream.write(`\r\x1b[K${line}`);
  }

  /** Makes room for a line, or for the end. */
  clear(): void {
    if (this.#isShown) this.#stream.write('\r\x1b[K');
    this.#isShown = false;
    this.#drawnMs = Number.NEGATIVE_INFINITY;
  }
}

/** @param seconds - since the beginning */
export function barLine(part: number, words: string, seconds: number): string {
  const filled = Math.round(BAR_CHARS * part);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR_CHARS - filled);
  const left = part > 0 ? `, ${spanWords((seconds / part) * (1 - part))} left` : '';
  return `[${bar}] ${words}${left}`;
}

/** A span of real time as people say it: 42 s, 3 min 5 s, 2 h 10 min. */
export function spanWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
