/** What a fleet did so far; bodies without HTTP's headers. */
export interface Readings {
  readonly requests: number;
  /** JSON-RPC calls inside the requests, those of batches singly. */
  readonly calls: number;
  readonly logQueries: number;
  readonly transactionQueries: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly reports: number;
  readonly reportBytes: number;
  readonly orders: number;
  readonly flashWrites: number;
  readonly flashBytesWritten: number;
}

/** Counts what all locks of a fleet do. */
export class Meter {
  #counts = {
    requests: 0,
    calls: 0,
    logQueries: 0,
    transactionQueries: 0,
    bytesUp: 0,
    bytesDown: 0,
    reports: 0,
    reportBytes: 0,
    orders: 0,
    flashWrites: 0,
    flashBytesWritten: 0,
  };
  #second = 0;
  #inSecond = 0;
  #peak = 0;

  get readings(): Readings {
    return { ...this.#counts };
  }

  /** The most requests in one second since the last `startPeak`. */
  get peakRequestsPerSecond(): number {
    return this.#peak;
  }

  startPeak(): void {
    this.#peak = 0;
    this.#inSecond = 0;
  }

  /** A request and its answer. @param second - of virtual time, never falling */
  exchange(second: number, methods: readonly string[], bytesUp: number, bytesDown: number): void {
    const counts = this.#counts;
    counts.requests++;
    counts.bytesUp += bytesUp;
    counts.bytesDown += bytesDown;
    for (const method of methods) {
      counts.calls++;
      if (method === 'eth_getLogs') counts.logQueries++;
      if (method === 'eth_getTransactionByHash') counts.transactionQueries++;
    }
    if (second !== this.#second) this.#inSecond = 0;
    this.#second = second;
    this.#peak = Math.max(this.#peak, ++this.#inSecond);
  }

  report(bytes: number): void {
    this.#counts.reports++;
    this.#counts.reportBytes += bytes;
  }

  order(): void {
    this.#counts.orders++;
  }

  flashWrite(bytes: number): void {
    this.#counts.flashWrites++;
    this.#counts.flashBytesWritten += bytes;
  }
}
