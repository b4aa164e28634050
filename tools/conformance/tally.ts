/** What came of the tests of one file on one engine. */
export interface FileResult {
  readonly file: string;
  readonly engine: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many were skipped, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first that failed, in words. */
  readonly failures: readonly string[];
}

const FAILURES_MAX = 20;

/** Counts tests. */
export class Tally {
  readonly #file: string;
  readonly #engine: string;
  readonly #reasons = new Map<string, number>();
  readonly #failures: string[] = [];
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** @param engine - `-` where none is asked */
  constructor(file: string, engine: string) {
    this.#file = file;
    this.#engine = engine;
  }

  /** @param what - names the test where it failed */
  judge(isPassed: boolean, what: string): void {
    if (isPassed) {
      this.#passed++;
      return;
    }
    this.#failed++;
    if (this.#failures.length < FAILURES_MAX) this.#failures.push(what);
  }

  skip(reason: string, count = 1): void {
    this.#skipped += count;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
  }

  result(): FileResult {
    return {
      file: this.#file,
      engine: this.#engine,
      passed: this.#passed,
      failed: this.#failed,
      skipped: this.#skipped,
      reasons: Object.fromEntries(this.#reasons),
      failures: this.#failures,
    };
  }
}
