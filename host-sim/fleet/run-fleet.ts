import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { chooseHostEngine } from '../engines/host-engine.js';
import { Fleet } from './fleet.js';
import { type Gas, readGasPrices } from './gas-prices.js';
import { liveHeapBytes } from './live-heap.js';
import type { Readings } from './meter.js';

export interface FleetRequest {
  readonly locks: number;
  /** Virtual hours that are measured, once every lock is paired and its pace is the usual one. */
  readonly hours: number;
  readonly seed: number;
  /** Takes how much of all virtual time has passed, 0 to 1. */
  readonly onProgress?: (part: number) => void;
  /** Whether somebody wants an end now. */
  readonly isStopped?: () => boolean;
}

/** What one lock does in a day, on average; where less than a day was lived, extrapolated. */
export interface LockDay {
  readonly requests: number;
  readonly calls: number;
  readonly logQueries: number;
  readonly transactionQueries: number;
  /** Bodies, without HTTP's headers. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly orders: number;
  /** Of the orders. */
  readonly gas: Gas;
  readonly reports: number;
  readonly reportBytes: number;
  readonly flashWrites: number;
  readonly flashBytesWritten: number;
}

/** What a fleet costs. All but `heapBytesPerLock` is the same in each run of the same request. */
export interface FleetFigures {
  readonly locks: number;
  /** That were lived and measured; fewer than asked where it was stopped. */
  readonly hours: number;
  readonly seed: number;
  readonly lockDay: LockDay;
  /** Once in the life of a lock. */
  readonly registrationGas: Gas;
  /** Of the process, its share of chain and nodes included; rounded, since no two runs are alike. */
  readonly heapBytesPerLock: number;
  /** Records, without what flash pages add. */
  readonly flashBytesPerLock: number;
  /** What one node would carry alone. */
  readonly node: {
    readonly requestsPerSecond: number;
    readonly peakRequestsPerSecond: number;
    readonly logQueriesPerSecond: number;
    readonly bytesDownPerSecond: number;
  };
  /** From an order's signature to the report that it was obeyed, seconds. */
  readonly orderSeconds: { readonly median: number; readonly worst: number };
  /** From the first boot on: each order was obeyed, each report verified and linked to the one before. */
  readonly total: {
    readonly registered: number;
    readonly orders: number;
    readonly obeyed: number;
    readonly reports: number;
    readonly requests: number;
  };
}

const STEP_MS = 10_000;
const HOUR_MS = 3_600_000;
const HEAP_ROUND_BYTES = 1_000;

/**
 * Lives through some hours of a fleet and measures what it costs.
 * @throws Error where a report does not verify or an order is refused
 */
export async function runFleet(request: FleetRequest): Promise<FleetFigures> {
  const { locks, hours, seed, onProgress, isStopped } = request;
  const engine = guardEngine(chooseHostEngine('libsecp256k1', () => {}));
  // What is compiled and cached once belongs to no lock.
  new Fleet({ locks: 1, seed, engine }).runTo(Fleet.settledMs);
  const emptyBytes = liveHeapBytes();
  const fleet = new Fleet({ locks, seed, engine });
  const endMs = Fleet.settledMs + Math.round(hours * HOUR_MS);
  const pass = async (untilMs: number) => {
    while (fleet.nowMs < untilMs && isStopped?.() !== true) {
      fleet.runTo(Math.min(untilMs, fleet.nowMs + STEP_MS));
      onProgress?.(Math.min(1, fleet.nowMs / endMs));
      // Signals and the progress bar have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(Fleet.settledMs);
  const before = fleet.readings;
  fleet.startPeak();
  await pass(endMs);
  const seconds = Math.max(0, fleet.nowMs - Fleet.settledMs) / 1_000;
  const lived = since(before, fleet.readings);
  const peakRequestsPerSecond = fleet.peakRequestsPerSecond;
  const heapBytes = liveHeapBytes() - emptyBytes;
  const { flashBytes } = fleet;
  fleet.runTo(fleet.wind());
  const gas = readGasPrices();
  const perSecond = (count: number) => rounded(seconds === 0 ? 0 : count / seconds, 1);
  return {
    locks,
    hours: rounded(seconds / 3_600, 3),
    seed,
    lockDay: lockDayOf(lived, locks, seconds, gas.order),
    registrationGas: gas.registration,
    heapBytesPerLock: Math.round(heapBytes / locks / HEAP_ROUND_BYTES) * HEAP_ROUND_BYTES,
    flashBytesPerLock: Math.round(flashBytes / locks),
    node: {
      requestsPerSecond: perSecond(lived.requests),
      peakRequestsPerSecond,
      logQueriesPerSecond: perSecond(lived.logQueries),
      bytesDownPerSecond: Math.round(perSecond(lived.bytesDown)),
    },
    orderSeconds: waitsOf(fleet.waitsMs),
    total: {
      registered: fleet.registered,
      orders: fleet.readings.orders,
      obeyed: fleet.readings.orders - fleet.unanswered,
      reports: fleet.readings.reports,
      requests: fleet.readings.requests,
    },
  };
}

function since(before: Readings, after: Readings): Readings {
  const counts = Object.entries(after).map(([name, count]) => [name, count - before[name as keyof Readings]]);
  return Object.fromEntries(counts) as Readings;
}

function lockDayOf(lived: Readings, locks: number, seconds: number, order: Gas): LockDay {
  const perDay = (count: number, digits = 0) =>
    rounded(seconds === 0 ? 0 : (count / locks / seconds) * 86_400, digits);
  return {
    requests: perDay(lived.requests),
    calls: perDay(lived.calls),
    logQueries: perDay(lived.logQueries),
    transactionQueries: perDay(lived.transactionQueries, 1),
    bytesUp: perDay(lived.bytesUp),
    bytesDown: perDay(lived.bytesDown),
    orders: perDay(lived.orders, 1),
    gas: { ethereum: perDay(lived.orders * order.ethereum), iotex: perDay(lived.orders * order.iotex) },
    reports: perDay(lived.reports, 1),
    reportBytes: perDay(lived.reportBytes),
    flashWrites: perDay(lived.flashWrites, 1),
    flashBytesWritten: perDay(lived.flashBytesWritten),
  };
}

function waitsOf(waitsMs: readonly number[]): FleetFigures['orderSeconds'] {
  const sorted = waitsMs.toSorted((a, b) => a - b);
  const seconds = (ms: number | undefined) => rounded((ms ?? 0) / 1_000, 1);
  return { median: seconds(sorted[sorted.length >> 1]), worst: seconds(sorted.at(-1)) };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
